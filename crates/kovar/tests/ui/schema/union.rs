use kovar::schema;

#[schema]
union Product {
    stock: u64,
    price: f64,
}

fn main() {}
