//! An echo, for tests of conformance and for benchmarks.

use kovar::live::RawSocket;
use kovar::prelude::*;

/// Say what is said.
///
/// Text and bytes come back as they are.
#[channel("/live/echo", tag = "rooms", body_limit = 16 * 1024 * 1024)]
pub async fn echo(mut socket: RawSocket) {
    while let Some(message) = socket.receive().await {
        if socket.send(&message).is_err() {
            return;
        }
    }
}
