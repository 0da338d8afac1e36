use kovar::schema;

#[schema]
struct Product {
    #[serde(rename(serialize = "title"))]
    name: String,
}

fn main() {}
