//! Being a client of a channel in the same process, without a socket.
//!
//! The request goes into the app as any other of the [`TestClient`](kovar_http::testing::TestClient), and is answered with
//! a real handshake. From there on the two sides exchange WebSocket's frames, over memory in the place of a connection: the
//! server does not know the difference. The client reads at once and answers heartbeats, as a real one does.
//!
//! As the client of operations, it panics where a test should fail, and says what came instead.

mod answer;
mod channel;
mod frame;
mod line;
mod wire;

use std::fmt;
use std::future::Future;
use std::ops::Deref;

use http::header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE};
use kovar_http::testing::{TestRequest, TestResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::duplex;

pub use self::answer::TestAnswer;
pub use self::channel::TestChannel;
pub use self::frame::{TestFrame, TestMember, TestMessage, TestPresence, TestSubscribed};
pub(crate) use self::line::InProcess;
use crate::opening::{AT, positions};
use crate::protocol::{JSON, MESSAGE_PACK};
use crate::ws::VERSION;

/// How much may be under way from one side to the other, in bytes.
const UNDER_WAY: usize = 64 * 1024;

/// Any 16 bytes.
const KEY: &str = "YSBrZXkgZm9yIHRlc3RzIQ==";

/// Opens channels with requests of a test client.
pub trait TestChannels {
    /// Opens a channel whose client sends `In`s and gets `Out`s: those of the function's
    /// [`Socket`](crate::Socket), or `serde_json::Value` for what would break the contract.
    ///
    /// Its function runs from then on, and subscribes a moment later: [`TestChannel::subscribed`] waits for that, where what
    /// is published must not be missed.
    ///
    /// It speaks JSON, or MessagePack with the header field `Sec-WebSocket-Protocol: kovar.msgpack`.
    ///
    /// # Errors
    ///
    /// The response, if there is no channel: its status and its problem.
    ///
    /// # Panics
    ///
    /// When a parameter of an operation's path was not filled.
    fn channel<In: Serialize, Out: DeserializeOwned>(
        self,
    ) -> impl Future<Output = Result<TestChannel<In, Out>, Refused>> + Send;
}

impl TestChannels for TestRequest {
    fn channel<In: Serialize, Out: DeserializeOwned>(
        self,
    ) -> impl Future<Output = Result<TestChannel<In, Out>, Refused>> + Send {
        let (client, server) = duplex(UNDER_WAY);
        let target = self.target();
        let places = query(&target, AT).map(positions).unwrap_or_default();
        let request = self
            .header(CONNECTION, "upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, VERSION)
            .header(SEC_WEBSOCKET_KEY, KEY)
            // After those that the test prefers.
            .header(SEC_WEBSOCKET_PROTOCOL, JSON)
            .extension(InProcess::new(server));
        let opening = request.stream();
        async move {
            let response = opening.await;
            if response.status() != 101 {
                return Err(Refused(Box::new(response.rest().await)));
            }
            let is_packed = response.header(SEC_WEBSOCKET_PROTOCOL.as_str()) == Some(MESSAGE_PACK);
            Ok(TestChannel::new(format!("the channel {target}"), places, client, is_packed))
        }
    }
}

/// A parameter of the query that needs no decoding.
fn query<'t>(target: &'t str, name: &str) -> Option<&'t str> {
    let pairs = target.split_once('?')?.1.split('&').filter_map(|pair| pair.split_once('='));
    pairs.rev().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// A channel that was not opened. It is the response, to be read as any other.
pub struct Refused(Box<TestResponse>);

impl Deref for Refused {
    type Target = TestResponse;

    fn deref(&self) -> &TestResponse {
        &self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(self.0.bytes());
        write!(formatter, "the channel was not opened, but answered with {}: {body}", self.0.status())
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests;
