use kovar::schema;

#[schema]
struct Product {
    #[field(min_lenght = 1)]
    name: String,
}

fn main() {}
