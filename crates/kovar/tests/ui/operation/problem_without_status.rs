use kovar::prelude::*;

#[problem]
enum ProductProblem {
    /// No product has this id.
    NotFound,
}

fn main() {}
