use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use futures_util::stream;
use http::Request;
use http_body_util::BodyExt as _;
use kovar_contract::json::Value;
use tower::ServiceExt as _;

use super::*;
use crate::dependency::{Dep, Outcome, Provider};
use crate::extract::LastEventId;
use crate::operation::Operation;
use crate::problem::InternalError;
use crate::respond::testing::{app, ask, get};

async fn body(operation: Operation) -> Body {
    let service = app([operation]).build().await.unwrap();
    service.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap().into_body()
}

async fn next(body: &mut Body) -> Option<Result<String, axum::Error>> {
    let frame = body.frame().await?;
    Some(frame.map(|frame| String::from_utf8(frame.into_data().unwrap().into()).unwrap()))
}

#[tokio::test]
async fn data_is_json_and_events_have_their_fields() {
    let handler = async || {
        let events = stream::iter([
            Event::new("a\nb").id("1").name("greeting").retry(Duration::from_millis(2050)),
            Event::empty().comment("two\nlines: 1").id("2"),
            Event::from("c"),
        ]);
        EventStream::<&str>::new(events)
    };
    let answer = get(app([Operation::get("/", handler)]), "/").await;
    assert_eq!(
        answer.text(),
        "id: 1\nevent: greeting\nretry: 2050\ndata: \"a\\nb\"\n\n: two\n: lines: 1\nid: 2\n\ndata: \"c\"\n\n"
    );
    for (name, value) in
        [("content-type", "text/event-stream"), ("cache-control", "no-cache"), ("x-accel-buffering", "no")]
    {
        assert_eq!(answer.header(name), Some(value));
    }
}

#[tokio::test]
async fn an_id_or_name_with_a_line_end_breaks_the_stream_off() {
    for event in [
        Event::new(1).id("1\ndata: evil"),
        Event::new(1).id("1\r"),
        Event::new(1).id("\0"),
        Event::new(1).name("x\n\ndata: evil"),
        Event::new(1).name("\0"),
    ] {
        let events = move || stream::iter([Event::new(0), event.clone(), Event::new(2)]);
        let mut body = body(Operation::get("/", move || std::future::ready(EventStream::<u8>::new(events())))).await;
        assert_eq!(next(&mut body).await.unwrap().unwrap(), "data: 0\n\n");
        assert!(next(&mut body).await.unwrap().is_err());
        assert!(next(&mut body).await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_stream_is_kept_alive() {
    let mut body = body(Operation::get("/", async || EventStream::<u8>::new(stream::pending::<u8>()))).await;
    let start = tokio::time::Instant::now();
    assert_eq!(next(&mut body).await.unwrap().unwrap(), ":\n\n");
    assert_eq!(start.elapsed().as_secs(), 15);
    assert_eq!(next(&mut body).await.unwrap().unwrap(), ":\n\n");
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn without_keep_alive_an_idle_stream_is_silent() {
    let silent = async || EventStream::<u8>::new(stream::pending::<u8>()).keep_alive(None);
    let mut body = body(Operation::get("/", silent)).await;
    assert!(tokio::time::timeout(Duration::from_secs(3600), next(&mut body)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn the_deadline_does_not_cut_a_stream() {
    let late = async || {
        EventStream::<u8>::new(stream::once(async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            7
        }))
        .keep_alive(None)
    };
    let mut body = body(Operation::get("/", late).deadline(Some(Duration::from_secs(1)))).await;
    assert_eq!(next(&mut body).await.unwrap().unwrap(), "data: 7\n\n");
}

#[tokio::test]
async fn values_finish_before_the_first_event() {
    #[derive(Debug)]
    struct Work;
    let log: Arc<Mutex<Vec<&str>>> = Arc::default();
    let (finished, streamed) = (Arc::clone(&log), Arc::clone(&log));
    let provider =
        Provider::per_request(async || Ok::<_, InternalError>(Work)).finish(move |_: Arc<Work>, outcome: Outcome| {
            assert_eq!(outcome, Outcome::Success);
            finished.lock().unwrap().push("finished");
            std::future::ready(Ok::<(), InternalError>(()))
        });
    let handler = move |_: Dep<Work>| {
        let streamed = Arc::clone(&streamed);
        std::future::ready(EventStream::<u8>::new(stream::once(async move {
            streamed.lock().unwrap().push("streamed");
            1
        })))
    };
    get(app([Operation::get("/", handler)]).provider(provider), "/").await;
    assert_eq!(*log.lock().unwrap(), ["finished", "streamed"]);
}

#[tokio::test]
async fn a_stream_is_dropped_when_the_client_goes() {
    let held = Arc::new(());
    let kept = Arc::clone(&held);
    let handler = move || {
        let kept = Arc::clone(&kept);
        let first = stream::once(async move {
            let _kept = kept;
            std::future::pending::<u8>().await
        });
        std::future::ready(EventStream::<u8>::new(first))
    };
    let body = body(Operation::get("/", handler)).await;
    let while_open = Arc::strong_count(&held);
    drop(body);
    assert!(Arc::strong_count(&held) < while_open);
}

#[tokio::test]
async fn a_client_that_reconnects_says_what_it_saw() {
    let make = || {
        app([Operation::get("/", async |LastEventId(last): LastEventId| {
            EventStream::<Option<String>>::fallible(stream::iter([Ok::<_, Infallible>(last)]))
        })])
    };
    assert_eq!(get(make(), "/").await.text(), "data: null\n\n");
    let again = ask(make(), Request::get("/").header("last-event-id", "41")).await;
    assert_eq!(again.text(), "data: \"41\"\n\n");
    let document = make().openapi().unwrap();
    let parameter = document.pointer("/paths/~1/get/parameters/0").unwrap();
    assert_eq!(parameter.get("name").and_then(Value::as_str), Some("Last-Event-ID"));
    assert_eq!(parameter.get("required").and_then(Value::as_bool), Some(false));
    let data = "/paths/~1/get/responses/200/content/text~1event-stream/x-itemSchema/properties/data";
    assert!(document.pointer(data).is_some());
}
