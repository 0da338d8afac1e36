use guide_samples::program::{own_metrics, trace};
use kovar::http::metrics::Text;
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

#[tokio::test]
async fn an_app_writes_numbers_of_its_own() {
    let app = own_metrics::app();
    let metrics = app.metrics();
    let client = TestClient::new(app).await.unwrap();
    for text in ["", "hello"] {
        client.post("/mails").json(&text).send().await.assert_status(204);
    }
    let mut text = Text::default();
    metrics.write_prometheus(&mut text);
    let text = text.into_string();
    for line in [r#"mails_refused_total{reason="empty"} 1"#, "mail_duration_seconds_count 2"] {
        assert!(text.lines().any(|known| known == line), "missing: {line}\n{text}");
    }
}
