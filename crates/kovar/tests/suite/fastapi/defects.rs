//! Row 44: what FastAPI was seen to get wrong.

use kovar::prelude::*;
use serde_json::json;

use super::client_of;

#[schema]
#[derive(Debug)]
struct Measurement {
    value: f64,
}

#[post("/measurements")]
async fn measure(Json(measurement): Json<Measurement>) -> Json<Measurement> {
    Json(measurement)
}

#[tokio::test]
async fn infinity_is_the_clients_error() {
    let client = client_of(operations![measure]).await;
    let post = async |text: &'static str| client.post("/measurements").body(text, "application/json").send().await;
    for text in [r#"{"value":Infinity}"#, r#"{"value":-Infinity}"#, r#"{"value":NaN}"#] {
        assert_eq!(post(text).await.problem().status, 400, "{text} is no JSON");
    }
    for text in [r#"{"value":1e999}"#, r#"{"value":-1e999}"#] {
        let response = post(text).await;
        assert_eq!(response.problem().issues(), ["body.value: finite_number"], "{text}");
    }
}

#[tokio::test]
async fn a_picture_is_no_json() {
    let client = client_of(operations![measure]).await;
    let png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe".to_vec();
    client.post("/measurements").body(png.clone(), "image/png").send().await.assert_status(415);
    client.post("/measurements").body(png, "application/json").send().await.assert_status(400);
}

#[schema(input)]
struct SignUp {
    email: Email,
    password: Secret<String>,
}

#[post("/sign-up")]
async fn sign_up(Json(form): Json<SignUp>) -> Json<usize> {
    Json(form.email.as_str().len() + form.password.expose().len())
}

#[tokio::test]
async fn a_missing_field_does_not_echo_the_password_beside_it() {
    let client = client_of(operations![sign_up]).await;
    for body in [
        json!({"password": "hunter2"}),
        json!({"email": "hunter2", "password": ["hunter2"]}),
        json!({"email": 1, "password": {"deep": "hunter2"}}),
        json!(["hunter2"]),
        json!("hunter2"),
    ] {
        let response = client.post("/sign-up").json(&body).send().await;
        let text = response.assert_status(422).text();
        let shows = text.contains("hunter2") && body["email"] != "hunter2";
        assert!(!shows, "{body} got {text}");
    }
    let problem = client.post("/sign-up").json(&json!({"password": "hunter2"})).send().await.problem();
    assert_eq!(problem.issues(), ["body.email: missing"]);
    assert_eq!(problem.errors[0].input, None);
}

#[schema]
#[derive(Debug)]
struct Booking {
    id: Uuid,
    day: jiff::civil::Date,
    at: Timestamp,
    place: (f64, f64),
    nights: u8,
}

#[post("/bookings")]
async fn book(Json(booking): Json<Booking>) -> Json<Booking> {
    Json(booking)
}

#[tokio::test]
async fn strict_json_takes_what_json_can_say() {
    let client = client_of(operations![book]).await;
    let booking = json!({
        "id": "0195c5a0-0000-7000-8000-000000000000", "day": "2026-11-20", "at": "2026-11-20T12:00:00Z",
        "place": [51.5, -0.1], "nights": 2,
    });
    let response = client.post("/bookings").json(&booking).send().await;
    assert_eq!(response.assert_status(200).json::<serde_json::Value>(), booking);
    let mut lax = booking.clone();
    lax["nights"] = json!("2");
    assert_eq!(client.post("/bookings").json(&lax).send().await.problem().issues(), ["body.nights: int_type"]);
}

#[tokio::test]
async fn strict_does_not_close_the_query() {
    #[get("/nights")]
    async fn nights(Query(nights): Query<u8>) -> Json<u8> {
        Json(nights)
    }
    let client = client_of(operations![nights]).await;
    assert_eq!(client.get("/nights?nights=2").send().await.json::<u8>(), 2);
}

#[tokio::test]
async fn nan_is_never_sent() {
    #[get("/ratio")]
    async fn ratio() -> Json<Measurement> {
        Json(Measurement { value: f64::NAN })
    }
    let client = client_of(operations![ratio]).await;
    let response = client.get("/ratio").send().await;
    let text = response.assert_status(500).text();
    assert!(!text.contains("null") && !text.contains("NaN"), "{text}");
    assert_eq!(response.problem().kind, "/problems/internal");
}

#[tokio::test]
async fn base64_is_decoded_strictly() {
    #[schema]
    #[derive(Debug)]
    struct Blob {
        data: Base64,
    }
    #[post("/blobs")]
    async fn store(Json(blob): Json<Blob>) -> Json<Blob> {
        Json(blob)
    }
    let client = client_of(operations![store]).await;
    for wrong in ["@@", "YQ", "YQ=", "YR==", "Y Q=="] {
        let problem = client.post("/blobs").json(&json!({"data": wrong})).send().await.problem();
        assert_eq!(problem.issues(), ["body.data: bytes_invalid_encoding"], "{wrong}");
    }
    client.post("/blobs").json(&json!({"data": "YQ=="})).send().await.assert_status(200);
}
