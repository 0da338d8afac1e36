use kovar::schema;

#[schema]
struct Product {
    #[field(gt = 1.5, lt = 1.5)]
    weight: f64,
}

fn main() {}
