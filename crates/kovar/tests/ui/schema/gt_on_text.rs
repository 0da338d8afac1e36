use kovar::schema;

#[schema]
struct Product {
    #[field(gt = 0)]
    name: String,
}

fn main() {}
