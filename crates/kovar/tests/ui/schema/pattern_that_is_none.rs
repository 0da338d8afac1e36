use kovar::schema;

#[schema]
struct Product {
    #[field(pattern = "^[a-z")]
    sku: String,
}

fn main() {}
