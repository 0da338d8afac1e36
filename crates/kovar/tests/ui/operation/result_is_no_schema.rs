use kovar::prelude::*;

struct Product {
    name: String,
}

#[problem]
enum ProductProblem {
    /// No product has this id.
    #[status(404)]
    NotFound,
}

#[get("/product")]
async fn product() -> Result<Json<Vec<Product>>, ProductProblem> {
    Ok(Json(vec![Product { name: String::new() }]))
}

fn main() {}
