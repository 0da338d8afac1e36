use kovar::prelude::*;

#[problem]
enum ProductProblem {
    /// It is there already.
    #[status(200)]
    Exists,
}

fn main() {}
