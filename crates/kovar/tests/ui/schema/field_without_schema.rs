use kovar::schema;

struct Money(u64);

#[schema]
struct Product {
    price: Money,
}

fn main() {}
