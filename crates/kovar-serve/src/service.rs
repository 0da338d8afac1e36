//! The service as hyper calls it: hosts, admission, panics, and who is to be told about each request.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::{CONNECTION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use tower::Service;

use crate::forwarded::Proxies;
use crate::host::{self, HostError};
use crate::peer::Peer;
use crate::request_body::RequestBody;
use crate::watch::Watch;
use crate::worker::Shared;

/// What the server answers itself.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// The request has no single valid host: a 400.
    Host(HostError),
    /// The worker answers as many requests as it may: a 503 with `Retry-After`.
    Overloaded,
    /// What came is no request, or one past a limit of HTTP/1: a 400, 414 or 431, and the connection
    /// is closed. There is no head to be told.
    Unreadable(StatusCode),
    /// The service panicked: a 500. The message is for the log only.
    Panicked(String),
}

impl Refusal {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Host(_) => StatusCode::BAD_REQUEST,
            Self::Unreadable(status) => *status,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panicked(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Writes the answer to a refused request. Of a panic the head of the request is gone.
pub(crate) type Refuse<B> = Arc<dyn Fn(Refusal, Option<&Parts>) -> Response<B> + Send + Sync>;

/// The service of one connection.
pub(crate) struct Served<S, B> {
    pub(crate) service: S,
    pub(crate) connection: Arc<Connection<B>>,
}

/// What all requests of a connection share.
pub(crate) struct Connection<B> {
    pub(crate) shared: Arc<Shared>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) peer: Peer,
    /// Of a peer that may say for whom it asks.
    pub(crate) proxies: Option<Arc<Proxies>>,
    pub(crate) refuse: Refuse<B>,
}

impl<B> Connection<B> {
    fn peer_of(&self, request: &Request<Incoming>) -> Peer {
        match &self.proxies {
            Some(proxies) => self.peer.forwarding(proxies, request.headers()),
            None => self.peer.clone(),
        }
    }
}

impl<S, B> hyper::service::Service<Request<Incoming>> for Served<S, B>
where
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone,
    B: Body,
{
    type Response = Response<ResponseBody<B>>;
    type Error = Infallible;
    type Future = Answering<S::Future, B>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let is_http1 = request.version() <= Version::HTTP_11;
        let is_connect = request.method() == Method::CONNECT;
        let connection = &self.connection;
        let in_flight = InFlight::begin(connection);
        let refusal = match host::settle(&mut request) {
            Err(error) => Some(Refusal::Host(error)),
            Ok(()) if in_flight.is_past_limit => Some(Refusal::Overloaded),
            Ok(()) => None,
        };
        let answer = match refusal {
            Some(refusal) => {
                let (parts, _) = request.into_parts();
                let closes = matches!(refusal, Refusal::Host(_));
                let mut response = (connection.refuse)(refusal, Some(&parts));
                if closes && is_http1 {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Answer::Refused { response: Some(response) }
            }
            None => {
                let peer = connection.peer_of(&request);
                request.extensions_mut().insert(peer);
                let request = request.map(|body| RequestBody::new(body, &connection.shared, &connection.watch));
                Answer::Running { future: self.service.clone().call(request) }
            }
        };
        Answering { answer, in_flight: Some(in_flight), is_http1, is_connect }
    }
}

/// One request that is being answered, counted until it is dropped.
struct InFlight<B> {
    connection: Arc<Connection<B>>,
    is_past_limit: bool,
    /// Whether it counts against the worker's limit.
    is_counted: bool,
    /// Whether a part of its answer waits for the client's window.
    is_held: bool,
}

impl<B> InFlight<B> {
    fn begin(connection: &Arc<Connection<B>>) -> Self {
        connection.watch.request_began();
        let before = connection.shared.stats.request_began();
        let is_past_limit = connection.shared.limits.in_flight.is_some_and(|limit| before >= limit);
        Self { connection: Arc::clone(connection), is_past_limit, is_counted: true, is_held: false }
    }

    /// What is left is a stream, which may last for days.
    fn is_streaming(&mut self) {
        if std::mem::take(&mut self.is_counted) {
            self.connection.shared.stats.request_ended();
        }
    }

    /// hyper asks for more of a body when the part before it may be sent. Of HTTP/1 the socket tells.
    fn holds(&mut self, is_held: bool) {
        let watch = &self.connection.watch;
        if self.is_held != is_held && watch.is_http2() {
            self.is_held = is_held;
            if is_held { watch.holds_body() } else { watch.lets_body_go() }
        }
    }
}

impl<B> Drop for InFlight<B> {
    fn drop(&mut self) {
        self.is_streaming();
        self.holds(false);
        self.connection.watch.request_ended(self.connection.shared.registry.now());
    }
}

pin_project! {
    /// The answer to one request, on its way.
    pub(crate) struct Answering<F, B> {
        #[pin]
        answer: Answer<F, B>,
        in_flight: Option<InFlight<B>>,
        is_http1: bool,
        is_connect: bool,
    }
}

pin_project! {
    #[project = AnswerProjection]
    enum Answer<F, B> {
        Running { #[pin] future: F },
        Refused { response: Option<Response<B>> },
    }
}

impl<F, B> Future for Answering<F, B>
where
    F: Future<Output = Result<Response<B>, Infallible>>,
    B: Body,
{
    type Output = Result<Response<ResponseBody<B>>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = match this.answer.project() {
            AnswerProjection::Running { future } => match catch_unwind(AssertUnwindSafe(|| future.poll(context))) {
                Ok(answered) => ready!(answered).unwrap_or_else(|never| match never {}),
                Err(panic) => match this.in_flight {
                    Some(in_flight) => (in_flight.connection.refuse)(Refusal::Panicked(message_of(&*panic)), None),
                    None => return Poll::Pending,
                },
            },
            AnswerProjection::Refused { response } => match response.take() {
                Some(response) => response,
                None => return Poll::Pending,
            },
        };
        let Some(mut in_flight) = this.in_flight.take() else { return Poll::Pending };
        if *this.is_http1 && in_flight.connection.shared.is_draining() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        // RFC 9110 §9.3.6: what follows the answer to a `CONNECT` is a tunnel.
        let is_tunnel = *this.is_connect && *this.is_http1 && response.status().is_success();
        if is_tunnel || response.status() == StatusCode::SWITCHING_PROTOCOLS {
            in_flight.connection.watch.was_upgraded();
        }
        let mut is_event_stream = false;
        if response.body().size_hint().exact().is_none() {
            in_flight.is_streaming();
            let media_type = response.headers().get(CONTENT_TYPE);
            is_event_stream = media_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
        }
        Poll::Ready(Ok(response.map(|body| ResponseBody { body, in_flight, is_event_stream })))
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

pin_project! {
    /// An answer's body. While it exists, its request is in flight.
    pub(crate) struct ResponseBody<B> {
        #[pin]
        body: B,
        in_flight: InFlight<B>,
        is_event_stream: bool,
    }
}

impl<B: Body> Body for ResponseBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        this.in_flight.holds(false);
        // Such a stream has no end of its own. Its clients come again, and find the next server.
        if *this.is_event_stream && this.in_flight.connection.shared.is_draining() {
            return Poll::Ready(None);
        }
        let frame = ready!(this.body.poll_frame(context));
        this.in_flight.holds(frame.as_ref().is_some_and(|frame| frame.as_ref().is_ok_and(Frame::is_data)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<S, B> fmt::Debug for Served<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Served").finish_non_exhaustive()
    }
}
