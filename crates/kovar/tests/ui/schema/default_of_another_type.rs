use kovar::schema;

#[schema]
struct Product {
    #[field(default = "ten")]
    limit: u32,
}

fn main() {}
