//! The line of the log that each request has.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use crate::trace::TraceContext;

/// Writes the line of each request, in the place of the event of `tracing` that would become one.
///
/// An event is taken apart and put together again, field by field, for each request; whoever writes lines can do so at
/// once. Whether there is a line at all is still the subscriber's choice: it is asked about the target
/// `kovar::request` at the level `info`.
pub trait RequestLog: Send + Sync {
    /// A request was answered.
    fn answered(&self, request: &AnsweredRequest<'_>);
}

/// A request that was answered.
#[non_exhaustive]
pub struct AnsweredRequest<'r> {
    /// The method of its operation.
    pub method: &'r str,
    /// The path of its operation, with its parameters.
    pub route: &'r str,
    /// The `operationId`.
    pub operation: &'r str,
    /// The status of the answer.
    pub status: u16,
    /// How long it took until the answer's head was ready.
    pub duration: Duration,
    /// The id of the request: letters, digits and `-_.:`.
    pub request_id: &'r str,
    /// Where it is in its trace, if anybody asked.
    pub trace: Option<&'r TraceContext>,
    pub(crate) of_operation: &'r OnceLock<Box<str>>,
}

impl AnsweredRequest<'_> {
    /// What the log says of the operation in each of its lines. It is made when it is first asked for, and kept.
    pub fn of_operation(&self, make: impl FnOnce() -> String) -> &str {
        self.of_operation.get_or_init(|| make().into_boxed_str())
    }
}

impl fmt::Debug for AnsweredRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnsweredRequest").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}
