use kovar::schema;

struct Money(u64);

#[schema(output)]
struct Product {
    price: Money,
}

fn main() {}
