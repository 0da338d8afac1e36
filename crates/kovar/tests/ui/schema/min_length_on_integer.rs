use kovar::schema;

#[schema]
struct Product {
    #[field(min_length = 1)]
    stock: i64,
}

fn main() {}
