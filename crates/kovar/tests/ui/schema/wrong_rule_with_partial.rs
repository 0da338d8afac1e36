use kovar::schema;

#[schema(partial = "ProductPatch")]
struct Product {
    #[field(min_length = 1)]
    stock: u32,
    #[field(gr = 0)]
    price: u32,
}

fn main() {
    let _: Option<ProductPatch> = None;
}
