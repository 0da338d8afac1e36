use kovar::prelude::*;

#[schema(output)]
struct Report {
    lines: u32,
}

#[post("/reports")]
async fn create(Json(report): Json<Report>) -> NoContent {
    let _ = report.lines;
    NoContent
}

fn main() {}
