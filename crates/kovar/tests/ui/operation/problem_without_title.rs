use kovar::prelude::*;

#[problem]
enum ProductProblem {
    #[status(404)]
    NotFound,
}

fn main() {}
