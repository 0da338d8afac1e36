use kovar::schema;

#[schema]
struct Product {
    #[field(min_items = 1)]
    name: String,
}

fn main() {}
