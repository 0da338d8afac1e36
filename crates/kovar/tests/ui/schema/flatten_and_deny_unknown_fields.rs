use kovar::schema;

#[schema]
struct Part {
    a: i64,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Product {
    #[serde(flatten)]
    part: Part,
}

fn main() {}
