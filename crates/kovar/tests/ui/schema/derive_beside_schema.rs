use kovar::schema;

#[schema]
#[derive(Debug, serde::Serialize)]
struct Product {
    name: String,
}

fn main() {}
