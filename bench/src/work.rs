//! What the cases send.

/// A product that both apps accept.
pub const PRODUCT: &str =
    r#"{"name":"Desk lamp","description":"Warm light, with a dimmer","price":39.90,"stock":12,"category":"lamps"}"#;

/// A list of products in which twenty things are wrong.
pub fn twenty_issues() -> String {
    let broken = r#"{"name":"","description":7,"price":-1,"stock":-5,"category":""}"#;
    format!("[{broken},{broken},{broken},{broken}]")
}

/// A list of as many products in which nothing is wrong.
pub fn nothing_wrong() -> String {
    format!("[{PRODUCT},{PRODUCT},{PRODUCT},{PRODUCT}]")
}

/// A request that creates a product.
pub fn request(body: &'static str) -> http::Request<axum::body::Body> {
    let mut request = http::Request::new(axum::body::Body::from(body));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = http::Uri::from_static("/api/v1/products");
    let headers = request.headers_mut();
    headers.insert(http::header::HOST, http::HeaderValue::from_static("127.0.0.1:8000"));
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    headers.insert(http::header::CONTENT_LENGTH, http::HeaderValue::from(body.len()));
    headers.insert(http::header::ACCEPT, http::HeaderValue::from_static("*/*"));
    request
}

/// A request for the operation of a number, of those that are like each other.
pub fn numbered(number: u32) -> http::Request<axum::body::Body> {
    let uri = format!("/resources{number:05}/items/7");
    http::Request::get(uri).body(axum::body::Body::empty()).expect("a path")
}
