use kovar::schema;

#[schema]
struct Product {
    #[field(min_length = 1)]
    tags: Vec<String>,
}

fn main() {}
