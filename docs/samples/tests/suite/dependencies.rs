use std::sync::atomic::Ordering;

use guide_samples::dependencies::app_scope::Greeting;
use guide_samples::dependencies::{app_scope, finish, request_scope};
use kovar::prelude::*;

use super::client::{get, post_json, send};

#[tokio::test]
async fn an_app_scoped_value_is_made_of_others() {
    assert_eq!(get(app_scope::app(), "/hello/Ada").await.text, "\"Hello, Ada!\"");
}

#[tokio::test]
async fn what_is_provided_later_takes_the_place() {
    let app = app_scope::app().provide(Greeting("Salve"));
    assert_eq!(get(app, "/hello/Ada").await.text, "\"Salve, Ada!\"");
}

#[tokio::test]
async fn a_missing_provider_stops_the_start() {
    #[get("/")]
    async fn lonely(greeting: Dep<Greeting>) -> Json<String> {
        Json(greeting.0.to_owned())
    }
    let app = App::new("Lonely", "1.0.0").mount(operations![lonely]);
    let error = app.build().await.expect_err("nobody provides it").to_string();
    assert!(error.contains("Greeting") && error.contains("GET /"), "{error}");
}

#[tokio::test]
async fn a_request_scoped_value_reads_the_request() {
    let orders = send(request_scope::app(), "GET", "/orders", &[("x-tenant", "acme")], "").await;
    assert_eq!(orders.text, "\"orders of acme\"");
    let refused = get(request_scope::app(), "/orders").await;
    assert_eq!((refused.status, refused.at("/errors/0/loc")), (422, r#"["header","x-tenant"]"#.to_owned()));
}

#[tokio::test]
async fn a_value_finishes_with_the_outcome() {
    let ledger = finish::Ledger::default();
    assert_eq!(post_json(finish::app(ledger.clone()), "/entries", "1").await.status, 204);
    assert_eq!(post_json(finish::app(ledger.clone()), "/entries", "\"one\"").await.status, 422);
    assert_eq!(ledger.0.load(Ordering::Relaxed), 1);
}
