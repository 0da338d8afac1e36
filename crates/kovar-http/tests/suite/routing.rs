use http::Method;
use kovar_http::extract::{Json, Path};
use kovar_http::operation::Operation;
use kovar_http::respond::{NoContent, Text};
use kovar_http::testing::TestClient;

use super::support::{ID, app, arguments, client};

async fn the_static_one() -> Text<&'static str> {
    Text("static")
}

async fn shown(Path(id): Path<String>) -> Text<String> {
    Text(format!("[{id}]"))
}

async fn shown_number(Path(id): Path<u32>) -> Json<u32> {
    Json(id)
}

async fn nothing() -> NoContent {
    NoContent
}

async fn routes() -> TestClient {
    client(app([
        Operation::get("/items/{id}", shown).arguments(ID),
        Operation::delete("/items/{id}", nothing_of).arguments(ID),
        Operation::get("/items/latest", the_static_one),
        Operation::get("/numbers/{id}", shown_number).arguments(ID),
        Operation::get("/files/{*rest}", shown).arguments(arguments!["rest"]),
        Operation::get("/{id}", shown).arguments(ID),
        Operation::post("/posts", nothing),
        Operation::get("/", the_static_one),
    ]))
    .await
}

async fn nothing_of(Path(_): Path<String>) -> NoContent {
    NoContent
}

async fn get(path: &str) -> String {
    routes().await.get(path).send().await.assert_status(200).text().to_owned()
}

async fn status(path: &str) -> u16 {
    routes().await.get(path).send().await.status()
}

#[tokio::test]
async fn static_segments_come_before_parameters() {
    assert_eq!(get("/items/latest").await, "static");
    assert_eq!(get("/items/other").await, "[other]");
    assert_eq!(get("/").await, "static");
}

#[tokio::test]
async fn documents_come_before_parameters() {
    let document = routes().await.get("/openapi.json").send().await;
    assert_eq!(document.assert_status(200).json::<serde_json::Value>()["openapi"], "3.1.0");
    assert_eq!(get("/other").await, "[other]");
}

#[tokio::test]
async fn parameters_are_percent_decoded_once() {
    assert_eq!(get("/items/a%20b").await, "[a b]");
    assert_eq!(get("/items/caf%C3%A9").await, "[café]");
    assert_eq!(get("/items/%2525").await, "[%25]");
    assert_eq!(get("/items/a+b").await, "[a+b]");
    assert_eq!(get("/items/%00").await, "[\0]");
}

#[tokio::test]
async fn an_encoded_slash_does_not_change_routing() {
    assert_eq!(get("/items/a%2Fb").await, "[a/b]");
    assert_eq!(get("/items/%2e%2e%2f").await, "[../]");
    assert_eq!(status("/items/a/b").await, 404);
    assert_eq!(status("/items%2Flatest").await, 200, "one segment, `items/latest`");
    assert_eq!(get("/items%2Flatest").await, "[items/latest]");
}

#[tokio::test]
async fn an_encoded_name_is_another_path() {
    assert_eq!(get("/items/%6Catest").await, "[latest]", "not the static one");
    assert_eq!(status("/%69tems/latest").await, 404);
}

#[tokio::test]
async fn dot_segments_are_segments() {
    assert_eq!(status("/items/../posts").await, 404);
    assert_eq!(get("/items/..").await, "[..]");
    assert_eq!(status("//items/latest").await, 404);
    assert_eq!(get("/items/latest;v=1").await, "[latest;v=1]");
    assert_eq!(status("/ITEMS/latest").await, 404);
}

#[tokio::test]
async fn a_parameter_that_is_not_utf8_is_a_400() {
    for path in ["/items/%FF", "/items/%C3", "/files/a/%ED%A0%80", "/numbers/%FF"] {
        let problem = routes().await.get(path).send().await.problem();
        assert_eq!((problem.status, problem.kind.as_str()), (400, "/problems/malformed-request"), "{path}");
    }
}

#[tokio::test]
async fn a_broken_percent_sign_is_itself() {
    assert_eq!(get("/items/100%").await, "[100%]");
    assert_eq!(get("/items/%zz").await, "[%zz]");
}

#[tokio::test]
async fn a_trailing_slash_is_another_path() {
    assert_eq!(status("/items/latest/").await, 404);
    assert_eq!(status("/posts/").await, 404);
    assert_eq!(status("/items/").await, 404);
}

#[tokio::test]
async fn the_rest_of_a_path_keeps_its_slashes() {
    assert_eq!(get("/files/a/b/c.txt").await, "[a/b/c.txt]");
    assert_eq!(get("/files/a%2Fb").await, "[a/b]");
    assert_eq!(status("/files/").await, 404);
}

#[tokio::test]
async fn an_unknown_path_is_a_404() {
    let response = routes().await.get("/nowhere/at/all?x=1").send().await;
    let problem = response.problem();
    assert_eq!((problem.status, problem.kind.as_str()), (404, "/problems/not-found"));
    assert_eq!(problem.instance, "/nowhere/at/all");
    assert_eq!(Some(problem.request_id.as_str()), response.header("x-request-id"));
}

#[tokio::test]
async fn a_wrong_method_is_a_405_that_lists_the_methods() {
    let client = routes().await;
    for (method, path, allow) in [
        (Method::POST, "/items/7", "DELETE, GET, HEAD, OPTIONS"),
        (Method::GET, "/posts", "OPTIONS, POST"),
        (Method::HEAD, "/posts", "OPTIONS, POST"),
        (Method::TRACE, "/", "GET, HEAD, OPTIONS"),
        (Method::from_bytes(b"BREW").unwrap(), "/", "GET, HEAD, OPTIONS"),
        (Method::POST, "/openapi.json", "GET, HEAD, OPTIONS"),
    ] {
        let response = client.request(method.clone(), path).send().await;
        assert_eq!((response.status(), response.header("allow")), (405, Some(allow)), "{method} {path}");
        if method != Method::HEAD {
            assert_eq!(response.problem().kind, "/problems/method-not-allowed");
        }
    }
}

#[tokio::test]
async fn head_is_get_without_content() {
    let client = routes().await;
    let (get, head) = (client.get("/items/7").send().await, client.request(Method::HEAD, "/items/7").send().await);
    assert_eq!((head.status(), head.bytes().len()), (200, 0));
    assert_eq!(head.header("content-length"), Some("3"));
    assert_eq!(head.header("content-type"), get.header("content-type"));
    let missing = client.request(Method::HEAD, "/no/where").send().await;
    assert_eq!((missing.status(), missing.bytes().len()), (404, 0));
}

#[tokio::test]
async fn options_lists_the_methods() {
    let client = routes().await;
    for (path, allow) in [("/items/7", "DELETE, GET, HEAD, OPTIONS"), ("/posts", "OPTIONS, POST")] {
        let response = client.request(Method::OPTIONS, path).send().await;
        assert_eq!((response.status(), response.header("allow")), (204, Some(allow)), "{path}");
    }
    client.request(Method::OPTIONS, "/openapi.json").send().await.assert_status(204);
    client.request(Method::OPTIONS, "/no/where").send().await.assert_status(404);
    client.request(Method::OPTIONS, "*").send().await.assert_status(204);
}

#[tokio::test]
async fn an_operation_may_have_options_and_head_of_its_own() {
    let operations = [Operation::new(Method::OPTIONS, "/", the_static_one), Operation::new(Method::HEAD, "/", nothing)];
    let client = client(app(operations)).await;
    assert_eq!(client.request(Method::OPTIONS, "/").send().await.text(), "static");
    assert_eq!(client.request(Method::HEAD, "/").send().await.status(), 204);
    let response = client.get("/").send().await;
    assert_eq!((response.status(), response.header("allow")), (405, Some("HEAD, OPTIONS")));
}

#[tokio::test]
async fn an_absolute_target_is_routed_by_its_path() {
    let client = routes().await;
    assert_eq!(client.get("http://other.example/items/latest").send().await.text(), "static");
    client.request(Method::CONNECT, "a.example:443").send().await.assert_status(404);
}

#[tokio::test]
async fn a_method_in_a_header_field_is_not_believed() {
    let request = routes().await.post("/items/7").header("x-http-method-override", "DELETE");
    request.send().await.assert_status(405);
}
