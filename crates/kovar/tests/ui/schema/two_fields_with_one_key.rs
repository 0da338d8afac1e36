use kovar::schema;

#[schema]
struct Product {
    name: String,
    #[serde(alias = "name")]
    title: String,
}

fn main() {}
