use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use kovar_http::problem::{ErrorStatus, Problem, ProblemDeclaration, ProblemDetails};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;

use super::{Driving, Speech};
use crate::connection::Connection;
use crate::hub::Live;
use crate::inbox::Said;
use crate::known::{Facts, Known};
use crate::limits::Limits;
use crate::line::Line;
use crate::message_pack;
use crate::opening::EndsChannel;
use crate::protocol::Encoding;
use crate::ws::{CloseCode, Opcode, Reader, encode};

const MASK: [u8; 4] = [1, 2, 3, 4];

/// A connection whose function is given, and its client.
struct Between {
    client: DuplexStream,
    connection: Arc<Connection>,
    task: JoinHandle<()>,
    live: Live,
}

impl Between {
    fn run<F>(function: impl FnOnce(Arc<Connection>) -> F) -> Self
    where
        F: Future + Send + 'static,
        F::Output: EndsChannel,
    {
        Self::with(Encoding::WebSocket, Speech::Raw, function)
    }

    fn with<F>(encoding: Encoding, speech: Speech, function: impl FnOnce(Arc<Connection>) -> F) -> Self
    where
        F: Future + Send + 'static,
        F::Output: EndsChannel,
    {
        let (line, client) = duplex(1024 * 1024);
        let limits = Limits { messages_per_second: Some(20), ..Limits::default() };
        let live = Live::new().limits(limits);
        let line = Line::Other(Mutex::new(Box::new(line)));
        let connection = Arc::new(Connection::new(line, encoding, false, live.hub()));
        let worker = live.hub().workers.current(&live.hub().counts);
        let reader = Reader::new(20_000, false);
        let function = function(Arc::clone(&connection));
        let known = Known { connection: Arc::clone(&connection), facts: Facts::default() };
        let driving = Driving::new(function, known, worker, reader, speech, Bytes::new(), 4);
        Self { client, connection, task: tokio::spawn(driving), live }
    }

    async fn send(&mut self, opcode: Opcode, payload: &[u8]) {
        let length = u16::try_from(payload.len()).unwrap();
        let mut frame = match length {
            ..126 => vec![0x80 | opcode as u8, 0x80 | length as u8],
            126.. => [&[0x80 | opcode as u8, 0x80 | 126], &length.to_be_bytes()[..]].concat(),
        };
        frame.extend(MASK);
        frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.client.write_all(&frame).await.unwrap();
    }

    async fn expect(&mut self, expected: &[u8]) {
        let mut came = vec![0; expected.len()];
        self.client.read_exact(&mut came).await.unwrap();
        assert_eq!(came, expected);
    }

    /// The payload of the next frame, which is a short one.
    async fn payload(&mut self, opcode: Opcode) -> Vec<u8> {
        let mut head = [0; 2];
        self.client.read_exact(&mut head).await.unwrap();
        assert_eq!(head[0], 0x80 | opcode as u8);
        let length = if head[1] == 126 { self.client.read_u16().await.unwrap() } else { head[1].into() };
        let mut payload = vec![0; length.into()];
        self.client.read_exact(&mut payload).await.unwrap();
        payload
    }

    async fn expect_close(&mut self, code: CloseCode) {
        self.expect(&encode(Opcode::Close, false, &code.0.to_be_bytes())).await;
    }
}

async fn next(connection: &Connection) -> Option<Said> {
    poll_fn(|context| connection.inbox.poll_next(context)).await
}

async fn echo(connection: Arc<Connection>) {
    while let Some(Said::Text(text)) = next(&connection).await {
        connection.send(encode(Opcode::Text, false, &text), None);
    }
}

#[tokio::test]
async fn messages_pings_and_goodbyes_are_answered() {
    let mut between = Between::run(echo);
    between.send(Opcode::Text, b"hello").await;
    between.expect(&encode(Opcode::Text, false, b"hello")).await;
    between.send(Opcode::Ping, b"?").await;
    between.expect(&encode(Opcode::Pong, false, b"?")).await;
    between.send(Opcode::Close, &CloseCode::GOING_AWAY.0.to_be_bytes()).await;
    between.expect_close(CloseCode::GOING_AWAY).await;
    between.task.await.unwrap();
    assert_eq!(between.live.hub().workers.load().0, 0);
}

#[tokio::test]
async fn a_function_that_returns_closes_its_connection() {
    let mut between = Between::run(async |connection| drop(next(&connection).await));
    between.send(Opcode::Text, b"that is all").await;
    between.expect_close(CloseCode::NORMAL).await;
    between.send(Opcode::Close, &CloseCode::NORMAL.0.to_be_bytes()).await;
    between.task.await.unwrap();
}

#[tokio::test]
async fn a_function_that_panics_closes_its_connection_and_nothing_else() {
    async fn fail() {
        panic!("on purpose");
    }
    let mut between = Between::run(|_| fail());
    between.expect_close(CloseCode::INTERNAL).await;
}

struct Full;

impl Problem for Full {
    fn declare(_: &mut kovar_contract::Catalog) -> Vec<ProblemDeclaration> {
        Vec::new()
    }

    fn into_details(self) -> ProblemDetails {
        ProblemDetails::new(ErrorStatus::new(409), "/problems/full", "The room is full")
    }
}

#[tokio::test]
async fn a_function_that_ends_with_a_problem_tells_it() {
    let mut between = Between::run(async |_| Err::<(), _>(Full));
    let problem = br#"{"problem":{"type":"/problems/full","title":"The room is full","status":409}}"#;
    between.expect(&encode(Opcode::Text, false, problem)).await;
    between.expect_close(CloseCode(4409)).await;
}

#[tokio::test]
async fn what_breaks_the_protocol_closes_the_connection() {
    let mut between = Between::run(echo);
    between.client.write_all(&[0x81, 0x00]).await.unwrap();
    between.expect_close(CloseCode::PROTOCOL).await;
    let mut rest = Vec::new();
    between.client.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gives_no_sign_is_asked_and_then_given_up() {
    let mut between = Between::run(echo);
    tokio::time::sleep(Duration::from_secs(24)).await;
    between.send(Opcode::Text, b"a sign").await;
    between.expect(&encode(Opcode::Text, false, b"a sign")).await;
    between.expect(&encode(Opcode::Ping, false, b"")).await;
    between.send(Opcode::Pong, b"").await;
    between.expect(&encode(Opcode::Ping, false, b"")).await;
    let asked = tokio::time::Instant::now();
    between.expect_close(CloseCode::SILENT).await;
    assert!((9..=11).contains(&asked.elapsed().as_secs()), "{:?}", asked.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_only_speaks_hears_that_there_is_a_server() {
    let mut between = Between::run(async |connection: Arc<Connection>| while next(&connection).await.is_some() {});
    let begun = tokio::time::Instant::now();
    for _ in 0..2 {
        for _ in 0..3 {
            between.send(Opcode::Text, b"so it is").await;
            tokio::time::sleep(Duration::from_secs(8)).await;
        }
        between.expect(&encode(Opcode::Ping, false, b"")).await;
    }
    assert!((50..=54).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn no_more_is_read_than_the_function_takes() {
    let mut between = Between::run(async |connection: Arc<Connection>| {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let most = connection.inbox.len();
        let mut count = 0;
        while count < 2_000 && next(&connection).await.is_some() {
            count += 1;
        }
        assert!(most < 2_000, "{most}");
        connection.send(encode(Opcode::Text, false, count.to_string().as_bytes()), None);
    });
    // More than what is read at once.
    for _ in 0..2_000 {
        between.send(Opcode::Text, &[b'x'; 100]).await;
    }
    between.expect(&encode(Opcode::Text, false, b"2000")).await;
}

#[tokio::test(start_paused = true)]
async fn a_function_that_does_not_end_with_its_client_is_dropped() {
    let between = Between::run(|_| std::future::pending::<()>());
    drop(between.client);
    let start = tokio::time::Instant::now();
    between.task.await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(10));
    assert!(between.connection.is_over());
}

#[tokio::test(start_paused = true)]
async fn more_messages_a_second_than_may_be_close_the_connection() {
    let listen = async |connection: Arc<Connection>| while next(&connection).await.is_some() {};
    let mut between = Between::with(Encoding::WebSocket, Speech::Framed, listen);
    for _ in 0..3 {
        for _ in 0..20 {
            between.send(Opcode::Text, br#"{"data":1}"#).await;
        }
        tokio::time::sleep(Duration::from_millis(1_001)).await;
    }
    assert_eq!(between.connection.closing(), None);
    for _ in 0..21 {
        between.send(Opcode::Text, br#"{"data":1}"#).await;
    }
    between.expect_close(CloseCode::POLICY).await;
}

#[tokio::test(start_paused = true)]
async fn a_question_that_nobody_waits_for_is_forgotten() {
    let between = Between::run(echo);
    let (question, answered) = between.connection.inbox.ask();
    let id = question.id;
    between.connection.inbox.answered(id, None);
    assert_eq!(answered.await, Ok(None));
    let (second, answered) = between.connection.inbox.ask();
    assert_ne!(second.id, id);
    drop(second);
    assert!(answered.await.is_err(), "its sender is gone");
}

/// Says what each message is, as JSON.
async fn repeat(connection: Arc<Connection>) {
    while let Some(Said::Message { data, .. }) = next(&connection).await {
        connection.send(encode(Opcode::Text, false, &data), None);
    }
}

#[tokio::test]
async fn what_is_packed_is_a_frame_as_any_other_and_what_is_none_is_a_problem() {
    let mut between = Between::with(Encoding::Packed(None), Speech::Framed, repeat);
    let nested = |depth| [b"\x81\xa4data", &*vec![0x91; depth], b"\xc0"].concat();
    for hostile in [
        &nested(10_000)[..],
        b"\x81\xa4data\xdd\xff\xff\xff\xff\x01",
        b"\xdf\xff\xff\xff\xff\xa4data\x01",
        b"\x81\xa4data\xdb\xff\xff\xff\xffabc",
        b"\x81\xa4dat",
        b"\x81\xa4data\xc4\x01a",
        b"\x81\xa4data\xd4\x01a",
        b"\x81\xa4data\xa1\xff",
        b"\x82\xa4data\x01\xa4data\x02",
        b"\x81\x01\x02",
        b"\x93\x01\x02\x03",
        b"\xc1",
        b"",
    ] {
        between.send(Opcode::Binary, hostile).await;
        let problem = message_pack::to_json(&between.payload(Opcode::Binary).await).unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&problem).unwrap();
        assert_eq!(problem["problem"]["status"], 400, "{hostile:x?}: {problem}");
    }
    between.send(Opcode::Binary, b"\x81\xa4data\x92\x01\xa1a").await;
    assert_eq!(between.payload(Opcode::Text).await, br#"[1,"a"]"#);
    between.send(Opcode::Text, br#"{"data":1}"#).await;
    between.expect_close(CloseCode::UNSUPPORTED).await;
}

#[tokio::test]
async fn bytes_are_not_taken_where_json_is_spoken_and_lists_are_no_frames() {
    let mut between = Between::with(Encoding::WebSocket, Speech::Framed, repeat);
    between.send(Opcode::Text, b"[1, 2, null, false]").await;
    let problem: serde_json::Value = serde_json::from_slice(&between.payload(Opcode::Text).await).unwrap();
    assert_eq!(problem["problem"]["status"], 400);
    between.send(Opcode::Binary, b"\x81\xa4data\x01").await;
    between.expect_close(CloseCode::UNSUPPORTED).await;
}
