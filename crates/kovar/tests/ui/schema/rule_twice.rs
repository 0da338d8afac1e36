use kovar::schema;

#[schema]
struct Product {
    #[field(max_length = 10)]
    #[field(max_length = 20)]
    name: String,
}

fn main() {}
