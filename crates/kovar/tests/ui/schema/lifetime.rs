use kovar::schema;

#[schema]
struct Product<'a> {
    name: &'a str,
}

fn main() {}
