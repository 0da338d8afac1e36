//! Rows 16 to 36: what a request brings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kovar::contract::{Unreadable, read_json};
use kovar::http::extract::{Multipart, Upload};
use kovar::http::testing::TestMultipart;
use kovar::prelude::*;
use kovar::{Input, Operation};
use serde_json::json;

use super::{client_of, documented};

fn issues<T: Input>(text: &str) -> Vec<String> {
    match read_json::<T>(text.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(Unreadable::Issues(found)) => {
            found.iter().map(|issue| format!("{}: {}", issue.pointer(), issue.kind)).collect()
        }
        Err(Unreadable::Syntax(error)) => vec![error.to_string()],
    }
}

#[get("/search")]
async fn search(
    #[field(min_length = 3, max_length = 50, pattern = "^[a-z]+$", deprecated, description = "What to look for")]
    Query(q): Query<String>,
    Query(limit): Query<Option<u32>>,
    #[field(default = false)] Query(exact): Query<bool>,
) -> Json<String> {
    Json(format!("{q} {limit:?} {exact}"))
}

#[tokio::test]
async fn query_parameters_are_typed() {
    let client = client_of(operations![search]).await;
    let ask = async |target: &str| client.get(target).send().await;
    assert_eq!(ask("/search").await.problem().issues(), ["query.q: missing"]);
    for spelling in ["true", "1", "on", "yes", "TRUE", "t"] {
        let answer = ask(&format!("/search?q=lamp&exact={spelling}")).await;
        assert_eq!(answer.json::<String>(), "lamp None true");
    }
    assert_eq!(ask("/search?q=lamp&limit=+7").await.problem().issues(), ["query.limit: int_parsing"]);
    assert_eq!(ask("/search?q=lamp&limit=7&limit=8").await.problem().issues(), ["query.limit: duplicate_key"]);
}

#[tokio::test]
async fn query_rules_are_enforced_and_documented() {
    let client = client_of(operations![search]).await;
    assert_eq!(client.get("/search?q=ab").send().await.problem().issues(), ["query.q: string_too_short"]);
    let described = documented(operations![search], "get", "/search");
    let q = &described["parameters"][0];
    assert_eq!(
        (&q["required"], &q["deprecated"], &q["description"]),
        (&true.into(), &true.into(), &"What to look for".into())
    );
    assert_eq!((&q["schema"]["minLength"], &q["schema"]["pattern"]), (&3.into(), &"^[a-z]+$".into()));
    assert_eq!(described["parameters"][2]["schema"]["default"], false);
}

#[schema(input)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[field(ge = 0)]
    offset: Option<u32>,
    #[serde(default)]
    tag: Vec<String>,
    #[field(comma_separated, default = Vec::new())]
    id: Vec<u32>,
    #[serde(default)]
    price: BTreeMap<String, u32>,
}

#[get("/items")]
async fn filtered(Query(filter): Query<Filter>) -> Json<String> {
    Json(format!("{:?} {:?} {:?} {:?}", filter.offset, filter.tag, filter.id, filter.price))
}

#[tokio::test]
async fn lists_come_in_three_styles() {
    let client = client_of(operations![filtered]).await;
    let answer = client.get("/items?tag=a&tag=b&id=1,2&price[min]=3").send().await;
    assert_eq!(answer.json::<String>(), r#"None ["a", "b"] [1, 2] {"min": 3}"#);
    assert_eq!(client.get("/items?id=1,x").send().await.problem().issues(), ["query.id.1: int_parsing"]);
}

#[tokio::test]
async fn a_schema_of_parameters_is_flattened() {
    let client = client_of(operations![filtered]).await;
    assert_eq!(client.get("/items?tool=plumbus").send().await.problem().issues(), ["query.tool: extra_forbidden"]);
    let described = documented(operations![filtered], "get", "/items");
    let names: Vec<_> = described["parameters"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["offset", "tag", "id", "price"]);
}

#[tokio::test]
async fn path_numbers_have_rules() {
    #[get("/rooms/{number}")]
    async fn room(#[field(gt = 0, le = 40, multiple_of = 2)] Path(number): Path<u8>) -> Json<u8> {
        Json(number)
    }
    let client = client_of(operations![room]).await;
    assert_eq!(client.get("/rooms/7").send().await.problem().issues(), ["path.number: multiple_of"]);
    assert_eq!(client.get("/rooms/300").send().await.problem().issues(), ["path.number: int_parsing_size"]);
    let described = documented(operations![room], "get", "/rooms/{number}");
    let schema = &described["parameters"][0]["schema"];
    assert_eq!(
        (&schema["exclusiveMinimum"], &schema["maximum"], &schema["multipleOf"]),
        (&0.into(), &40.into(), &2.into())
    );
}

#[tokio::test]
async fn header_names_have_hyphens() {
    #[get("/who")]
    async fn who(Header(x_token): Header<String>, Header(x_seen): Header<Vec<u32>>) -> Json<String> {
        Json(format!("{x_token} {x_seen:?}"))
    }
    let client = client_of(operations![who]).await;
    let answer = client.get("/who").header("x-token", "abc").header("x-seen", "1").header("x-seen", "2").send().await;
    assert_eq!(answer.json::<String>(), "abc [1, 2]");
    let underscores = client.get("/who").header("x_token", "abc").header("x-seen", "1").send().await;
    assert_eq!(underscores.problem().issues(), ["header.x-token: missing"]);
}

#[tokio::test]
async fn cookies_are_parameters() {
    #[get("/me")]
    async fn me(Cookie(visits): Cookie<u32>) -> Json<u32> {
        Json(visits)
    }
    let client = client_of(operations![me]).await;
    assert_eq!(client.get("/me").cookie("visits", "3").send().await.json::<u32>(), 3);
    assert_eq!(client.get("/me").send().await.problem().issues(), ["cookie.visits: missing"]);
    assert_eq!(documented(operations![me], "get", "/me")["parameters"][0]["in"], "cookie");
}

/// An item.
#[schema]
#[derive(Debug)]
struct Item {
    /// What it is called.
    #[field(title = "The name", max_length = 10, example = "lamp", example = "chair")]
    name: String,
    price: f64,
    #[field(deprecated)]
    note: Option<String>,
}

#[post("/items")]
async fn create_item(Json(item): Json<Item>) -> Json<Item> {
    Json(item)
}

#[tokio::test]
async fn a_body_is_a_schema() {
    let client = client_of(operations![create_item]).await;
    let made = client.post("/items").json(&json!({"name": "lamp", "price": 1.5})).send().await;
    assert_eq!(made.json::<serde_json::Value>(), json!({"name": "lamp", "price": 1.5, "note": null}));
    let empty = client.post("/items").body("", "application/json").send().await.problem();
    assert_eq!((empty.status, empty.detail.as_deref()), (400, Some("the body is empty; JSON is expected")));
    let body = &documented(operations![create_item], "post", "/items")["requestBody"];
    assert_eq!(
        (&body["required"], &body["content"]["application/json"]["schema"]["$ref"]),
        (&true.into(), &"#/components/schemas/ItemInput".into())
    );
}

#[test]
fn fields_say_what_people_read() {
    let document = super::document(&super::app(operations![create_item]));
    let item = &document["components"]["schemas"]["Item"];
    let name = &item["properties"]["name"];
    assert_eq!((&item["description"], &name["title"]), (&"An item.".into(), &"The name".into()));
    assert_eq!((&name["examples"], &name["maxLength"]), (&json!(["lamp", "chair"]), &10.into()));
    assert_eq!(item["properties"]["note"]["deprecated"], true);
}

#[tokio::test]
async fn another_media_type_is_refused() {
    let client = client_of(operations![create_item]).await;
    let text = r#"{"name": "lamp", "price": 1}"#;
    let refused = client.post("/items").body(text, "text/plain").send().await;
    assert_eq!(
        (refused.assert_status(415).header("accept"), refused.text().contains("lamp")),
        (Some("application/json"), false)
    );
    client.post("/items").body(text, "application/vnd.shop+json").send().await.assert_status(200);
    client.post("/items").body(text, "").send().await.assert_status(415);
}

#[tokio::test]
async fn malformed_json_says_where() {
    let client = client_of(operations![create_item]).await;
    let post = async |body: Vec<u8>| client.post("/items").body(body, "application/json").send().await.problem();
    let problem = post(b"{\"name\":\n  nope}".to_vec()).await;
    assert_eq!(
        (problem.status, &problem.extensions["line"], &problem.extensions["column"]),
        (400, &2.into(), &4.into())
    );
    assert_eq!(post(b"{\"name\": \"\xff\"}".to_vec()).await.status, 400);
    assert_eq!(post("[".repeat(100_000).into_bytes()).await.status, 400);
    assert_eq!(post(br#"{"name": "\ud800", "price": 1}"#.to_vec()).await.status, 400);
    let twice = post(br#"{"name": "a", "name": "b", "price": 1}"#.to_vec()).await;
    assert_eq!((twice.status, twice.issues()), (422, vec!["body.name: duplicate_key".to_owned()]));
}

#[schema(input)]
struct Login {
    #[field(min_length = 1)]
    username: String,
    remember: Option<u32>,
}

#[post("/login")]
async fn log_in(Form(login): Form<Login>) -> Json<String> {
    Json(format!("{} {:?}", login.username, login.remember))
}

#[tokio::test]
async fn forms_are_schemas() {
    let client = client_of(operations![log_in]).await;
    let answer = client.post("/login").form(&[("username", "ada"), ("remember", "")]).send().await;
    assert_eq!(answer.json::<String>(), "ada None", "an empty control that is no text is absent");
    assert_eq!(
        client.post("/login").form(&[("username", "")]).send().await.problem().issues(),
        ["body.username: string_too_short"]
    );
    client.post("/login").json(&json!({"username": "ada"})).send().await.assert_status(415);
}

/// Where somebody lives.
#[schema(input)]
struct Address {
    #[field(min_length = 1)]
    city: String,
}

#[schema(input)]
struct Application {
    name: String,
    address: Address,
    #[field(max_length = 8)]
    portrait: Option<Upload>,
    papers: Vec<Upload>,
}

#[post("/applications")]
async fn apply(Multipart(form): Multipart<Application>) -> Json<String> {
    let portrait = form.portrait.as_ref().map(|file| (file.file_name().unwrap_or_default().to_owned(), file.size()));
    Json(format!("{} {} {portrait:?} {}", form.name, form.address.city, form.papers.len()))
}

#[tokio::test]
async fn files_stand_beside_typed_json() {
    let client = client_of(operations![apply]).await;
    let parts = TestMultipart::new()
        .text("name", "Ada")
        .json("address", &json!({"city": "London"}))
        .file("portrait", "ada.png", "image/png", "12345678")
        .file("papers", "a.pdf", "application/pdf", "a")
        .file("papers", "b.pdf", "application/pdf", "b");
    let answer = client.post("/applications").multipart(parts).send().await;
    assert_eq!(answer.assert_status(200).json::<String>(), r#"Ada London Some(("ada.png", 8)) 2"#);
    let wrong =
        TestMultipart::new().json("address", &json!({"city": ""})).file("portrait", "a", "image/png", "123456789");
    let issues = client.post("/applications").multipart(wrong).send().await.problem().issues();
    assert_eq!(
        issues,
        [
            "body.address.city: string_too_short",
            "body.name: missing",
            "body.papers: missing",
            "body.portrait: bytes_too_long"
        ]
    );
    let body = &documented(operations![apply], "post", "/applications")["requestBody"]["content"];
    assert!(body["multipart/form-data"].is_object(), "{body}");
}

#[tokio::test]
async fn bodies_have_a_limit() {
    #[post("/small", body_limit = 4)]
    async fn small(Body(bytes): Body<bytes::Bytes>) -> Json<usize> {
        Json(bytes.len())
    }
    let client = client_of(operations![small, create_item]).await;
    assert_eq!(client.post("/small").body("1234", "").send().await.json::<usize>(), 4);
    assert_eq!(client.post("/small").body("12345", "").send().await.problem().extensions["limit_bytes"], 4);
    let announced =
        client.post("/items").header("content-length", "100000000").body("", "application/json").send().await;
    announced.assert_status(413);
}

/// A user.
#[schema(partial = "UserPatch")]
#[derive(Clone, Debug, PartialEq)]
struct User {
    name: String,
    nickname: Option<String>,
}

#[patch("/user")]
async fn update(Json(patch): Json<UserPatch>) -> Json<User> {
    let mut user = User { name: "Ada".to_owned(), nickname: Some("Countess".to_owned()) };
    patch.name.apply_to(&mut user.name);
    patch.nickname.apply_to(&mut user.nickname);
    Json(user)
}

#[tokio::test]
async fn absent_is_not_null_in_an_update() {
    let client = client_of(operations![update]).await;
    let patch = async |body: serde_json::Value| client.patch("/user").json(&body).send().await;
    assert_eq!(patch(json!({})).await.json::<User>().nickname.as_deref(), Some("Countess"));
    assert_eq!(patch(json!({"nickname": null})).await.json::<User>().nickname, None);
    assert_eq!(patch(json!({"name": null})).await.problem().issues(), ["body.name: string_type"]);
}

#[schema]
#[derive(Debug)]
struct Extra {
    id: Uuid,
    at: Timestamp,
    day: jiff::civil::Date,
    lasts: jiff::SignedDuration,
    tags: BTreeSet<String>,
    price: Decimal,
    address: std::net::IpAddr,
    site: Url,
    mail: Email,
}

#[test]
fn types_beyond_json_are_strings() {
    let text = r#"{"id":"0195c5a0-0000-7000-8000-000000000000","at":"2026-11-20T12:00:00Z","day":"2026-11-20",
        "lasts":"PT1H","tags":["a","a"],"price":"0.10","address":"::1","site":"https://example.com","mail":"a@b.org"}"#;
    let read: Extra = read_json(text.as_bytes()).unwrap_or_else(|_| panic!("{:?}", issues::<Extra>(text)));
    assert_eq!((read.tags.len(), read.price.to_string()), (1, "0.10".to_owned()));
    let wrong = r#"{"id":"x","at":"2026-11-20T12:00:00","day":"x","lasts":"x","tags":1,"price":"x","address":"x","site":"x","mail":"x"}"#;
    let expected = [
        "/id: uuid_parsing",
        "/at: timezone_aware",
        "/day: date_parsing",
        "/lasts: time_delta_parsing",
        "/tags: set_type",
        "/price: decimal_parsing",
        "/address: ip_any_address",
        "/site: url_parsing",
        "/mail: value_error",
    ];
    assert_eq!(issues::<Extra>(wrong), expected);
}

#[test]
fn bytes_travel_as_base64_or_hex() {
    #[schema]
    #[derive(Debug)]
    struct Blob {
        #[field(max_length = 3)]
        data: Base64,
        digest: Hex,
    }
    assert!(issues::<Blob>(r#"{"data":"YWJj","digest":"00ff"}"#).is_empty());
    assert_eq!(
        issues::<Blob>(r#"{"data":"YWJjZA==","digest":"0"}"#),
        ["/data: bytes_too_long", "/digest: bytes_invalid_encoding"]
    );
}

#[tokio::test]
async fn the_request_itself_can_be_taken() {
    async fn raw(request: axum::extract::Request) -> Json<String> {
        let (parts, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, 100).await.unwrap_or_default();
        Json(format!("{} {} {}", parts.method, parts.uri, bytes.len()))
    }
    let client = client_of([Operation::post("/raw", raw)]).await;
    assert_eq!(client.post("/raw?a=b").body("abc", "text/plain").send().await.json::<String>(), "POST /raw?a=b 3");
}

#[tokio::test]
async fn a_get_may_have_a_body() {
    #[get("/query")]
    async fn query(Json(names): Json<HashMap<String, u32>>) -> Json<usize> {
        Json(names.len())
    }
    let client = client_of(operations![query]).await;
    assert_eq!(client.get("/query").json(&json!({"a": 1})).send().await.json::<usize>(), 1);
    assert!(documented(operations![query], "get", "/query")["requestBody"].is_object());
}

#[test]
fn a_struct_that_serde_derives_is_no_schema_of_its_own() {
    // What FastAPI takes as a dataclass is a plain struct with `#[schema]` here; a type without is refused by the
    // compiler: `ui/operation/body_is_no_schema.rs`.
    assert!(issues::<Item>(r#"{"name":"lamp","price":1}"#).is_empty());
}
