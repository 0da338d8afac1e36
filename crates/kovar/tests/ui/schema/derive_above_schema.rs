use kovar::schema;

#[derive(Debug, serde::Serialize)]
#[schema]
struct Product {
    name: String,
}

fn main() {}
