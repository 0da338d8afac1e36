//! One event.

use std::time::Duration;

use axum::response::sse;
use kovar_contract::Output;

use crate::respond::stream::{BoxError, item_json};

/// One server-sent event: data with an id, a name, a retry time or a comment.
///
/// An id or a name with a line end or NUL breaks the stream off: it would be read as other fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<T> {
    data: Option<T>,
    id: Option<String>,
    name: Option<String>,
    retry: Option<Duration>,
    comment: Option<String>,
}

impl<T> Event<T> {
    /// An event with data.
    pub fn new(data: T) -> Self {
        Self { data: Some(data), ..Self::empty() }
    }

    /// An event without data: browsers note its id and retry time, and show it to no script.
    pub fn empty() -> Self {
        Self { data: None, id: None, name: None, retry: None, comment: None }
    }

    /// What a client that reconnects sends as `Last-Event-ID`.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Which listeners of a browser's `EventSource` get it. Default: those of `message`.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How long the client waits before it reconnects, in whole milliseconds.
    #[must_use]
    pub fn retry(mut self, wait: Duration) -> Self {
        self.retry = Some(wait);
        self
    }

    /// A text that clients ignore.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }
}

impl<T> From<T> for Event<T> {
    fn from(data: T) -> Self {
        Self::new(data)
    }
}

impl<T: Output> Event<T> {
    pub(super) fn write(self) -> Result<sse::Event, BoxError> {
        let mut event = sse::Event::default();
        for line in self.comment.iter().flat_map(|comment| comment.split(['\r', '\n'])) {
            event = event.comment(line);
        }
        if let Some(id) = self.id {
            event = event.id(one_line("id", &id)?);
        }
        if let Some(name) = self.name {
            event = event.event(one_line("name", &name)?);
        }
        if let Some(retry) = self.retry {
            event = event.retry(retry);
        }
        if let Some(data) = self.data {
            event = event.data(String::from_utf8(item_json(&data)?)?);
        }
        Ok(event)
    }
}

fn one_line<'t>(field: &str, text: &'t str) -> Result<&'t str, BoxError> {
    match text.contains(['\r', '\n', '\0']) {
        true => Err(format!("the {field} of an event has a line end or NUL: {text:?}").into()),
        false => Ok(text),
    }
}
