//! The ORM's statements in the app's metrics, next to its requests.

use kovar::http::metrics::Text;

use super::shop::Shop;

#[tokio::test]
async fn statements_are_counted_beside_requests() {
    let app = products_sea_orm::app();
    let metrics = app.metrics();
    let shop = Shop::of(app).await;
    shop.add("Lamp", "lamps", "1").await;
    shop.post(r#"{"name":"Lamp","price":"2","stock":1,"category":"lamps"}"#).await.assert_status(409);
    shop.get("").await.assert_status(200);

    let mut text = Text::default();
    metrics.write_prometheus(&mut text);
    let text = text.into_string();
    for line in [
        r#"http_server_requests_total{operation="list_products",http_request_method="GET",http_route="/api/v1/products",http_response_status_code="200"} 1"#,
        // A token for each of the two that write, and the list.
        r#"db_client_operation_duration_seconds_count{db_operation_name="SELECT"} 3"#,
        r#"db_client_operation_duration_seconds_count{db_operation_name="INSERT"} 2"#,
        r#"db_client_operation_failures_total{db_operation_name="INSERT"} 1"#,
        r#"db_client_operation_failures_total{db_operation_name="SELECT"} 0"#,
    ] {
        assert!(text.lines().any(|known| known == line), "missing: {line}\n{text}");
    }
}
