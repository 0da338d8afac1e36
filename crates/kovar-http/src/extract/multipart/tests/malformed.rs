//! Bodies that are none.

use http::StatusCode;

use super::*;

async fn check(body: String, expected: StatusCode) {
    let answer = send(application(), request(body.clone())).await;
    assert_eq!(answer.status, expected, "{body:?}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}

#[tokio::test]
async fn a_body_without_its_end_is_malformed() {
    let whole = body(&[text("name", "ann"), file("portrait", "a", "content")]);
    // The last line end may be missing.
    for length in 0..whole.len() - 2 {
        check(whole[..length].to_owned(), StatusCode::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn a_part_has_a_name() {
    check(body(&[part("filename=\"a\"", "", "x")]), StatusCode::BAD_REQUEST).await;
    check(format!("--{BOUNDARY}\r\n\r\nx\r\n--{BOUNDARY}--\r\n"), StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn a_malformed_header_is_malformed() {
    check(body(&[part("name=\"name\"", "no colon\r\n", "x")]), StatusCode::BAD_REQUEST).await;
    check(body(&[part("name=\"name\"", &"X: y\r\n".repeat(40), "x")]), StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn another_media_type_is_unsupported() {
    for (media_type, status) in [
        ("application/json", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("multipart/mixed; boundary=a", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("multipart/form-data", StatusCode::BAD_REQUEST),
        ("multipart/form-data; boundary=", StatusCode::BAD_REQUEST),
    ] {
        let request = Request::post("/").header("content-type", media_type).body(Body::from("x")).unwrap();
        assert_eq!(send(application(), request).await.status, status, "{media_type}");
    }
}

#[tokio::test]
async fn a_text_that_is_not_utf_8_is_an_issue() {
    let mut bytes = body(&[text("name", "\u{1}"), text("age", "x")]).into_bytes();
    let position = bytes.iter().position(|byte| *byte == 1).unwrap();
    bytes[position] = 0xff;
    let answer = send(application(), request(bytes)).await;
    let expected = [("string_unicode", r#"["body","name"]"#), ("int_parsing", r#"["body","age"]"#)];
    assert_eq!(issues(&answer), expected.map(|(kind, location)| (kind.to_owned(), location.to_owned())));
}

#[tokio::test]
async fn json_as_deep_as_it_is_wide_is_refused() {
    let deep = "[".repeat(10_000);
    assert_eq!(issues(&post(&[text("name", "a"), json("address", &deep)]).await)[0].0, "json_invalid");
}

#[tokio::test]
async fn any_bytes_get_an_answer_that_is_no_server_error() {
    let whole = body(&[text("name", "ann"), json("address", "{}"), file("portrait", "a", "content")]);
    for position in 0..whole.len() {
        for byte in [0, b'\r', b'\n', b'"', b'-', 0xff] {
            let mut bytes = whole.clone().into_bytes();
            bytes[position] = byte;
            let answer = send(application(), request(bytes)).await;
            assert!(!answer.status.is_server_error(), "{position} {byte}: {}", answer.text());
        }
    }
}
