use kovar::schema;

#[schema]
struct Product {
    #[field(colour = "red")]
    name: String,
}

fn main() {}
