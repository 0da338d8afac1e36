use kovar::schema;

#[schema]
struct Product {
    #[serde(with = "as_seconds")]
    duration: u64,
}

fn main() {}
