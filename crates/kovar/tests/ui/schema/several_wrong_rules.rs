use kovar::schema;

#[schema]
struct Product {
    #[field(gr = 0, min_length = -1)]
    price: u32,
    #[field(max_length = 1, max_length = 2)]
    name: String,
}

fn takes(_: Product) {}

fn main() {}
