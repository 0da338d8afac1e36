use kovar::schema;

const LIMIT: f64 = 0.5;

#[schema]
struct Product {
    #[field(gt = LIMIT)]
    weight: f64,
}

fn main() {}
