//! What a body may have at most.

use futures_util::StreamExt as _;
use http::StatusCode;

use super::*;
use crate::extract::{FILE_LIMIT, PART_LIMIT};

async fn status_of(body: impl Into<Body>) -> StatusCode {
    send(application(), request(body)).await.status
}

/// A body that never ends.
fn endless(start: String, then: &'static [u8]) -> Body {
    let start = futures_util::stream::iter([Ok::<_, std::io::Error>(start.into_bytes())]);
    Body::from_stream(start.chain(futures_util::stream::repeat_with(|| Ok(then.to_vec()))))
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused_before_it_is_read() {
    let mut announced = request(Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>()));
    announced.headers_mut().insert("content-length", (16 * 1024 * 1024 + 1).into());
    assert_eq!(send(application(), announced).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_does_not_end_is_refused() {
    let unknown =
        endless(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"else\"\r\n\r\n"), &[0; 65536]);
    assert_eq!(status_of(unknown).await, StatusCode::PAYLOAD_TOO_LARGE);
    let file = endless(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"papers\"\r\n\r\n"), &[0; 65536]);
    assert_eq!(status_of(file).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn texts_share_the_limit_of_other_bodies() {
    let half = "x".repeat(600_000);
    let answer = post(&[text("name", &half), text("tags", &half)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("no files"), "{}", answer.text());
    assert_eq!(post(&[text("name", &half)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_file_past_its_own_limit_is_an_issue_among_others() {
    let answer = post(&[
        file("papers", "a", "ok"),
        file("papers", "b", &"x".repeat(200_001)),
        file("portrait", "c", &"x".repeat(100_001)),
    ])
    .await;
    let mut found = issues(&answer);
    found.sort();
    let expected = [
        ("bytes_too_long", r#"["body","papers",1]"#),
        ("bytes_too_long", r#"["body","portrait"]"#),
        ("missing", r#"["body","name"]"#),
    ];
    assert_eq!(found, expected.map(|(kind, location)| (kind.to_owned(), location.to_owned())));
    assert!(answer.text().contains("Data should have at most 100000 bytes"), "{}", answer.text());
}

#[tokio::test]
async fn files_and_parts_are_counted() {
    let files = |count| [vec![text("name", "a")], vec![file("papers", "a", "x"); count]].concat();
    assert_eq!(status_of(body(&files(FILE_LIMIT))).await, StatusCode::OK);
    assert_eq!(status_of(body(&files(FILE_LIMIT + 1))).await, StatusCode::PAYLOAD_TOO_LARGE);
    let parts = |count| [vec![text("name", "a")], vec![text("else", "x"); count]].concat();
    assert_eq!(status_of(body(&parts(PART_LIMIT - 1))).await, StatusCode::OK);
    assert_eq!(status_of(body(&parts(PART_LIMIT))).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_header_that_does_not_end_is_refused() {
    for (start, then) in [
        (format!("--{BOUNDARY}\r\nX: "), &b"aaaaaaaaaaaaaaaa"[..]),
        (format!("--{BOUNDARY}\r\n"), b"X: y\r\n"),
        (String::new(), b"preamble "),
        (format!("--{BOUNDARY}"), b"    "),
    ] {
        let answer = send(application(), request(endless(start, then))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains("16 KiB"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_header_of_a_common_length_is_read_after_a_long_part() {
    let long = part("name=\"name\"", &format!("X-Long: {}\r\n", "y".repeat(8000)), "ann");
    let body = body(&[file("papers", "a", &"x".repeat(100_000)), long]);
    for bytes in [1000, 16_384, 1_000_000] {
        assert_eq!(status_of(in_chunks(&body, bytes)).await, StatusCode::OK);
    }
}
