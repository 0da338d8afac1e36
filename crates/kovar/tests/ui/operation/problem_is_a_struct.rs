use kovar::prelude::*;

#[problem]
struct NotFound {
    id: u32,
}

fn main() {}
