//! A channel's function's view of its connection.

use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kovar_contract::{Direction, Input, Output, Rules, read_json};
use kovar_http::problem::Problem;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::timeout;

use crate::connection::Connection;
use crate::error::{AnswerError, Gone, SubscribeError};
use crate::hub::Live;
use crate::inbox::Said;
use crate::problems;
use crate::protocol::{FromServer, frame};
use crate::topic::{Position, Present, Subscription, Topic};
use crate::worker::Worker;
use crate::ws::{Opcode, encode};

/// A connection whose client sends `In`s and gets `Out`s.
///
/// Each message is a schema, and held to it as a body is: one that breaks it is answered with a problem that lists all
/// that is wrong, and the channel's function never sees it.
pub struct Socket<In, Out> {
    shared: Shared,
    messages: PhantomData<fn(Out) -> In>,
}

/// What all sockets have.
#[derive(Debug)]
pub struct Shared {
    pub(crate) connection: Arc<Connection>,
    pub(crate) worker: Arc<Worker>,
    pub(crate) live: Live,
    pub(crate) id: Arc<str>,
    /// Where the client was when it was last there.
    pub(crate) positions: HashMap<String, Position>,
    pub(crate) subscriptions: Vec<(Arc<str>, Subscription)>,
}

/// A message of a client. It is what it holds, and can be answered.
pub struct Received<In, Out> {
    message: In,
    id: Option<u64>,
    connection: Arc<Connection>,
    answer: PhantomData<fn(Out)>,
}

/// What a client gets that has subscribed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscribed {
    /// Whether it has now all that it missed while it was away; `None` if it was never there.
    pub recovered: Option<bool>,
}

impl<In: Input, Out: Output> Socket<In, Out> {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared, messages: PhantomData }
    }

    /// The next message; `None` once the client is gone.
    ///
    /// What breaks the contract is answered, and does not come here. Dropping the future loses nothing.
    pub async fn receive(&mut self) -> Option<Received<In, Out>> {
        let connection = &self.shared.connection;
        loop {
            let said = poll_fn(|context| connection.inbox.poll_next(context)).await?;
            let Said::Message { data, id } = said else { continue };
            match read_json(&data) {
                Ok(message) => {
                    let connection = Arc::clone(connection);
                    return Some(Received { message, id, connection, answer: PhantomData });
                }
                Err(why) => connection.send(problems::unreadable(&data, why, id, connection.encoding), None),
            }
        }
    }

    /// Sends a message to this client alone.
    ///
    /// # Errors
    ///
    /// If the client is gone. A message that breaks its own contract is not sent, and the log says why.
    pub fn send(&self, message: &Out) -> Result<(), Gone> {
        send(&self.shared.connection, message, None, None)
    }

    /// Sends a message, and waits so long for the client's answer: a message, or nothing but that it has come.
    ///
    /// # Errors
    ///
    /// If none comes in time, or one that breaks the contract, or the client is gone.
    pub async fn ask(&self, message: &Out, limit: Duration) -> Result<Option<In>, AnswerError> {
        let connection = &self.shared.connection;
        let (question, answered) = connection.inbox.ask();
        send(connection, message, Some(question.id), None).map_err(|Gone| AnswerError::Gone)?;
        match timeout(limit, answered).await {
            Err(_) => Err(AnswerError::Late),
            Ok(Err(_)) => Err(AnswerError::Gone),
            Ok(Ok(None)) => Ok(None),
            Ok(Ok(Some(data))) => match read_json(&data) {
                Ok(message) => Ok(Some(message)),
                Err(why) => {
                    connection.send(problems::unreadable(&data, why, None, connection.encoding), None);
                    Err(AnswerError::Broken)
                }
            },
        }
    }

    /// Subscribes the client to a topic: from now on it gets what is published there, without this function's doing.
    ///
    /// A client that was there before gets first what it missed, in order and once, or is told that it cannot.
    ///
    /// # Errors
    ///
    /// If it has as many topics as it may.
    pub async fn subscribe(&mut self, topic: &Topic<Out>) -> Result<Subscribed, SubscribeError> {
        self.shared.subscribe(topic, None).await
    }

    /// Subscribes the client, and says to all who have subscribed who it is. They are told, too, when it goes.
    ///
    /// # Errors
    ///
    /// If it has as many topics as it may, or what it says of itself cannot be written as JSON.
    pub async fn join(
        &mut self,
        topic: &Topic<Out>,
        member: &(impl Serialize + Sync),
    ) -> Result<Subscribed, SubscribeError> {
        let present = Present::new(Arc::clone(&self.shared.id), member).map_err(|_| SubscribeError::Unwritable)?;
        self.shared.subscribe(topic, Some(present)).await
    }

    /// Ends the subscription of a topic.
    pub fn unsubscribe(&mut self, topic: &Topic<Out>) {
        self.shared.unsubscribe(topic.name());
    }

    /// The connection's own name, under which others see it.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// The hub.
    pub fn live(&self) -> &Live {
        &self.shared.live
    }

    /// Sends to this client, from wherever it is kept.
    pub fn sender(&self) -> Sender<Out> {
        Sender { connection: Arc::clone(&self.shared.connection), message: PhantomData }
    }
}

/// Sends to one client, from wherever it is kept.
pub struct Sender<Out> {
    connection: Arc<Connection>,
    message: PhantomData<fn(Out)>,
}

impl<Out: Output> Sender<Out> {
    /// Sends a message.
    ///
    /// # Errors
    ///
    /// As [`Socket::send`].
    pub fn send(&self, message: &Out) -> Result<(), Gone> {
        send(&self.connection, message, None, None)
    }
}

impl Shared {
    pub(crate) fn new(
        connection: &Arc<Connection>,
        live: Live,
        id: Arc<str>,
        positions: HashMap<String, Position>,
    ) -> Self {
        let worker = live.hub().workers.current(&live.hub().counts);
        Self { connection: Arc::clone(connection), worker, live, id, positions, subscriptions: Vec::new() }
    }

    async fn subscribe<M>(&mut self, topic: &Topic<M>, member: Option<Present>) -> Result<Subscribed, SubscribeError> {
        let name = &topic.state.name;
        if self.subscriptions.iter().any(|(known, _)| known == name) {
            return Err(SubscribeError::Twice);
        }
        if self.subscriptions.len() >= self.live.hub().limits.subscriptions {
            return Err(SubscribeError::TooMany);
        }
        let at = self.positions.remove(&**name);
        let subscribed = topic.state.subscribe(&self.worker, &self.connection, at.as_ref(), member);
        let (subscription, recovered) = subscribed.await;
        self.subscriptions.push((Arc::clone(name), subscription));
        self.connection.has_topics(self.subscriptions.len());
        Ok(Subscribed { recovered })
    }

    fn unsubscribe(&mut self, name: &str) {
        let Some(index) = self.subscriptions.iter().position(|(known, _)| &**known == name) else { return };
        drop(self.subscriptions.swap_remove(index));
        self.connection.has_topics(self.subscriptions.len());
        let ended = FromServer { topic: Some(name), ended: true, ..FromServer::default() };
        self.connection.send(frame(&ended, self.connection.encoding), None);
    }
}

fn send<M: Output>(connection: &Connection, message: &M, id: Option<u64>, re: Option<u64>) -> Result<(), Gone> {
    if connection.inbox.is_closed() {
        return Err(Gone);
    }
    match written(message) {
        Ok(data) => {
            let said = FromServer { id, re, data: Some(&data), ..FromServer::default() };
            connection.send(frame(&said, connection.encoding), None);
        }
        Err(cause) => tracing::error!(target: "kovar::live", %cause, "a message was not sent"),
    }
    Ok(())
}

fn written<M: Output>(message: &M) -> Result<Box<RawValue>, String> {
    if !message.accepts(&Rules::NONE, Direction::Output) {
        return Err(kovar_http::respond::broken_contract(message));
    }
    to_raw_value(message).map_err(|error| error.to_string())
}

impl<In, Out: Output> Received<In, Out> {
    /// Whether the client waits for an answer.
    pub fn wants_answer(&self) -> bool {
        self.id.is_some()
    }

    /// Answers with a message.
    ///
    /// # Errors
    ///
    /// If the client is gone.
    pub fn answer(&self, message: &Out) -> Result<(), Gone> {
        send(&self.connection, message, None, self.id)
    }

    /// Says that the message was taken, if the client wants to know.
    pub fn acknowledge(&self) {
        if let Some(id) = self.id {
            let taken = FromServer { re: Some(id), ..FromServer::default() };
            self.connection.send(frame(&taken, self.connection.encoding), None);
        }
    }

    /// Answers with a problem.
    pub fn refuse(&self, problem: impl Problem) {
        let details = problem.into_details();
        self.connection.send(problems::problem(&details, self.id, self.connection.encoding), None);
    }

    /// The message.
    pub fn into_inner(self) -> In {
        self.message
    }
}

impl<In, Out> Deref for Received<In, Out> {
    type Target = In;

    fn deref(&self) -> &In {
        &self.message
    }
}

/// A connection without a contract: text and bytes as they come.
pub struct RawSocket {
    shared: Shared,
}

/// A message without a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawMessage {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

impl RawSocket {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared }
    }

    /// The next message; `None` once the client is gone.
    pub async fn receive(&mut self) -> Option<RawMessage> {
        let connection = &self.shared.connection;
        loop {
            match poll_fn(|context| connection.inbox.poll_next(context)).await? {
                Said::Text(text) => {
                    // It was found to be UTF-8 when it came.
                    return Some(RawMessage::Text(String::from_utf8(text.into()).unwrap_or_default()));
                }
                Said::Binary(bytes) => return Some(RawMessage::Binary(bytes)),
                Said::Message { .. } => {}
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    ///
    /// If the client is gone.
    pub fn send(&self, message: &RawMessage) -> Result<(), Gone> {
        let connection = &self.shared.connection;
        if connection.inbox.is_closed() {
            return Err(Gone);
        }
        let (opcode, payload) = match message {
            RawMessage::Text(text) => (Opcode::Text, text.as_bytes()),
            RawMessage::Binary(bytes) => (Opcode::Binary, &**bytes),
        };
        let frame = match connection.encoding.deflate() {
            Some(deflate) => encode(opcode, true, &deflate.compress(payload)),
            None => encode(opcode, false, payload),
        };
        connection.send(frame, None);
        Ok(())
    }
}

impl<In, Out> fmt::Debug for Socket<In, Out> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Socket").field("id", &self.shared.id).finish_non_exhaustive()
    }
}

impl<In: fmt::Debug, Out> fmt::Debug for Received<In, Out> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Received").field("message", &self.message).field("id", &self.id).finish_non_exhaustive()
    }
}

impl<Out> fmt::Debug for Sender<Out> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl fmt::Debug for RawSocket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RawSocket").field("id", &self.shared.id).finish_non_exhaustive()
    }
}
