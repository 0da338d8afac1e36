use kovar::schema;

#[schema]
struct Product {
    #[field(pattern = "^(?<letters>[a-z]+)$")]
    sku: String,
}

fn main() {}
