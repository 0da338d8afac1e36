use kovar::schema;

#[schema(partail = "ProductPatch")]
struct Product {
    name: String,
}

fn main() {}
