//! Limits of channels.

use crate::connection::SlowPolicy;

/// What a channel allows. Each can be set for an app ([`Live::limits`](crate::Live::limits)).
#[derive(Clone, Debug)]
pub struct Limits {
    /// The longest message of a client, in bytes. Default: 64 KiB. Past it, the connection is closed with 1009.
    pub message_bytes: usize,
    /// How much may wait to be sent on a connection, in bytes. Default: 1 MiB.
    pub queue_bytes: usize,
    /// What happens past it. Default: the connection is closed, and its client recovers.
    pub slow: SlowPolicy,
    /// How many topics a connection may have. Default: 128.
    pub subscriptions: usize,
    /// How many messages of a client wait for the channel's function; then no more are read. Default: 16.
    pub inbox: usize,
    /// How many messages of a client are taken in a second. Default: 1,000. Past it, the connection is closed with 1008. A
    /// [`RawSocket`](crate::RawSocket) takes them as they come. `None` disables.
    pub messages_per_second: Option<u32>,
    /// How many channels one caller may have open at a time, over all workers of the process: whoever the channel's scheme
    /// [names](kovar_http::security::Scheme::name), or has the same credential. Default: 100. Past it, a 429. Callers that
    /// no scheme knows are not counted. `None` disables.
    pub connections_per_principal: Option<usize>,
    /// How many channels there may be that are no WebSocket. Default: 10,000. Past it, a 503.
    pub sessions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 64 * 1024,
            queue_bytes: 1024 * 1024,
            slow: SlowPolicy::default(),
            subscriptions: 128,
            inbox: 16,
            messages_per_second: Some(1_000),
            connections_per_principal: Some(100),
            sessions: 10_000,
        }
    }
}
