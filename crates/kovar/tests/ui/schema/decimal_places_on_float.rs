use kovar::schema;

#[schema]
struct Product {
    #[field(decimal_places = 2)]
    price: f64,
}

fn main() {}
