use guide_samples::operations::{bodies, by_hand, files, groups, lists, mounted_in_axum, mounting_axum, parameters};
use kovar::http::testing::{TestClient, TestMultipart};
use kovar::operations;

use super::client::{app, get, post_json, send};

#[tokio::test]
async fn parameters_come_from_four_places() {
    let reviews = || app(operations![parameters::list_reviews]);
    let fields = [("accept-language", "de"), ("cookie", "session=ada")];
    let answer = send(reviews(), "GET", "/shops/corner/items/7/reviews?limit=5", &fields, "").await;
    assert_eq!(answer.text, r#""corner 7 0+5 de ada""#);
    let answer = get(reviews(), "/shops/corner/items/x/reviews?limit=500&offset=-1").await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json().get("errors").and_then(|errors| errors.as_array().map(<[_]>::len)), Some(3));
    assert_eq!(answer.at("/errors/0/loc"), r#"["path","item"]"#);
}

#[tokio::test]
async fn lists_and_deep_objects_are_read_from_the_query() {
    let answer = get(app(operations![lists::search]), "/search?tag=a&tag=b&id=1,2&price[min]=1&price[max]=9").await;
    assert_eq!(answer.text, r#""[\"a\", \"b\"] [1, 2] {\"max\": 9, \"min\": 1}""#);
    let answer = get(app(operations![lists::search]), "/search").await;
    assert_eq!(answer.text, r#""[] [] {}""#);
}

#[tokio::test]
async fn bodies_are_json_forms_or_bytes() {
    let all = || app(operations![bodies::send_feedback, bodies::send_form, bodies::set_avatar]);
    assert_eq!(post_json(all(), "/feedback", r#"{"stars":4}"#).await.text, "4");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(send(all(), "POST", "/feedback/form", &form, "stars=4&comment=fine").await.text, "fine");
    assert_eq!(send(all(), "POST", "/feedback", &form, "stars=4").await.status, 415);
    assert_eq!(send(all(), "PUT", "/avatar", &[], "12345").await.text, "5");
    assert_eq!(send(all(), "PUT", "/avatar", &[], "x".repeat(64 * 1024 + 1)).await.status, 413);
}

#[tokio::test]
async fn files_stand_beside_json() {
    let client = TestClient::new(app(operations![files::apply])).await.expect("the app starts");
    let city = std::collections::BTreeMap::from([("city", "London")]);
    let parts = TestMultipart::new().text("name", "Ada").json("address", &city);
    let parts = parts.file("portrait", "ada.png", "image/png", "12345");
    let response = client.post("/applications").multipart(parts).send().await;
    assert_eq!(response.assert_status(200).json::<String>(), "Ada of London, 5 bytes");
}

#[tokio::test]
async fn an_operation_can_be_written_by_hand() {
    assert_eq!(get(by_hand::app(), "/time").await.text, r#""1970-01-01T00:00:00Z""#);
}

#[tokio::test]
async fn groups_add_a_prefix_tags_and_layers() {
    let orders = get(groups::app(), "/api/private/orders").await;
    assert_eq!((orders.text.as_str(), orders.header("cache-control")), ("[1,2]", "no-store"));
    assert_eq!(get(groups::app(), "/api/stock").await.header("cache-control"), "");
}

#[tokio::test]
async fn a_router_of_axum_is_mounted() {
    assert_eq!(get(mounting_axum::app(), "/old/ping").await.text, "pong");
}

#[tokio::test]
async fn an_app_is_mounted_in_a_router_of_axum() {
    for (path, expected) in [("/ping", "pong"), ("/api/greeting", "\"hello\"")] {
        let router = mounted_in_axum::router().await.expect("the app starts");
        assert_eq!(TestClient::of_service(router).get(path).send().await.text(), expected);
    }
}
