//! What a server withstands: every limit, its default, and what happens past it.

use std::time::Duration;

/// hyper's own limit, up to which it needs no memory of the heap.
pub(crate) const HTTP1_FIELDS: usize = 100;

/// The limits of a server; each is on by default. `None` turns one off.
///
/// Limits of heads and bodies in bytes are the service's own: it answers them in its own words.
/// Waits are looked at ten times a second, so one may last a tenth of a second longer than set.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a request's head may take to arrive, from its first byte; on a new connection, from
    /// the start. Default: 10 s. Past it: 408, closed; of HTTP/2, `GOAWAY` with `ENHANCE_YOUR_CALM`.
    pub head_timeout: Option<Duration>,
    /// How long a body may send nothing. Default: 10 s. Past it, reading the body fails with
    /// [`std::io::ErrorKind::TimedOut`].
    pub body_idle_timeout: Option<Duration>,
    /// How many bytes a second a body must bring once it has been waited for longer than
    /// `body_idle_timeout` altogether. Default: 1 KiB. Past it, as for the idle body.
    pub body_bytes_per_second: Option<u32>,
    /// How long a connection may stay open between requests. Default: 75 s. Past it: closed.
    pub keep_alive_timeout: Option<Duration>,
    /// How long a client may take nothing of an answer; of HTTP/2, nothing of any answer, be it that
    /// it does not read or that it opens no window (RFC 9113 §6.9). Default: 30 s. Past it: closed.
    pub write_stall_timeout: Option<Duration>,
    /// How many connections each worker has open. Default: 10,000. Past it, accepting pauses.
    pub connections: Option<usize>,
    /// How many requests each worker answers at a time. One does not count while it waits for its
    /// body and at most 16 KiB of that have come, so that slow clients do not use up what others
    /// need; an answer whose length is not known counts until its head is sent. Default: 1,024. Past
    /// it: 503 with `Retry-After`.
    pub in_flight: Option<usize>,
    /// How many fields a head of HTTP/1 has. Default: 100. Past it: 431, closed. Any other number
    /// costs two allocations for each request.
    pub http1_fields: usize,
    /// How many streams an HTTP/2 connection has at a time. Default: 100. Past it: `REFUSED_STREAM`
    /// (RFC 9113 §5.1.2).
    pub http2_streams: u32,
    /// How many streams that were reset may wait to be taken from an HTTP/2 connection. Default: 20.
    /// Past it: `ENHANCE_YOUR_CALM`, closed.
    pub http2_pending_resets: usize,
    /// How many bytes the header list of an HTTP/2 request has. Default: 32 KiB. Past it: 431; far
    /// past it: `ENHANCE_YOUR_CALM`, closed.
    pub http2_header_list_bytes: u32,
    /// How many frames that bring neither a head nor a body an HTTP/2 client may send at once: `PING`,
    /// `SETTINGS`, `RST_STREAM`, empty `DATA` and the like, but not `WINDOW_UPDATE`. One more is earned
    /// by each frame of an answer, and a hundred each second. Default: 1,000. Past it:
    /// `ENHANCE_YOUR_CALM`, closed (RFC 9113 §10.5).
    pub http2_control_frames: Option<u32>,
    /// How long a TLS handshake or the header of the PROXY protocol may take. Default: 10 s. Past
    /// it: closed.
    pub handshake_timeout: Option<Duration>,
    /// How long what is in flight may take to end once the server drains. Default: 30 s. Past it:
    /// closed.
    pub drain_timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_timeout: Some(Duration::from_secs(10)),
            body_idle_timeout: Some(Duration::from_secs(10)),
            body_bytes_per_second: Some(1024),
            keep_alive_timeout: Some(Duration::from_secs(75)),
            write_stall_timeout: Some(Duration::from_secs(30)),
            connections: Some(10_000),
            in_flight: Some(1024),
            http1_fields: HTTP1_FIELDS,
            http2_streams: 100,
            http2_pending_resets: 20,
            http2_header_list_bytes: 32 * 1024,
            http2_control_frames: Some(1000),
            handshake_timeout: Some(Duration::from_secs(10)),
            drain_timeout: Some(Duration::from_secs(30)),
        }
    }
}
