use guide_samples::program::trace;
use kovar::prelude::*;
use kovar::testing::TestClient;

#[tokio::test]
async fn a_trace_is_passed_on() {
    let client = TestClient::new(App::new("Items", "1").mount(operations![trace::item])).await.unwrap();
    let id = "0af7651916cd43dd8448eb211c80319c";
    let request = client.get("/items/7").header("traceparent", format!("00-{id}-b7ad6b7169203331-01"));
    let asked = request.header("tracestate", "rojo=1").send().await;
    assert!(asked.text().contains(&format!("00-{id}-")) && !asked.text().contains("b7ad6b7169203331"));
    assert!(asked.text().contains("rojo=1"), "{}", asked.text());
}
