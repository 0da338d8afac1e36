//! From a request to a channel.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN, UPGRADE};
use http::{HeaderValue, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use kovar_contract::shape::{About, Shape};
use kovar_contract::text::TextPlace;
use kovar_contract::{Input, Output};
use kovar_http::RequestContext;
use kovar_http::dependency::Dep;
use kovar_http::describe::{Argument, Describer, ParameterDescription, ResponseDescription};
use kovar_http::extract::{Extract, Phase, Rejection};
use kovar_http::problem::{Problem, ProblemDetails, builtin};
use kovar_http::respond::Respond;
use kovar_serve::Taken;
use tokio::io::DuplexStream;

use crate::callers::Place;
use crate::connection::Connection;
use crate::driving::{Driving, Speech};
use crate::hub::Live;
use crate::known::{Facts, Known, name};
use crate::line::Line;
use crate::protocol::{Encoding, FromServer, JSON, MESSAGE_PACK, frame};
use crate::sessions::{self, Events, Kept, PATH, look_after, piece, written};
use crate::socket::{RawSocket, Shared, Socket};
use crate::testing::InProcess;
use crate::topic::Position;
use crate::ws::{Accepted, Reader, Unmet, VERSION, accept};

/// The query parameter in which a client says where it was.
pub(crate) const AT: &str = "at";

/// What a channel's function gets.
pub trait Channel: sealed::Channel {}

mod sealed {
    use kovar_http::describe::Describer;

    use crate::driving::Speech;
    use crate::socket::Shared;

    pub trait Channel: Send + Sized + 'static {
        const SPEECH: Speech;

        fn describe(describer: &mut Describer<'_>);

        fn open(shared: Shared) -> Self;
    }
}

impl<In: Input, Out: Output> Channel for Socket<In, Out> where Self: sealed::Channel {}
impl Channel for RawSocket {}

impl<In: Input + 'static, Out: Output + 'static> sealed::Channel for Socket<In, Out> {
    const SPEECH: Speech = Speech::Framed;

    fn describe(describer: &mut Describer<'_>) {
        let (receives, sends) = (In::shape(describer.catalog), Out::shape(describer.catalog));
        describer.channel(Some((receives, sends)));
        describer.reserved_parameter(ParameterDescription {
            place: TextPlace::Query,
            name: AT.into(),
            shape: Shape::text(),
            is_required: false,
            default: None,
            is_comma_separated: false,
            about: About::new().description("Where the client was in each topic when it was last here."),
        });
    }

    fn open(shared: Shared) -> Self {
        Self::new(shared)
    }
}

impl sealed::Channel for RawSocket {
    const SPEECH: Speech = Speech::Raw;

    fn describe(describer: &mut Describer<'_>) {
        describer.channel(None);
    }

    fn open(shared: Shared) -> Self {
        Self::new(shared)
    }
}

/// A request that is about to be a channel: what `#[channel]` takes in the place of the socket.
pub struct Opening<S> {
    way: Way,
    live: Live,
    positions: HashMap<String, Position>,
    /// The path as it is declared.
    channel: Arc<str>,
    /// The caller's, if it is known who that is.
    place: Option<Place>,
    /// The longest message.
    message_bytes: usize,
    socket: PhantomData<fn() -> S>,
}

/// How the channel's frames go.
enum Way {
    WebSocket {
        accepted: Box<Accepted>,
        upgrade: Upgrade,
    },
    /// As events of a stream.
    Events,
    /// In pieces that the client fetches.
    Fetched,
}

/// Where the connection comes from.
enum Upgrade {
    Server(OnUpgrade),
    /// It is memory, of a test in the same process.
    InProcess(DuplexStream),
}

/// The answer to it: a channel whose function ends with an `E`.
pub struct Opened<E = ()>(Response, PhantomData<fn() -> E>);

/// What a channel's function may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by a channel",
    note = "return nothing, or a `Result<(), P>` where `P` is a `#[problem]` enum"
)]
pub trait EndsChannel {
    /// Says which problems those are.
    fn describe(_: &mut Describer<'_>) {}

    /// The problem that the client is told, if it ended with one.
    fn into_problem(self) -> Option<ProblemDetails>;
}

impl EndsChannel for () {
    fn into_problem(self) -> Option<ProblemDetails> {
        None
    }
}

impl<P: Problem> EndsChannel for Result<(), P> {
    fn describe(describer: &mut Describer<'_>) {
        for problem in P::declare(describer.catalog) {
            describer.declared_problem(problem);
        }
    }

    fn into_problem(self) -> Option<ProblemDetails> {
        self.err().map(Problem::into_details)
    }
}

impl<S: Channel> Extract for Opening<S> {
    const PHASE: Phase = Phase::Dependency;

    fn describe(describer: &mut Describer<'_>, argument: &Argument) {
        Dep::<Live>::describe(describer, argument);
        S::describe(describer);
        describer.problem(&builtin::CROSS_SITE);
        describer.problem(&builtin::UPGRADE_REQUIRED);
    }

    async fn extract(context: &RequestContext, argument: &Argument) -> Result<Self, Rejection> {
        let live = Live::clone(&*Dep::<Live>::extract(context, argument).await?);
        let headers = context.headers();
        if !live.hub().trusts(headers.get(ORIGIN), headers.get(HOST)) {
            let detail = "a page of another origin may not open this channel";
            return Err(builtin::CROSS_SITE.details().detail(detail).into());
        }
        // Before the way, so that who asks why a WebSocket was refused is told this.
        let place = place(context, &live)?;
        let way = Way::of::<S>(context, &live)?;
        let positions = context.query(AT).map(|at: Cow<'_, str>| positions(&at)).unwrap_or_default();
        let message_bytes = context.own_body_limit().unwrap_or(live.hub().limits.message_bytes);
        let channel = Arc::clone(context.route());
        Ok(Self { way, live, positions, channel, place, message_bytes, socket: PhantomData })
    }
}

/// The caller's place for the channel, if it is known who that is.
fn place(context: &RequestContext, live: &Live) -> Result<Option<Place>, Rejection> {
    let Some(caller) = context.caller() else { return Ok(None) };
    let (hub, most) = (live.hub(), live.hub().limits.connections_per_principal);
    let place = hub.callers.place(caller, most);
    if place.is_none() {
        hub.counts.refused.fetch_add(1, Relaxed);
        let most = most.unwrap_or_default();
        return Err(builtin::TOO_MANY_CHANNELS.details().detail(format!("a caller may have {most} open")).into());
    }
    Ok(place)
}

fn unmet(why: Unmet) -> Rejection {
    let details = builtin::UPGRADE_REQUIRED.details();
    let details = match why {
        Unmet::NotWebSocket => details.detail(
            "this is a channel: it is opened with WebSocket over HTTP/1.1, or with `Accept: text/event-stream`",
        ),
        Unmet::Version => details.detail("only version 13 of WebSocket is spoken"),
        Unmet::Key => return builtin::MALFORMED.details().detail("Sec-WebSocket-Key is not 16 bytes in Base64").into(),
    };
    let details = details.header(UPGRADE, HeaderValue::from_static("websocket"));
    details.header(http::header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION)).into()
}

/// What a client says of where it was: `{"rooms/7": ["3f9a", 42]}`. What cannot be read is as if it had said nothing.
pub(crate) fn positions(at: &str) -> HashMap<String, Position> {
    let bytes = URL_SAFE_NO_PAD.decode(at).unwrap_or_default();
    let all: HashMap<String, (String, u64)> = serde_json::from_slice(&bytes).unwrap_or_default();
    all.into_iter().map(|(topic, (epoch, offset))| (topic, Position { epoch, offset })).collect()
}

impl<S: Channel> Opening<S> {
    /// Runs a channel's function once the connection is there.
    pub fn run<F, E>(self, function: impl FnOnce(S) -> F + Send + 'static) -> Opened<E>
    where
        F: Future<Output = E> + Send + 'static,
        E: EndsChannel,
    {
        let Self { way, live, positions, channel, place, message_bytes, .. } = self;
        let facts = Facts::new(channel, place);
        let id: Arc<str> = name(facts.id).into();
        let fetched = |live: &Live, encoding| {
            let key = format!("{:032x}", rand::random::<u128>());
            let connection = Arc::new(Connection::new(Line::Fetched, encoding, true, live.hub()));
            let hub = live.hub();
            let session = hub.sessions.add(key.clone(), &connection, hub.limits.inbox);
            if let Some(broker) = hub.broker() {
                // What its client says may come to another node.
                broker.begin();
            }
            let post = format!("{PATH}/{key}");
            let hello = FromServer { session: Some(&id), post: Some(&post), ..FromServer::default() };
            (key, connection, session, frame(&hello, encoding))
        };
        match way {
            Way::WebSocket { accepted, upgrade } => {
                let Accepted { headers, deflate, protocol } = *accepted;
                tokio::spawn(async move {
                    let Some((line, early)) = upgrade.line().await else { return };
                    let encoding = match protocol {
                        Some(MESSAGE_PACK) => Encoding::Packed(deflate),
                        _ => deflate.map_or(Encoding::WebSocket, Encoding::Deflated),
                    };
                    let connection = Arc::new(Connection::new(line, encoding, protocol.is_some(), live.hub()));
                    if S::SPEECH == Speech::Framed {
                        let hello = FromServer { session: Some(&id), ..FromServer::default() };
                        connection.send(frame(&hello, encoding), None);
                    }
                    let reader = Reader::new(message_bytes, deflate.is_some());
                    let most_waiting = live.hub().limits.inbox;
                    let shared = Shared::new(&connection, live, id, positions);
                    let worker = Arc::clone(&shared.worker);
                    let function = function(S::open(shared));
                    // In a task of its own, which has no room for what was only needed until now.
                    let known = Known { connection, facts };
                    tokio::spawn(Driving::new(function, known, worker, reader, S::SPEECH, early, most_waiting));
                });
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                *response.headers_mut() = headers;
                Opened(response, PhantomData)
            }
            Way::Events => {
                let (key, connection, _, hello) = fetched(&live, Encoding::Event);
                connection.send(hello, None);
                let shared = Shared::new(&connection, live.clone(), id, positions);
                let worker = Arc::clone(&shared.worker);
                let known = Known { connection: Arc::clone(&connection), facts };
                let kept = Kept::run(live, key, known, worker, function(S::open(shared)));
                Opened(events(Body::new(Events::new(connection, kept))), PhantomData)
            }
            Way::Fetched => {
                let (key, connection, session, hello) = fetched(&live, Encoding::Item);
                let shared = Shared::new(&connection, live.clone(), id, positions);
                let worker = Arc::clone(&shared.worker);
                let known = Known { connection, facts };
                look_after(session, Kept::run(live, key, known, worker, function(S::open(shared))));
                Opened(written(piece(0, &[hello])), PhantomData)
            }
        }
    }
}

impl Way {
    fn of<S: Channel>(context: &RequestContext, live: &Live) -> Result<Self, Rejection> {
        let headers = context.headers();
        let is_framed = S::SPEECH == Speech::Framed;
        let accepts = |media_type: &str| {
            let fields = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
            fields.flat_map(|field| field.split(',')).any(|accepted| accepted.trim().starts_with(media_type))
        };
        let other = match () {
            () if !is_framed || headers.contains_key(UPGRADE) => None,
            () if accepts("text/event-stream") => Some(Self::Events),
            () if accepts("application/json") => Some(Self::Fetched),
            () => None,
        };
        if let Some(other) = other {
            let is_full = live.hub().sessions.len() >= live.hub().limits.sessions;
            return if is_full { Err(sessions::full().into()) } else { Ok(other) };
        }
        let protocols: &[_] = if is_framed { &[JSON, MESSAGE_PACK] } else { &[] };
        let accepted = accept(headers, protocols, live.hub().compresses).map_err(unmet)?;
        let upgrade = Upgrade::of(context).ok_or_else(|| unmet(Unmet::NotWebSocket))?;
        Ok(Self::WebSocket { accepted: Box::new(accepted), upgrade })
    }
}

fn events(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx passes each event on at once when told so.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Upgrade {
    fn of(context: &RequestContext) -> Option<Self> {
        let extensions = &context.parts().extensions;
        if let Some(in_process) = extensions.get::<InProcess>() {
            return in_process.take().map(Self::InProcess);
        }
        extensions.get::<OnUpgrade>().cloned().map(Self::Server)
    }

    /// The connection, and what came before it was one. `None` if the client is gone by now: it was told nothing either.
    async fn line(self) -> Option<(Line, Bytes)> {
        let other = |duplex| (Line::Other(Mutex::new(duplex)), Bytes::new());
        match self {
            Self::InProcess(duplex) => Some(other(Box::new(duplex))),
            Self::Server(upgrade) => Some(match Taken::take(upgrade.await.ok()?) {
                Ok((taken, early)) => (Line::Taken(taken), early),
                Err(upgraded) => other(Box::new(TokioIo::new(upgraded))),
            }),
        }
    }
}

impl<E: EndsChannel + 'static> Respond for Opened<E> {
    fn describe(describer: &mut Describer<'_>) {
        E::describe(describer);
        let description = "The connection is a channel from here on";
        describer.response(StatusCode::SWITCHING_PROTOCOLS, ResponseDescription::empty(description));
    }

    fn respond(self, _: &RequestContext) -> Response {
        self.0
    }
}

impl<E> fmt::Debug for Opened<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Opened").field(&self.0).finish()
    }
}

impl<S> fmt::Debug for Opening<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Opening").field("positions", &self.positions).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
