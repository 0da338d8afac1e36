//! The answer to one request, on its way.
//!
//! A named future and not a chain of async functions: each of those would keep the request in its
//! own state, move it to the next, and need a box. Here the request lies in one place, and only a
//! handler's future, whose type nobody knows, is boxed.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::response::Response;
use futures_util::future::BoxFuture;
use http::request::Parts;
#[cfg(feature = "data")]
use kovar_data::Tally;
use pin_project_lite::pin_project;
use tokio::time::Sleep;
use tracing::{Instrument as _, Span};

use super::{accept, panicked, without_body};
use crate::context::RequestContext;
use crate::metrics::Recorder;
use crate::problem::builtin;
use crate::request_id::{RequestId, X_REQUEST_ID};
#[cfg(not(feature = "data"))]
use crate::tally::Tally;
use crate::trace::{RequestSpan, TraceContext, Tracer};

pin_project! {
    /// The future of a [`Router`](super::Router).
    pub(crate) struct Answering {
        #[pin]
        answer: Answer,
        // Of an operation.
        count: Option<Count>,
        request_id: RequestId,
        leaves_body_out: bool,
    }
}

pin_project! {
    /// Where an answer comes from.
    #[project = AnswerProjection]
    pub(super) enum Answer {
        // It is there: nothing runs.
        Ready { response: Option<Response> },
        Operation { #[pin] operation: OperationFuture },
        // Layers around an operation, and routers of axum.
        Other { future: BoxFuture<'static, Response> },
    }
}

impl Answer {
    pub(super) fn ready(response: Response) -> Self {
        Self::Ready { response: Some(response) }
    }
}

impl Answering {
    pub(super) fn new(answer: Answer, request_id: RequestId, leaves_body_out: bool) -> Self {
        Self { answer, count: None, request_id, leaves_body_out }
    }

    /// The answer of an operation, which is counted and logged.
    pub(super) fn counted(self, count: Count) -> Self {
        Self { count: Some(count), ..self }
    }
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let poll = || match this.answer.project() {
            // `None` if it was answered already.
            AnswerProjection::Ready { response } => response.take().map_or(Poll::Pending, Poll::Ready),
            AnswerProjection::Operation { operation } => operation.poll(context),
            AnswerProjection::Other { future } => future.as_mut().poll(context),
        };
        let mut response = ready!(match this.count {
            Some(count) => count.enter(poll),
            None => poll(),
        });
        if let Some(count) = this.count.take() {
            count.answered(&mut response, this.request_id);
        }
        response.headers_mut().insert(X_REQUEST_ID, this.request_id.header_value());
        Poll::Ready(Ok(if *this.leaves_body_out { without_body(response) } else { response }))
    }
}

/// What is said of an operation's answer, in the numbers, in the log and to a tracer.
pub(super) struct Count {
    start: Instant,
    recorder: Arc<Recorder>,
    trace: Option<TraceContext>,
    kept: Option<Kept>,
}

/// A span that somebody keeps.
struct Kept {
    tracer: Arc<dyn Tracer>,
    span: Span,
}

impl Count {
    /// Where nobody would see a trace, none is looked for.
    pub(super) fn begin(recorder: &Arc<Recorder>, tracer: Option<&Arc<dyn Tracer>>, parts: &mut Parts) -> Self {
        let mut count = Self { start: Instant::now(), recorder: Arc::clone(recorder), trace: None, kept: None };
        if tracer.is_some() || tracing::enabled!(target: "kovar::request", tracing::Level::INFO) {
            count.trace = TraceContext::received(&parts.headers);
        }
        if let Some(tracer) = tracer
            && let Some(RequestSpan { span, context }) = tracer.begin(parts, recorder.route(), count.trace.as_ref())
        {
            count.trace = Some(context);
            count.kept = Some(Kept { tracer: Arc::clone(tracer), span });
        }
        if let Some(trace) = &count.trace {
            parts.extensions.insert(trace.clone());
        }
        count
    }

    /// Does something for the request, in its span if there is one.
    pub(super) fn enter<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.kept {
            None => work(),
            Some(kept) => kept.span.in_scope(work),
        }
    }

    fn answered(self, response: &mut Response, request_id: &RequestId) {
        let (status, duration) = (response.status(), self.start.elapsed());
        self.recorder.record(status, duration, request_id);
        if let Some(kept) = &self.kept {
            kept.tracer.end(&kept.span, status);
        }
        let trace = response.extensions_mut().remove::<TraceContext>().or(self.trace);
        if let Some(log) = self.recorder.request_log() {
            if tracing::enabled!(target: "kovar::request", tracing::Level::INFO) {
                log.answered(&self.recorder.answered(status.as_u16(), duration, request_id, trace.as_ref()));
            }
            return;
        }
        tracing::info!(
            target: "kovar::request",
            message = "answered",
            method = self.recorder.method(),
            route = self.recorder.route(),
            operation = self.recorder.id(),
            status = status.as_u16(),
            microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
            request_id = request_id.as_str(),
            trace_id = trace.as_ref().map(|trace| display(trace.trace_id())),
            span_id = trace.as_ref().map(|trace| display(trace.span_id())),
        );
    }
}

pin_project! {
    /// An operation up to its deadline, and through panics.
    ///
    /// Its timer lies in here, and starts when the operation first waits: one that answers at once
    /// costs none.
    pub(crate) struct OperationFuture {
        work: BoxFuture<'static, Response>,
        #[pin]
        deadline: Option<Sleep>,
        context: Arc<RequestContext>,
        tally: Tally,
    }
}

impl OperationFuture {
    pub(super) fn new(context: RequestContext) -> Self {
        let context = Arc::new(context);
        let endpoint = context.endpoint();
        let work: BoxFuture<'static, Response> = if !accept::is_acceptable(context.headers(), &endpoint.produces) {
            let details = builtin::NOT_ACCEPTABLE.details().with("available", &endpoint.produces);
            Box::pin(std::future::ready(context.problem(details)))
        } else if endpoint.settings.is_detached {
            Box::pin(detached(Arc::clone(&context)))
        } else {
            handled(&context)
        };
        Self { work, deadline: None, context, tally: Tally::default() }
    }

    fn here(context: Arc<RequestContext>) -> Self {
        let work = handled(&context);
        Self { work, deadline: None, context, tally: Tally::default() }
    }
}

/// The operation's own work.
fn handled(context: &Arc<RequestContext>) -> BoxFuture<'static, Response> {
    #[cfg(feature = "data")]
    if context.endpoint().settings.is_retried {
        return Box::pin(super::again::run(Arc::clone(context)));
    }
    Arc::clone(&context.endpoint().handler).call(Arc::clone(context))
}

/// Runs the operation in a task of its own, which has its deadline itself.
async fn detached(context: Arc<RequestContext>) -> Response {
    let tasks = context.endpoint().tasks.clone();
    match tasks.run(OperationFuture::here(Arc::clone(&context)).in_current_span()).await {
        Some(response) => response,
        None => context.problem(builtin::UNAVAILABLE.details().detail("the operation was broken off")),
    }
}

impl Future for OperationFuture {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let mut this = self.project();
        let work = this.tally.enter(|| catch_unwind(AssertUnwindSafe(|| this.work.as_mut().poll(context))));
        let response = match work {
            Ok(Poll::Ready(response)) => response,
            Ok(Poll::Pending) => {
                ready!(deadline_passed(this.deadline.as_mut(), this.context, context));
                let details = builtin::UNAVAILABLE.details().detail("the operation did not finish before its deadline");
                this.context.problem(details)
            }
            Err(panic) => this.context.problem(panicked("the handler", &*panic)),
        };
        #[cfg(feature = "data")]
        this.context.endpoint().ran(this.tally);
        Poll::Ready(response)
    }
}

/// Ready when the operation has had its time; its timer starts when it first waits.
fn deadline_passed(
    mut timer: Pin<&mut Option<Sleep>>,
    request: &RequestContext,
    context: &mut Context<'_>,
) -> Poll<()> {
    let Some(deadline) = request.endpoint().settings.deadline else { return Poll::Pending };
    if timer.is_none() {
        timer.set(Some(tokio::time::sleep(deadline)));
    }
    timer.as_pin_mut().map_or(Poll::Pending, |timer| timer.poll(context))
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}
