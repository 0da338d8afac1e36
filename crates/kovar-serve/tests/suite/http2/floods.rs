//! Frames that cost the server more than the client (RFC 9113 §10.5): each flood ends its connection, leaves nothing
//! behind, and keeps nobody waiting.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use kovar_serve::Limits;

use super::super::support::{TestServer, short, wait_until};
use super::frames::*;

const LAST: &[u8; 8] = b"the last";

/// A connection that is being flooded.
struct Flooded<'a> {
    server: &'a TestServer,
    stream: TcpStream,
    has_ended: &'a AtomicBool,
}

impl Flooded<'_> {
    /// Whether the server still takes it.
    fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }
}

/// What becomes of a connection that is flooded: the error it ends with, or `None` if it lives on.
fn check(name: &str, limits: Limits, flood: impl Fn(&mut Flooded<'_>) + Send + Sync) -> Option<u32> {
    let server = TestServer::with(limits);
    let mut client = Http2::connect(&server);
    let has_ended = AtomicBool::new(false);
    let mut flooded = Flooded { server: &server, stream: client.sender(), has_ended: &has_ended };
    let error = std::thread::scope(|scope| {
        // Beside the reading: who takes no answers is stopped by that alone.
        scope.spawn(move || {
            flood(&mut flooded);
            flooded.send(&frame(PING, 0, 0, LAST));
        });
        let other = server.ask("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        assert_eq!(other.status, 200, "{name}: others are answered");
        let end = client.find("a word", |frame| frame.kind == GOAWAY || frame.payload == LAST);
        has_ended.store(true, SeqCst);
        (end.kind == GOAWAY).then(|| end.error())
    });
    drop(client);
    wait_until("nothing is left", || (server.open(), server.in_flight()) == (0, 0));
    assert_eq!(server.begun.load(SeqCst), server.cancelled.load(SeqCst), "{name}: a handler is left");
    error
}

/// A flood that ends with the limit on control frames, and does not without it.
fn check_limit(name: &str, flood: impl Fn(&mut Flooded<'_>) + Send + Sync) {
    assert_eq!(check(name, short(), &flood), Some(ENHANCE_YOUR_CALM), "{name}");
    let unlimited = Limits { http2_control_frames: None, ..short() };
    assert_eq!(check(name, unlimited, &flood), None, "{name}: something else ended it");
}

/// Sends the same frames until the server has enough, or for a while.
fn repeat(frames: &[u8], times: usize) -> impl Fn(&mut Flooded<'_>) + Send + Sync {
    let frames = frames.repeat(100);
    move |flooded| {
        let _ = (0..times / 100).all(|_| flooded.send(&frames));
    }
}

/// RFC 9113 §6.7.
#[test]
fn pings() {
    check_limit("pings", repeat(&frame(PING, 0, 0, [0; 8]), 5000));
    check_limit("pings that nobody asked for", repeat(&frame(PING, ACK, 0, [0; 8]), 5000));
}

/// RFC 9113 §6.5.
#[test]
fn settings_without_end() {
    check_limit("settings", repeat(&settings(&[(INITIAL_WINDOW_SIZE, 1000)]), 5000));
    check_limit("empty settings", repeat(&settings(&[]), 5000));
}

/// RFC 9113 §5.5, §6.3.
#[test]
fn frames_that_say_nothing() {
    check_limit("priorities", repeat(&frame(PRIORITY, 0, 1, [0, 0, 0, 0, 7]), 5000));
    check_limit("unknown frames", repeat(&frame(0xaa, 0, 0, b""), 5000));
}

/// CVE-2023-44487, as fast as it goes: h2 counts what is reset before it was taken.
#[test]
fn streams_that_are_reset_at_once() {
    let flood = |rounds: u32| {
        move |flooded: &mut Flooded<'_>| {
            let pair = |stream| [get(stream, "/sleep/60000"), reset(stream)].concat();
            let pairs = |round| (round * 600 + 1..round * 600 + 601).step_by(2).flat_map(pair).collect::<Vec<u8>>();
            let _ = (0..rounds).all(|round| flooded.send(&pairs(round)));
        }
    };
    assert_eq!(check("rapid reset", short(), flood(20)), Some(ENHANCE_YOUR_CALM));
    let without_ours = Limits { http2_control_frames: None, ..short() };
    assert_eq!(check("rapid reset", without_ours.clone(), flood(20)), Some(ENHANCE_YOUR_CALM), "h2's limit");
    let without_any = Limits { http2_pending_resets: 100_000, ..without_ours };
    assert_eq!(check("rapid reset", without_any, flood(1)), None, "something else ended it");
}

/// The same, but each handler has begun, which h2 does not count.
#[test]
fn streams_that_are_reset_when_they_have_begun() {
    check_limit("patient reset", |flooded| {
        for first in (1..4001).step_by(100) {
            let streams = (first..first + 100).step_by(2);
            let begun = flooded.server.begun.load(SeqCst) + 50;
            flooded.send(&streams.clone().flat_map(|stream| get(stream, "/sleep/60000")).collect::<Vec<u8>>());
            wait_until("they begin, or the connection ends", || {
                flooded.server.begun.load(SeqCst) == begun || flooded.has_ended.load(SeqCst)
            });
            flooded.send(&streams.flat_map(reset).collect::<Vec<u8>>());
        }
    });
}

/// CVE-2025-8671: the client makes the server reset (RFC 9113 §6.9.1).
#[test]
fn streams_that_the_server_must_reset() {
    let error = check("made you reset", short(), |flooded| {
        let mut streams = (1..10_000).step_by(2);
        let overflow = |stream| [get(stream, "/sleep/60000"), window(stream, 0x7fff_ffff)].concat();
        let _ = streams.all(|stream| flooded.send(&overflow(stream)));
    });
    assert_eq!(error, Some(ENHANCE_YOUR_CALM));
}

/// CVE-2024-27316 and its kin: a head without end (RFC 9113 §6.10).
#[test]
fn heads_without_end() {
    for (name, part) in
        [("empty", vec![]), ("small", fields([("x", "y")])), ("large", fields([("x", "y".repeat(16_000))]))]
    {
        let error = check(name, short(), |flooded| {
            flooded.send(&frame(HEADERS, END_STREAM, 1, head("GET", "/")));
            let more = frame(CONTINUATION, 0, 1, &part);
            let _ = (0..2000).all(|_| flooded.send(&more));
        });
        assert_eq!(error, Some(ENHANCE_YOUR_CALM), "{name}");
    }
}

/// RUSTSEC-2026-0258: frames of a body without a byte of it (RFC 9113 §10.5).
#[test]
fn bodies_of_nothing() {
    let error = check("empty data", short(), |flooded| {
        flooded.send(&frame(HEADERS, END_HEADERS, 1, head("POST", "/echo")));
        let nothing = frame(DATA, 0, 1, b"");
        let _ = (0..5000).all(|_| flooded.send(&nothing));
    });
    assert_eq!(error, Some(ENHANCE_YOUR_CALM));
}

/// An honest client may send more than a thousand control frames: answers earn them.
#[test]
fn a_busy_client_is_no_flood() {
    let error = check("requests and pings", short(), |flooded| {
        for first in (1..6001).step_by(100) {
            let frames = |stream| [get(stream, "/"), frame(PING, 0, 0, [0; 8])].concat();
            flooded.send(&(first..first + 100).step_by(2).flat_map(frames).collect::<Vec<u8>>());
            let asked = u64::from(first / 2 + 50);
            let stats = &flooded.server.stats()[0];
            wait_until("they are answered, or the connection ends", || {
                stats.requests() >= asked && stats.in_flight() == 0 || flooded.has_ended.load(SeqCst)
            });
        }
    });
    assert_eq!(error, None);
}
