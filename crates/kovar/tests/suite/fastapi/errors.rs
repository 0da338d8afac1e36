//! Rows 37 to 43: what goes wrong.

use kovar::http::problem::InternalError;
use kovar::prelude::*;
use serde_json::json;

use super::{client_of, documented};

#[schema(input)]
struct Order {
    #[field(min_length = 1)]
    name: String,
    #[field(validate = not_thirteen)]
    count: u32,
    payment: Payment,
}

#[schema(input)]
#[serde(tag = "method", rename_all = "snake_case")]
enum Payment {
    Card {
        #[field(pattern = "^[0-9]+$")]
        number: String,
    },
    Cash,
}

fn not_thirteen(count: &u32) -> Result<(), Invalid> {
    if *count == 13 { Err(Invalid::new("unlucky", "Thirteen brings bad luck").with("count", 13)) } else { Ok(()) }
}

#[post("/shops/{shop}/orders")]
async fn order(
    Path(shop): Path<u32>,
    Query(page): Query<u32>,
    Header(x_trace): Header<Uuid>,
    Cookie(visits): Cookie<u8>,
    Json(order): Json<Order>,
) -> Json<String> {
    let payment = match order.payment {
        Payment::Card { number } => number,
        Payment::Cash => "cash".to_owned(),
    };
    Json(format!("{shop} {page} {x_trace} {visits} {} {} {payment}", order.name, order.count))
}

#[tokio::test]
async fn all_places_are_told_in_one_answer() {
    let client = client_of(operations![order]).await;
    let request = client.post("/shops/x/orders?page=-").header("x-trace", "y").cookie("visits", "999");
    let body = json!({"name": "", "count": 1.5, "payment": {"method": "card", "number": "x"}});
    let problem = request.json(&body).send().await.problem();
    assert_eq!((problem.status, problem.kind.as_str()), (422, "/problems/validation"));
    let expected = [
        "body.count: int_from_float",
        "body.name: string_too_short",
        "body.payment.card.number: string_pattern_mismatch",
        "cookie.visits: int_parsing_size",
        "header.x-trace: uuid_parsing",
        "path.shop: int_parsing",
        "query.page: int_parsing",
    ];
    assert_eq!(problem.issues(), expected);
    let number = problem.errors.iter().find(|issue| issue.kind == "string_pattern_mismatch").expect("it is listed");
    assert_eq!((number.pointer.as_str(), &number.ctx["pattern"]), ("/payment/number", &"^[0-9]+$".into()));
}

#[tokio::test]
async fn a_validator_has_a_type_and_a_context() {
    let client = client_of(operations![order]).await;
    let request =
        client.post("/shops/1/orders?page=1").header("x-trace", Uuid::nil().to_string()).cookie("visits", "1");
    let problem =
        request.json(&json!({"name": "a", "count": 13, "payment": {"method": "cash"}})).send().await.problem();
    let issue = &problem.errors[0];
    assert_eq!(
        (issue.location().as_str(), issue.kind.as_str(), issue.msg.as_str()),
        ("body.count", "unlucky", "Thirteen brings bad luck")
    );
    assert_eq!(issue.ctx, json!({"count": 13}));
}

#[problem]
#[derive(Debug)]
enum ItemProblem {
    /// No item has this id.
    #[status(404)]
    #[detail("no item has the id {item_id}")]
    #[header("x-error", "There goes my error")]
    NotFound { item_id: u32 },
    /// The item is reserved.
    #[status(409)]
    Reserved,
}

#[get("/items/{item_id}")]
async fn item(Path(item_id): Path<u32>) -> Result<Json<u32>, ItemProblem> {
    match item_id {
        1 => Ok(Json(1)),
        2 => Err(ItemProblem::Reserved),
        3 => Err(std::io::Error::other("the disk of secret-host is full"))?,
        4 => panic!("a bug"),
        _ => Err(ItemProblem::NotFound { item_id }),
    }
}

#[tokio::test]
async fn declared_errors_are_sent_and_documented() {
    let client = client_of(operations![item]).await;
    let response = client.get("/items/7").send().await;
    assert_eq!(response.header("x-error"), Some("There goes my error"));
    let problem = response.problem();
    assert_eq!((problem.kind.as_str(), &problem.extensions["item_id"]), ("/problems/item-not-found", &7.into()));
    let described = documented(operations![item], "get", "/items/{item_id}");
    let responses = described["responses"].as_object().expect("an object");
    assert!(["200", "404", "409"].iter().all(|status| responses.contains_key(*status)), "{responses:?}");
}

#[tokio::test]
async fn what_is_not_declared_is_a_500_that_tells_nothing() {
    let client = client_of(operations![item]).await;
    for id in [3, 4] {
        let response = client.get("/items/{item_id}").path("item_id", id).send().await;
        let problem = response.problem();
        assert_eq!((problem.status, problem.kind.as_str(), problem.detail), (500, "/problems/internal", None));
        assert!(!response.text().contains("secret-host") && !response.text().contains("bug"), "{}", response.text());
        assert_eq!(response.header("x-request-id"), Some(problem.request_id.as_str()));
    }
}

#[test]
fn the_422_is_documented_where_something_can_be_wrong() {
    #[get("/plain")]
    async fn plain() -> Result<Json<u32>, InternalError> {
        Ok(Json(1))
    }
    /// An underscore tells Rust that a value is not used; the parameter is called as in the path.
    #[get("/anything/{name}")]
    async fn anything(Path(_name): Path<String>) -> Json<u32> {
        Json(1)
    }
    #[get("/short/{name}")]
    async fn short(#[field(max_length = 5)] Path(name): Path<String>) -> Json<String> {
        Json(name)
    }
    for (path, responses) in [
        ("/plain", documented(operations![plain], "get", "/plain")["responses"].clone()),
        ("/anything", documented(operations![anything], "get", "/anything/{name}")["responses"].clone()),
    ] {
        assert!(responses["422"].is_null(), "{path}: {responses}");
    }
    let responses = documented(operations![short], "get", "/short/{name}")["responses"].clone();
    assert!(responses["422"].is_object(), "{responses}");
    let responses = documented(operations![item], "get", "/items/{item_id}")["responses"].clone();
    assert!(responses["422"].is_object(), "{responses}");
}
