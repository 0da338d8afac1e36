use std::time::SystemTime;

use kovar::schema;

#[schema]
struct Product {
    made: SystemTime,
}

fn main() {}
