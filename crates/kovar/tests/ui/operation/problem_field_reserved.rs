use kovar::prelude::*;

#[problem]
enum ProductProblem {
    /// No product has this id.
    #[status(404)]
    NotFound { title: String },
}

fn main() {}
