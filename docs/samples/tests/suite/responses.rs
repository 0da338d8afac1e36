use guide_samples::responses::{headers, pages, problems, streams, success};
use kovar::http::problem::ErrorFormat;
use kovar::operations;

use super::client::{app, get, post_json, send};

#[tokio::test]
async fn each_response_has_its_status() {
    let all =
        || app(operations![success::create, success::export, success::delete_note, success::memos, success::motto]);
    let created = post_json(all(), "/notes", "\"buy milk\"").await;
    assert_eq!((created.status, created.header("location")), (201, "/notes/1"));
    assert_eq!(send(all(), "POST", "/notes/export", &[], "").await.status, 202);
    assert_eq!(send(all(), "DELETE", "/notes/1", &[], "").await.status, 204);
    assert_eq!(get(all(), "/memos").await.status, 308);
    assert_eq!(get(all(), "/motto").await.text, "Declared is enforced.");
}

#[tokio::test]
async fn pages_name_the_next_one() {
    let first = get(app(operations![pages::numbers]), "/numbers?limit=4").await;
    assert_eq!(first.at("/items"), "[1,2,3,4]");
    let second =
        get(app(operations![pages::numbers]), &format!("/numbers?limit=8&cursor={}", first.at("/next_cursor"))).await;
    assert_eq!((second.at("/items"), second.at("/next_cursor")), ("[5,6,7,8,9,10]".to_owned(), "null".to_owned()));
    assert!(first.header("link").contains("rel=\"next\""), "{}", first.header("link"));
}

#[tokio::test]
async fn a_problem_tells_the_client_what_is_for_the_client() {
    let answer = post_json(app(operations![problems::withdraw]), "/accounts/1/withdrawals", "\"25.50\"").await;
    assert_eq!((answer.status, answer.header("content-type")), (409, "application/problem+json"));
    assert_eq!(answer.at("/type"), "/problems/account-too-little");
    assert_eq!(answer.at("/title"), "There is not enough money");
    assert_eq!((answer.at("/detail"), answer.at("/missing")), ("15.50 more are needed".to_owned(), "15.50".to_owned()));
    assert!(answer.json().get("account").is_none(), "what is internal is not sent");
}

#[tokio::test]
async fn problems_can_be_written_as_fastapi_does() {
    let app = app(operations![problems::withdraw]).error_format(ErrorFormat::FastApi);
    assert_eq!(post_json(app, "/accounts/2/withdrawals", "1").await.text, r#"{"detail":"No such account"}"#);
}

#[tokio::test]
async fn streams_are_written_item_by_item() {
    let all = || app(operations![streams::ticks, streams::export]);
    assert_eq!(get(all(), "/export").await.text, "{\"number\":1}\n{\"number\":2}\n");
    let events = send(all(), "GET", "/ticks", &[("last-event-id", "2")], "").await;
    assert_eq!(events.text, "id: 3\nevent: tick\ndata: {\"number\":3}\n\n");
}

#[tokio::test]
async fn fields_and_cookies_are_added() {
    let all = || app(operations![headers::quota, headers::log_in]);
    assert_eq!(get(all(), "/quota").await.header("x-remaining"), "7");
    let cookie = send(all(), "POST", "/session", &[], "").await;
    let expected = "__Host-session=31d4d96e; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600";
    assert_eq!(cookie.header("set-cookie"), expected);
}
