use kovar::schema;

#[schema]
struct Product {
    #[field(validate = is_even)]
    stock: i64,
}

fn is_even(number: &i64) -> bool {
    number % 2 == 0
}

fn main() {}
