use std::sync::atomic::Ordering;

use guide_samples::dependencies::app_scope::{self, Greeting};
use guide_samples::dependencies::finish;
use guide_samples::responses::{pages, streams};
use kovar::http::testing::TestClient;
use kovar::prelude::*;

// ANCHOR: direct
#[tokio::test]
async fn ten_numbers_are_four_pages_of_three() {
    let first = pages::Paging { limit: 3, cursor: None };
    let page = pages::numbers(Query(first)).await;
    assert_eq!(page.items(), [1, 2, 3]);
    assert!(page.next_cursor().is_some());
}
// ANCHOR_END: direct

// ANCHOR: client
#[tokio::test]
async fn a_number_below_one_is_refused() {
    let app = App::new("Numbers", "1.0.0").mount(operations![pages::numbers]);
    let client = TestClient::new(app).await.expect("the app starts");

    let response = client.get("/numbers").query(&[("limit", 2)]).send().await;
    assert!(response.assert_status(200).header("link").is_some());

    let problem = client.operation::<pages::numbers>().query(&[("limit", 0)]).send().await.problem();
    assert_eq!((problem.status, problem.issues()), (422, vec!["query.limit: greater_than_equal".to_owned()]));
}
// ANCHOR_END: client

// ANCHOR: overrides
#[tokio::test]
async fn a_test_greets_in_latin() {
    let builder = TestClient::builder(app_scope::app()).override_value(Greeting("Salve"));
    let client = builder.build().await.expect("the app starts");
    assert_eq!(client.get("/hello/{name}").path("name", "Ada").send().await.json::<String>(), "Salve, Ada!");
}
// ANCHOR_END: overrides

// ANCHOR: streams
#[tokio::test]
async fn events_go_on_where_they_stopped() {
    let app = App::new("Ticks", "1.0.0").mount(operations![streams::ticks]);
    let client = TestClient::new(app).await.expect("the app starts");
    let mut ticks = client.get("/ticks").header("last-event-id", "2").stream().await;
    let event = ticks.event().await.expect("one is left");
    assert_eq!(event.json::<streams::Tick>().number, 3);
    assert!(ticks.event().await.is_none());
}
// ANCHOR_END: streams

#[tokio::test]
async fn what_is_refused_leaves_no_entry() {
    let ledger = finish::Ledger::default();
    let client = TestClient::new(finish::app(ledger.clone())).await.expect("the app starts");
    client.post("/entries").json(&"one").send().await.assert_status(422);
    assert_eq!(ledger.0.load(Ordering::Relaxed), 0);
}
