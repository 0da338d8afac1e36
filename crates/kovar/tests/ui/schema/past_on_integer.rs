use kovar::schema;

#[schema]
struct Product {
    #[field(past)]
    made: i64,
}

fn main() {}
