use kovar::schema;

fn is_sku(sku: &str) -> Result<(), String> {
    Err(sku.to_owned())
}

#[schema(partial = "ProductPatch")]
struct Product {
    #[field(min_length = 1)]
    stock: u32,
    #[field(validate = is_sku)]
    sku: u64,
}

fn main() {
    let _: Option<ProductPatch> = None;
}
