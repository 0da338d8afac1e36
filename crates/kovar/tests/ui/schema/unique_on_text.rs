use kovar::schema;

#[schema]
struct Product {
    #[field(unique)]
    name: String,
}

fn main() {}
