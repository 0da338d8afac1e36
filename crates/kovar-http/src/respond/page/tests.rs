use http::StatusCode;
use kovar_contract::json::Value;

use super::*;
use crate::describe::Argument;
use crate::extract::Query;
use crate::operation::Operation;
use crate::respond::testing::{Answer, app, get};

static CURSOR: [Argument; 1] = [Argument { names: &["cursor"], ..Argument::NONE }];

async fn numbers(Query(cursor): Query<Option<Cursor<u32>>>) -> Page<u32> {
    let first = cursor.map_or(1, |Cursor(last)| last + 1);
    Page::of_rows((first..=5).take(2 + 1).collect(), 2, |number| *number)
}

fn numbers_app() -> crate::app::App {
    app([Operation::get("/numbers", numbers).arguments(&CURSOR)])
}

fn next_target(answer: &Answer) -> Option<String> {
    let links = answer.header("link").unwrap();
    let next = links.split(", ").find(|link| link.ends_with("rel=\"next\""))?;
    Some(next[1..next.find('>').unwrap()].to_owned())
}

#[tokio::test]
async fn following_the_links_sees_each_item_once() {
    let (mut target, mut seen) = ("/numbers?other=x".to_owned(), Vec::new());
    loop {
        let answer = get(numbers_app(), &target).await;
        assert_eq!(answer.status, StatusCode::OK);
        seen.extend(answer.json().get("items").and_then(Value::as_array).unwrap().iter().filter_map(Value::as_i64));
        match next_target(&answer) {
            Some(next) => target = next,
            None => break,
        }
        assert!(target.starts_with("/numbers?other=x&cursor="), "{target}");
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn the_cursor_in_the_body_is_the_one_in_the_link() {
    let answer = get(numbers_app(), "/numbers").await;
    let cursor = answer.json().get("next_cursor").and_then(Value::as_str).unwrap().to_owned();
    assert_eq!(next_target(&answer), Some(format!("/numbers?cursor={cursor}")));
    let last = get(app([Operation::get("/n", async || Page::last(vec![1]))]), "/n").await;
    assert_eq!(last.text(), r#"{"items":[1],"next_cursor":null}"#);
}

#[tokio::test]
async fn a_garbage_cursor_is_an_issue() {
    for garbage in ["x", "", "....", "bnVsbA"] {
        let answer = get(numbers_app(), &format!("/numbers?cursor={garbage}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{garbage}");
        let issue = answer.json().pointer("/errors/0").cloned().unwrap();
        assert_eq!(issue.get("type").and_then(Value::as_str), Some("cursor_invalid"));
        assert_eq!(issue.get("loc").map(ToString::to_string).as_deref(), Some(r#"["query","cursor"]"#));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_written_is_a_500_without_link() {
    let unwritable = async || Page::new(vec![1], Some(Cursor(std::collections::BTreeMap::from([(vec![1], 1)]))));
    let answer = get(app([Operation::get("/n", unwritable)]), "/n").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.header("link"), None);
}

#[test]
fn the_document_has_the_page_and_its_link() {
    let document = numbers_app().openapi().unwrap();
    let response = document.pointer("/paths/~1numbers/get/responses/200").unwrap();
    assert!(response.pointer("/headers/Link").is_some());
    let reference = response.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str).unwrap();
    let page = document.pointer(reference.strip_prefix('#').unwrap()).unwrap();
    assert_eq!(page.get("required").map(ToString::to_string).as_deref(), Some(r#"["items","next_cursor"]"#));
}

#[test]
fn a_page_can_be_read_and_mapped() {
    let page = Page::new(vec![1, 2], Some(Cursor(2))).map(|number| number * 10);
    let text = serde_json::to_string(&page).unwrap();
    let read: Page<i32> = serde_json::from_str(&text).unwrap();
    assert_eq!(read.items(), [10, 20]);
    assert_eq!(Cursor::<i32>::from_token(read.next_cursor().unwrap()), Ok(Cursor(2)));
}
