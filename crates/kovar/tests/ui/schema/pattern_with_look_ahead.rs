use kovar::schema;

#[schema]
struct Product {
    #[field(pattern = "^(?=a)b")]
    sku: String,
}

fn main() {}
