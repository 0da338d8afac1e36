use kovar::schema;

#[schema]
struct Product {
    #[field(validate = is_even)]
    name: String,
}

fn is_even(number: &i64) -> Result<(), kovar::contract::Invalid> {
    if number % 2 == 0 { Ok(()) } else { Err("odd".into()) }
}

fn main() {}
