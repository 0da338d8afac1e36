use kovar_http::app::App;
use kovar_http::extract::{Cookie, Header, Json, Path, Query};
use kovar_http::operation::Operation;
use kovar_http::respond::NoContent;
use serde_json::json;

use super::support::{app, arguments, client};

async fn everything(
    Path(_): Path<u32>,
    Query(_): Query<u32>,
    Header(_): Header<u32>,
    Cookie(_): Cookie<u32>,
    Json(_): Json<Vec<u32>>,
) -> NoContent {
    NoContent
}

fn operations() -> App {
    let names = arguments!["id", "page", "x_level", "theme", "body"];
    app([Operation::put("/things/{id}", everything).arguments(names)])
}

#[tokio::test]
async fn issues_of_all_places_are_in_one_answer() {
    let request = client(operations()).await.put("/things/x?page=y").header("x-level", "z").cookie("theme", "w");
    let problem = request.json(&json!([1, "two", -3])).send().await.problem();
    assert_eq!(
        problem.issues(),
        [
            "body.1: int_type",
            "body.2: int_parsing_size",
            "cookie.theme: int_parsing",
            "header.x-level: int_parsing",
            "path.id: int_parsing",
            "query.page: int_parsing",
        ]
    );
    assert_eq!(problem.detail.as_deref(), Some("6 issues in the request"));
}

#[tokio::test]
async fn what_is_missing_is_told_everywhere() {
    let problem = client(operations()).await.put("/things/1").json(&json!([])).send().await.problem();
    assert_eq!(problem.issues(), ["cookie.theme: missing", "header.x-level: missing", "query.page: missing"]);
}

#[tokio::test]
async fn a_body_that_is_no_json_comes_before_issues() {
    let request = client(operations()).await.put("/things/x").body("[", "application/json");
    assert_eq!(request.send().await.problem().status, 400);
}

#[tokio::test]
async fn a_number_is_not_taken_twice() {
    let request = client(operations()).await.put("/things/1?page=1&page=2").header("x-level", "1").cookie("theme", "1");
    let problem = request.json(&json!([])).send().await.problem();
    assert_eq!(problem.errors.len(), 1, "{problem:?}");
    assert_eq!(problem.errors[0].location(), "query.page");
}

#[tokio::test]
async fn a_good_request_is_taken() {
    let request = client(operations()).await.put("/things/1?page=1").header("x-level", "1").cookie("theme", "1");
    request.json(&json!([1])).send().await.assert_status(204);
}
