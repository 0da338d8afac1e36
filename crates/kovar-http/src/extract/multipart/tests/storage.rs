//! Where files are, and for how long.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use http::StatusCode;
use tower::ServiceExt as _;

use super::*;

const LARGE: usize = 64 * 1024 + 1;

fn papers(content: &str) -> String {
    body(&[text("name", "ann"), file("papers", "a", content)])
}

/// Asks an app whose handler does this with the one paper.
async fn with_paper<F, Fut>(content: &str, work: F) -> StatusCode
where
    F: Fn(Upload) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let handler = move |Multipart(form): Multipart<Application>| {
        let work = work.clone();
        async move {
            work(form.papers.into_iter().next().unwrap()).await;
            Text("ok")
        }
    };
    send(app([Operation::post("/", handler)]), request(papers(content))).await.status
}

#[tokio::test]
async fn a_large_file_is_on_disk_until_it_is_dropped() {
    let seen: Arc<Mutex<Option<PathBuf>>> = Arc::default();
    let path = Arc::clone(&seen);
    let content: String = (0..LARGE).map(|index| char::from(b'a' + (index % 26) as u8)).collect();
    let expected = content.clone();
    let status = with_paper(&content, move |upload| {
        let (path, expected) = (Arc::clone(&path), expected.clone());
        async move {
            let here = upload.path().unwrap().to_owned();
            assert_eq!(std::fs::read_to_string(&here).unwrap(), expected);
            assert!(upload.bytes().await.unwrap() == expected.as_bytes());
            *path.lock().unwrap() = Some(here);
        }
    })
    .await;
    assert_eq!(status, StatusCode::OK);
    assert!(!seen.lock().unwrap().as_ref().unwrap().exists());
}

#[tokio::test]
async fn a_file_can_be_kept() {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in [("small", "content".to_owned()), ("large", "x".repeat(LARGE))] {
        let to = directory.path().join(name);
        std::fs::write(&to, "before").unwrap();
        let path = to.clone();
        let status = with_paper(&content, move |upload| {
            let path = path.clone();
            async move {
                let shared = upload.clone();
                upload.persist(&path).await.unwrap();
                assert_eq!(shared.bytes().await.unwrap().len() as u64, shared.size());
                shared.persist(&path).await.unwrap();
            }
        })
        .await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(std::fs::read_to_string(&to).unwrap(), content);
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[tokio::test]
async fn keeping_it_where_nothing_can_be_is_an_error() {
    let status = with_paper("content", |upload| async move {
        assert!(upload.persist("/nonexistent/directory/file").await.is_err());
    })
    .await;
    assert_eq!(status, StatusCode::OK);
}

/// The files of uploads that belong to this test: their first bytes are its own.
fn temporary_files(mark: &str) -> usize {
    let files = std::fs::read_dir(std::env::temp_dir()).unwrap().filter_map(Result::ok);
    let uploads = files.filter(|file| file.file_name().to_string_lossy().starts_with("kovar-upload-"));
    uploads.filter(|file| std::fs::read(file.path()).is_ok_and(|bytes| bytes.starts_with(mark.as_bytes()))).count()
}

#[tokio::test]
async fn a_request_that_is_aborted_leaves_no_file() {
    let mark = format!("aborted {}", std::process::id());
    let start = papers(&format!("{mark}{}", "x".repeat(2 * LARGE)));
    let start = start[..start.len() - 50].to_owned();
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(start.into_bytes())]);
    let body = Body::from_stream(chunks.chain(futures_util::stream::pending()));
    let service = application().build().await.unwrap();
    let answering = tokio::spawn(service.oneshot(request(body)));
    let until = |wanted: usize| {
        let mark = mark.clone();
        async move {
            for _ in 0..500 {
                if temporary_files(&mark) == wanted {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            panic!("there are {} files", temporary_files(&mark));
        }
    };
    until(1).await;
    answering.abort();
    until(0).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_no_file() {
    let mark = format!("broken {}", std::process::id());
    let start = papers(&format!("{mark}{}", "x".repeat(2 * LARGE)));
    let chunks = [Ok(start.as_bytes()[..start.len() - 50].to_vec()), Err(std::io::Error::other("reset"))];
    let answer = send(application(), request(Body::from_stream(futures_util::stream::iter(chunks)))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(temporary_files(&mark), 0);
}

#[tokio::test]
async fn a_refused_form_leaves_no_file() {
    let mark = format!("refused {}", std::process::id());
    let content = format!("{mark}{}", "x".repeat(LARGE));
    let answer = post(&[text("name", ""), file("papers", "a", &content)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(temporary_files(&mark), 0);
}
