use kovar::prelude::*;

#[get("/products")]
async fn products() -> Result<Json<String>, std::io::Error> {
    Ok(Json(String::new()))
}

fn main() {}
