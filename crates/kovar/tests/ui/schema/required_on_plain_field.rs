use kovar::schema;

#[schema]
struct Product {
    #[field(required)]
    name: String,
}

fn main() {}
