//! Channels that are no WebSocket: for where that does not get through.
//!
//! What the server says is a stream of events, or, where even those are held up on the way, fetched piece by piece. What
//! the client says comes by `POST`. Frame for frame it is the same that a WebSocket carries. A session has a key, which
//! only its client knows: whoever has it is the client.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http_body::Frame;
use kovar_http::dependency::Dep;
use kovar_http::describe::Argument;
use kovar_http::extract::{self, Path, Query};
use kovar_http::operation::Operation;
use kovar_http::problem::{Problem, ProblemDeclaration, ProblemDetails, builtin};
use kovar_http::respond::{NoContent, Undocumented};
use serde_json::value::RawValue;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout, timeout_at};

use crate::connection::Connection;
use crate::driving::{ENDING, tell};
use crate::elsewhere::{self, Granted, Wish};
use crate::hub::Live;
use crate::known::Known;
use crate::opening::EndsChannel;
use crate::said::{TooMany, said};
use crate::worker::Worker;
use crate::ws::CloseCode;

/// Where sessions are.
pub(crate) const PATH: &str = "/_live";

/// How much is sent in one piece, if it is several frames.
const PIECE: usize = 64 * 1024;

/// How long a fetch waits for something to come.
pub(crate) const WAITS: Duration = Duration::from_secs(25);

/// How long a client that fetches may be away until it is gone.
const AWAY: Duration = Duration::from_secs(35);

/// All sessions of a hub, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Arc<Session>>>);

/// A channel that is no WebSocket.
#[derive(Debug)]
pub(crate) struct Session {
    connection: Arc<Connection>,
    /// How many messages may wait for the channel's function.
    most_waiting: usize,
    fetched: Mutex<Fetched>,
    /// Told when there is nothing more to fetch.
    is_done: Notify,
}

/// What was fetched last, so that it can be fetched again if its answer was lost.
#[derive(Debug)]
struct Fetched {
    number: u64,
    frames: Vec<Bytes>,
    at: Instant,
}

impl Sessions {
    pub(crate) fn add(&self, key: String, connection: &Arc<Connection>, most_waiting: usize) -> Arc<Session> {
        let fetched = Mutex::new(Fetched { number: 0, frames: Vec::new(), at: Instant::now() });
        let connection = Arc::clone(connection);
        let session = Arc::new(Session { connection, most_waiting, fetched, is_done: Notify::new() });
        self.all().insert(key, Arc::clone(&session));
        session
    }

    pub(crate) fn len(&self) -> usize {
        self.all().len()
    }

    pub(crate) fn find(&self, key: &str) -> Option<Arc<Session>> {
        self.all().get(key).cloned()
    }

    fn remove(&self, key: &str) {
        self.all().remove(key);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What keeps a session: without it, there is none.
#[derive(Debug)]
pub(crate) struct Kept {
    live: Live,
    key: String,
    connection: Arc<Connection>,
    worker: Arc<Worker>,
    place: usize,
    function: AbortHandle,
}

impl Kept {
    /// Runs a channel's function, for as long as this is kept.
    pub(crate) fn run<F>(live: Live, key: String, known: Known, worker: Arc<Worker>, function: F) -> Self
    where
        F: Future + Send + 'static,
        F::Output: EndsChannel,
    {
        let connection = Arc::clone(&known.connection);
        let place = worker.know(known);
        let ended = Arc::clone(&connection);
        let function = tokio::spawn(async move {
            let code = match AssertUnwindSafe(function).catch_unwind().await {
                Ok(end) => tell(&ended, end),
                Err(_) => CloseCode::INTERNAL,
            };
            ended.close(code);
            ended.inbox.close();
        });
        let function = function.abort_handle();
        Self { live, key, connection, worker, place, function }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.live.hub().sessions.remove(&self.key);
        self.worker.forget(self.place);
        self.connection.end();
        let function = self.function.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                tokio::time::sleep(ENDING).await;
                function.abort();
            });
        }
    }
}

/// The answer that is a stream of events. The channel ends when nobody reads it any longer.
pub(crate) struct Events {
    connection: Arc<Connection>,
    _kept: Kept,
}

impl Events {
    pub(crate) fn new(connection: Arc<Connection>, kept: Kept) -> Self {
        Self { connection, _kept: kept }
    }
}

impl http_body::Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let fetched = self.connection.poll_fetch(context, PIECE);
        fetched.map(|frames| frames.map(|frames| Ok(Frame::data(frames.concat().into()))))
    }
}

/// Keeps a session that is fetched, until its client has all that there is to come, or is away for too long.
pub(crate) fn look_after(session: Arc<Session>, kept: Kept) {
    tokio::spawn(async move {
        loop {
            let last = session.fetched().at;
            let is_done = timeout_at(last + AWAY, session.is_done.notified()).await.is_ok();
            if is_done || session.fetched().at == last || session.connection.is_over() {
                break;
            }
        }
        drop(kept);
    });
}

impl Session {
    /// Takes what a client says: a frame, or a list of them.
    pub(crate) fn say(&self, body: &Bytes) -> Result<(), SessionProblem> {
        let connection = &self.connection;
        if connection.inbox.len() > self.most_waiting {
            return Err(SessionProblem::Busy);
        }
        let taken = match serde_json::from_slice::<Vec<&RawValue>>(body) {
            Ok(frames) => frames.iter().try_for_each(|frame| said(connection, &body.slice_ref(frame.get().as_bytes()))),
            Err(_) => said(connection, body),
        };
        if let Err(TooMany) = taken {
            connection.close(CloseCode::POLICY);
            connection.inbox.close();
        }
        Ok(())
    }

    /// What there is after what the client has: the same again, if it did not get it.
    pub(crate) async fn fetch(&self, has: u64) -> Option<(u64, Vec<Bytes>)> {
        {
            let mut fetched = self.fetched();
            fetched.at = Instant::now();
            if has < fetched.number {
                return Some((fetched.number, fetched.frames.clone()));
            }
        }
        let frames = timeout(WAITS, poll_fn(|context| self.connection.poll_fetch(context, PIECE))).await;
        let mut fetched = self.fetched();
        fetched.at = Instant::now();
        match frames {
            Err(_) => Some((fetched.number, Vec::new())),
            Ok(None) => {
                self.is_done.notify_one();
                None
            }
            Ok(Some(frames)) => {
                fetched.number += 1;
                fetched.frames = frames;
                Some((fetched.number, fetched.frames.clone()))
            }
        }
    }

    fn fetched(&self) -> MutexGuard<'_, Fetched> {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was fetched, as JSON.
pub(crate) fn piece(number: u64, frames: &[Bytes]) -> Vec<u8> {
    let mut text = format!(r#"{{"number":{number},"frames":["#).into_bytes();
    for (index, frame) in frames.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        text.extend_from_slice(frame);
    }
    text.extend_from_slice(b"]}");
    text
}

/// A piece as it is answered.
pub(crate) fn written(piece: impl Into<Body>) -> Response {
    let mut response = Response::new(piece.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// There is no such session: its client was away for too long, or it is on another server, and nothing between the servers.
#[derive(Debug)]
pub(crate) enum SessionProblem {
    Unknown,
    /// The channel's function has not taken what was said before.
    Busy,
}

impl Problem for SessionProblem {
    fn declare(_: &mut kovar_contract::Catalog) -> Vec<ProblemDeclaration> {
        vec![builtin::SESSION_UNKNOWN.declaration()]
    }

    fn into_details(self) -> ProblemDetails {
        match self {
            Self::Unknown => builtin::SESSION_UNKNOWN.details(),
            Self::Busy => full(),
        }
    }
}

/// There is no room for now.
pub(crate) fn full() -> ProblemDetails {
    builtin::UNAVAILABLE.details().header(RETRY_AFTER, "1")
}

/// What sessions are fetched from and said to by.
pub(crate) fn operations() -> [Operation; 2] {
    const KEY: Argument = Argument { names: &["key"], ..Argument::NONE };
    const HAS: Argument = Argument { names: &["has"], ..Argument::NONE };
    let path = format!("{PATH}/{{key}}");
    let say = Operation::post(path.clone(), say).id("say_to_session").arguments(&[KEY]);
    let fetch = Operation::get(path, fetch).id("fetch_session").arguments(&[KEY, HAS]);
    [say.hidden(), fetch.hidden().deadline(Some(WAITS * 2))]
}

/// Takes what a client says: a frame, or a list of them.
async fn say(
    Path(key): Path<String>,
    live: Dep<Live>,
    extract::Body(body): extract::Body<Bytes>,
) -> Result<NoContent, SessionProblem> {
    let hub = live.hub();
    if let Some(session) = hub.sessions.find(&key) {
        session.say(&body)?;
        return Ok(NoContent);
    }
    // What is no text is no frame, which the client is told where its session is.
    let text = String::from_utf8_lossy(&body).into_owned();
    match elsewhere::ask(hub.broker(), &key, Wish::Say(text)).await? {
        Granted::Busy => Err(SessionProblem::Busy),
        _ => Ok(NoContent),
    }
}

/// Gives what has come since, and waits for it.
async fn fetch(
    Path(key): Path<String>,
    Query(has): Query<u64>,
    live: Dep<Live>,
) -> Result<Undocumented<Response>, SessionProblem> {
    let hub = live.hub();
    if let Some(session) = hub.sessions.find(&key) {
        let (number, frames) = session.fetch(has).await.ok_or(SessionProblem::Unknown)?;
        return Ok(Undocumented(written(piece(number, &frames))));
    }
    match elsewhere::ask(hub.broker(), &key, Wish::Fetch(has)).await? {
        Granted::Piece(piece) => Ok(Undocumented(written(piece))),
        _ => Err(SessionProblem::Unknown),
    }
}

#[cfg(test)]
mod tests;
