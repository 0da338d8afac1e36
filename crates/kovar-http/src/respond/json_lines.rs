//! Streams of JSON values, one a line.

use std::fmt;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{Stream, StreamExt as _};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use kovar_contract::Output;

use super::Respond;
use super::stream::{BoxError, Items, item_json, written};
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};

const JSON_LINES: &str = "application/jsonl";

/// Status 200 with a stream of items: `application/jsonl`, each item on a line of its own.
///
/// Items are read from the stream as fast as the client takes them, so memory does not grow. An
/// error of the stream, or an item that breaks its schema, breaks the body off: a client sees a
/// failed transfer and no complete one. The operation's deadline is over when streaming begins.
///
/// # Example
///
/// ```
/// use futures_util::stream;
/// use kovar_http::respond::JsonLines;
///
/// async fn numbers() -> JsonLines<u32> {
///     JsonLines::new(stream::iter(1..=1_000_000))
/// }
/// ```
pub struct JsonLines<T> {
    items: Items<T>,
}

impl<T: 'static> JsonLines<T> {
    /// A stream of items.
    pub fn new(items: impl Stream<Item = T> + Send + 'static) -> Self {
        Self { items: Box::pin(items.map(Ok)) }
    }

    /// A stream that can fail; only the log sees why.
    pub fn fallible<E: Into<BoxError>>(items: impl Stream<Item = Result<T, E>> + Send + 'static) -> Self {
        Self { items: Box::pin(items.map(|item| item.map_err(Into::into))) }
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonLines")
    }
}

impl<T: Output> Respond for JsonLines<T> {
    fn describe(describer: &mut Describer<'_>) {
        let shape = T::shape(describer.catalog);
        let response = ResponseDescription::empty("The items, one a line").sequence(JSON_LINES, shape);
        describer.response(StatusCode::OK, response);
    }

    fn respond(self, context: &RequestContext) -> Response {
        let mut response = Response::new(Body::from_stream(written(self.items, |item| line(&item), context)));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON_LINES));
        response
    }
}

fn line<T: Output>(item: &T) -> Result<Bytes, BoxError> {
    let mut line = item_json(item)?;
    line.push(b'\n');
    Ok(line.into())
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http::Request;
    use http_body_util::BodyExt as _;
    use kovar_contract::json::Value;
    use tower::ServiceExt as _;

    use super::*;
    use crate::operation::Operation;
    use crate::respond::testing::{app, get};

    /// The frames before the body broke off, and whether it did.
    async fn frames(operation: Operation) -> (String, bool) {
        let service = app([operation]).build().await.unwrap();
        let mut body = service.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap().into_body();
        let mut text = String::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                assert!(body.frame().await.is_none(), "a body ends with its error");
                return (text, true);
            };
            text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
        }
        (text, false)
    }

    #[tokio::test]
    async fn each_item_is_a_line() {
        let answer = get(app([Operation::get("/", async || JsonLines::new(stream::iter(["a\nb", "c"])))]), "/").await;
        assert_eq!(answer.header("content-type"), Some("application/jsonl"));
        assert_eq!(answer.text(), "\"a\\nb\"\n\"c\"\n");
    }

    #[tokio::test]
    async fn a_failure_breaks_the_body_off() {
        fn items() -> impl Stream<Item = Result<u8, &'static str>> + Send {
            stream::iter([Ok(1), Err("broken"), Ok(2)])
        }
        let broken = frames(Operation::get("/", async || JsonLines::fallible(items()))).await;
        assert_eq!(broken, ("1\n".to_owned(), true));
    }

    #[tokio::test]
    async fn a_panic_breaks_the_body_off() {
        fn items() -> impl Stream<Item = u8> + Send {
            stream::iter([1, 0]).map(|number| 10 / number)
        }
        let broken = frames(Operation::get("/", async || JsonLines::new(items()))).await;
        assert_eq!(broken, ("10\n".to_owned(), true));
    }

    #[tokio::test]
    async fn an_item_that_breaks_its_schema_is_not_sent() {
        fn items() -> impl Stream<Item = f64> + Send {
            stream::iter([1.5, f64::NAN, 2.5])
        }
        let broken = frames(Operation::get("/", async || JsonLines::new(items()))).await;
        assert_eq!(broken, ("1.5\n".to_owned(), true));
    }

    #[test]
    fn the_document_has_the_schema_of_an_item() {
        let document = app([Operation::get("/", async || JsonLines::new(stream::iter([true])))]).openapi().unwrap();
        let item = "/paths/~1/get/responses/200/content/application~1jsonl/x-itemSchema/type";
        assert_eq!(document.pointer(item).and_then(Value::as_str), Some("boolean"));
    }
}
