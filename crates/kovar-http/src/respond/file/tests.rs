use std::io::Write as _;
use std::sync::Arc;

use http::Request;
use http::request::Builder;
use http_body_util::BodyExt as _;
use kovar_contract::json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;
use crate::app::App;
use crate::describe::Argument;
use crate::extract;
use crate::operation::Operation;
use crate::respond::testing::{Answer, app, ask, get};

const TEXT: &str = "0123456789";

fn memory() -> App {
    app([Operation::get("/", async || File::bytes(TEXT))])
}

async fn memory_with(fields: &[(&str, &str)]) -> Answer {
    ask(memory(), with_fields(Request::get("/"), fields)).await
}

fn with_fields(request: Builder, fields: &[(&str, &str)]) -> Builder {
    fields.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

static PATH: [Argument; 1] = [Argument { names: &["path"], ..Argument::NONE }];

/// An app that serves a directory with some files, beside one that is not served.
fn disk() -> (TempDir, impl Fn() -> App) {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("public");
    std::fs::create_dir_all(root.join("sub/.git")).unwrap();
    for (name, content) in [
        ("public/a.txt", TEXT),
        ("public/sub/b.html", "<p>"),
        ("public/noextension", "x"),
        ("public/.hidden", "secret"),
        ("public/sub/.git/config", "secret"),
        ("secret.txt", "secret"),
    ] {
        std::fs::write(directory.path().join(name), content).unwrap();
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.txt", root.join("out.txt")).unwrap();
        std::os::unix::fs::symlink("a.txt", root.join("in.txt")).unwrap();
    }
    let root = Arc::new(FileRoot::new(&root).unwrap());
    let make = move || {
        let root = Arc::clone(&root);
        let serve = move |extract::Path(path): extract::Path<String>| {
            let root = Arc::clone(&root);
            async move { root.open(&path).await }
        };
        app([Operation::get("/files/{*path}", serve).arguments(&PATH)])
    };
    (directory, make)
}

#[tokio::test]
async fn a_whole_file_has_its_header_and_content() {
    let (_directory, make) = disk();
    let answer = get(make(), "/files/a.txt").await;
    assert_eq!((answer.status, answer.text()), (StatusCode::OK, TEXT));
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", "10"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert!(answer.header("etag").unwrap().starts_with("W/\"") && answer.header("last-modified").is_some());
    assert_eq!(get(make(), "/files/sub/b.html").await.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(get(make(), "/files/noextension").await.header("content-type"), Some("application/octet-stream"));
}

#[tokio::test]
async fn head_has_the_header_alone() {
    let answer = ask(memory(), Request::head("/").header("range", "bytes=0-1")).await;
    assert_eq!((answer.status, answer.text(), answer.header("content-length")), (StatusCode::OK, "", Some("10")));
    let answer = ask(disk().1(), Request::head("/files/a.txt")).await;
    assert_eq!((answer.text(), answer.header("content-length")), ("", Some("10")));
}

#[tokio::test]
async fn a_path_does_not_leave_its_directory() {
    let (_directory, make) = disk();
    for path in [
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "sub/../../secret.txt",
        "/etc/passwd",
        "%2fetc/passwd",
        ".hidden",
        "sub/.git/config",
        "sub//b.html",
        "./a.txt",
        "a.txt/",
        "a.txt%00",
        "a.txt%00.html",
        "..%5csecret.txt",
        "out.txt",
        "sub",
        "missing",
        "a.txt/b",
    ] {
        let answer = get(make(), &format!("/files/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.json().get("type").and_then(Value::as_str), Some("/problems/file-not-found"), "{path}");
        assert!(!answer.text().contains("secret\""), "{path}");
    }
    let long = get(make(), &format!("/files/{}", "a".repeat(300))).await;
    assert_eq!(long.status, StatusCode::NOT_FOUND);
    #[cfg(unix)]
    assert_eq!(get(make(), "/files/in.txt").await.text(), TEXT);
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(matches!(File::open(&pipe).await, Err(FileError::NotFound)));
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let (_directory, make) = disk();
    for (app, target) in [(&make as &dyn Fn() -> App, "/files/a.txt"), (&memory, "/")] {
        let first = get(app(), target).await;
        let tag = first.header("etag").unwrap();
        let again = ask(app(), Request::get(target).header("if-none-match", tag)).await;
        assert_eq!((again.status, again.text()), (StatusCode::NOT_MODIFIED, ""));
        assert_eq!(again.header("etag"), Some(tag));
        assert_eq!(again.header("content-type"), None);
        let other = ask(app(), Request::get(target).header("if-none-match", "\"x\"")).await;
        assert_eq!(other.status, StatusCode::OK);
    }
    let date = get(make(), "/files/a.txt").await.header("last-modified").unwrap().to_owned();
    let again = ask(make(), Request::get("/files/a.txt").header("if-modified-since", &date)).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_precondition_that_fails_is_a_problem() {
    let answer = memory_with(&[("if-match", "\"x\"")]).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}

#[tokio::test]
async fn a_range_is_a_part() {
    let (_directory, make) = disk();
    for (app, target) in [(&make as &dyn Fn() -> App, "/files/a.txt"), (&memory, "/")] {
        let check = async |range: &str, text: &str, content_range: &str| {
            let answer = ask(app(), Request::get(target).header("range", range)).await;
            assert_eq!((answer.status, answer.text()), (StatusCode::PARTIAL_CONTENT, text), "{range}");
            assert_eq!(answer.header("content-range"), Some(content_range));
            assert_eq!(answer.header("content-length"), Some(text.len().to_string().as_str()));
        };
        check("bytes=2-4", "234", "bytes 2-4/10").await;
        check("bytes=-3", "789", "bytes 7-9/10").await;
        check("bytes=8-99", "89", "bytes 8-9/10").await;
    }
}

#[tokio::test]
async fn several_ranges_are_parts_of_one_content() {
    let (_directory, make) = disk();
    let answer = ask(make(), Request::get("/files/a.txt").header("range", "bytes=7-8,0-1,1-2")).await;
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
    let media_type = answer.header("content-type").unwrap();
    let boundary = media_type.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let part = |range: &str, text: &str| {
        format!(
            "\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes {range}/10\r\n\r\n{text}"
        )
    };
    let expected = format!("{}{}\r\n--{boundary}--\r\n", part("0-2", "012"), part("7-8", "78"));
    assert_eq!(answer.text(), expected);
    assert_eq!(answer.header("content-length"), Some(expected.len().to_string().as_str()));
}

#[tokio::test]
async fn many_ranges_send_no_byte_twice() {
    let overlapping = format!("bytes={}", vec!["0-8"; 16].join(","));
    let answer = memory_with(&[("range", &overlapping)]).await;
    assert_eq!((answer.status, answer.text()), (StatusCode::PARTIAL_CONTENT, "012345678"));
    let many = format!("bytes={}", vec!["0-"; 5000].join(","));
    let answer = memory_with(&[("range", &many)]).await;
    assert_eq!((answer.status, answer.text()), (StatusCode::OK, TEXT));
}

#[tokio::test]
async fn a_range_past_the_end_is_a_problem_that_says_the_length() {
    let answer = memory_with(&[("range", "bytes=10-")]).await;
    assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(answer.header("content-range"), Some("bytes */10"));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}

#[tokio::test]
async fn a_range_of_another_version_is_the_whole_file() {
    let tag = memory_with(&[]).await.header("etag").unwrap().to_owned();
    let same = memory_with(&[("range", "bytes=5-"), ("if-range", &tag)]).await;
    assert_eq!((same.status, same.text()), (StatusCode::PARTIAL_CONTENT, "56789"));
    let other = memory_with(&[("range", "bytes=5-"), ("if-range", "\"old\"")]).await;
    assert_eq!((other.status, other.text()), (StatusCode::OK, TEXT));
    let past = memory_with(&[("range", "bytes=50-"), ("if-range", "\"old\"")]).await;
    assert_eq!(past.status, StatusCode::OK);
}

#[tokio::test]
async fn a_large_file_comes_in_pieces_and_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.bin");
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::File::create(&path).unwrap().write_all(&content).unwrap();
    let make = || {
        let path = path.clone();
        app([Operation::get("/", move || File::open(path.clone()))])
    };
    assert!(get(make(), "/").await.body == content);
    let answer = ask(make(), Request::get("/").header("range", "bytes=100001-1100000")).await;
    assert!(answer.body == content[100_001..=1_100_000]);
}

#[tokio::test]
async fn a_file_that_becomes_shorter_breaks_the_body_off() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shrinking");
    std::fs::write(&path, vec![0; 100_000]).unwrap();
    let handler = move || {
        let path = path.clone();
        async move {
            let file = File::open(&path).await;
            std::fs::write(&path, "short").unwrap();
            file
        }
    };
    let service = app([Operation::get("/", handler)]).build().await.unwrap();
    let response = service.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()[CONTENT_LENGTH], "100000");
    assert!(response.into_body().collect().await.is_err());
}

#[tokio::test]
async fn an_empty_file_is_sent() {
    let answer = get(app([Operation::get("/", async || File::bytes(""))]), "/").await;
    assert_eq!((answer.status, answer.header("content-length")), (StatusCode::OK, Some("0")));
}

#[tokio::test]
async fn an_attachment_has_a_name_and_the_type_of_it() {
    let answer = get(app([Operation::get("/", async || File::bytes("a,b").attachment("ü.csv"))]), "/").await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"_.csv\"; filename*=UTF-8''%C3%BC.csv")
    );
}

#[test]
fn the_document_has_all_statuses() {
    let document = memory().openapi().unwrap();
    for status in ["200", "206", "304", "412", "416"] {
        assert!(document.pointer(&format!("/paths/~1/get/responses/{status}")).is_some(), "{status}");
    }
}
