use kovar::schema;

#[schema]
struct Product {
    #[field(min_length = 10, max_length = 1)]
    name: String,
}

fn main() {}
