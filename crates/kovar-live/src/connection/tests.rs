use std::sync::Mutex;
use std::task::{Context, Waker};

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

use super::{Connection, SlowPolicy};
use crate::hub::Live;
use crate::limits::Limits;
use crate::line::Line;
use crate::protocol::Encoding;
use crate::ws::CloseCode;

const TOPIC: Option<u64> = Some(1);
const OTHER: Option<u64> = Some(2);

/// A connection on which so many bytes fit, and a queue of a hundred.
fn connection(room: usize, slow: SlowPolicy) -> (Connection, DuplexStream, Live) {
    let (line, client) = duplex(room);
    let live = Live::new().limits(Limits { queue_bytes: 100, slow, ..Limits::default() });
    let connection = Connection::new(Line::Other(Mutex::new(Box::new(line))), Encoding::WebSocket, true, live.hub());
    (connection, client, live)
}

fn frame(name: u8) -> Bytes {
    Bytes::from(vec![name; 30])
}

/// All that comes to the client, once it reads; `aaabb` is `ab`.
async fn read(connection: &Connection, client: &mut DuplexStream) -> String {
    let (mut all, mut some) = (Vec::new(), [0; 16]);
    loop {
        // Or the runtime would think that this has had its share.
        tokio::task::yield_now().await;
        let is_sent = connection.poll_send(&mut Context::from_waker(Waker::noop())).is_ready();
        let count = client.read(&mut some).await.unwrap();
        all.extend_from_slice(&some[..count]);
        if is_sent && count < some.len() {
            break;
        }
    }
    all.dedup();
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn what_fits_is_sent_at_once() {
    let (connection, mut client, _live) = connection(1_000, SlowPolicy::Disconnect);
    for name in b'a'..=b'f' {
        connection.send(frame(name), TOPIC);
    }
    assert_eq!(connection.bytes(), (180, 0));
    assert_eq!(read(&connection, &mut client).await, "abcdef");
}

#[tokio::test]
async fn who_reads_too_slowly_is_disconnected_and_told_so() {
    let (connection, mut client, live) = connection(10, SlowPolicy::Disconnect);
    for name in b'a'..=b'c' {
        connection.send(frame(name), TOPIC);
    }
    assert_eq!(connection.closing(), None);
    connection.send(frame(b'd'), TOPIC);
    assert_eq!(connection.closing(), Some(CloseCode::SLOW));
    connection.send(frame(b'f'), TOPIC);
    // The frame that was begun is finished, and nothing of the others is sent.
    let came = read(&connection, &mut client).await;
    assert!(came.starts_with('a') && !came.contains(['b', 'c', 'd', 'f']), "{came:?}");
    assert_eq!(live.hub().counts.slow.load(super::Relaxed), 1);
}

#[tokio::test]
async fn the_oldest_are_dropped_but_none_in_its_middle_and_nothing_else() {
    let (connection, mut client, live) = connection(10, SlowPolicy::DropOldest);
    connection.send(frame(b'a'), TOPIC);
    connection.send(frame(b'!'), None);
    for name in b'b'..=b'h' {
        connection.send(frame(name), TOPIC);
    }
    assert_eq!(connection.closing(), None);
    assert_eq!(read(&connection, &mut client).await, "a!h");
    assert_eq!(live.hub().counts.dropped.load(super::Relaxed), 6);
}

#[tokio::test]
async fn the_latest_of_each_topic_is_kept() {
    let (connection, mut client, _live) = connection(10, SlowPolicy::KeepLatest);
    connection.send(frame(b'a'), TOPIC);
    for name in b'b'..=b'h' {
        connection.send(frame(name), if name % 2 == 0 { TOPIC } else { OTHER });
    }
    assert_eq!(connection.closing(), None);
    assert_eq!(read(&connection, &mut client).await, "agh");
}

#[tokio::test]
async fn one_message_may_be_longer_than_the_queue() {
    let (connection, mut client, _live) = connection(10, SlowPolicy::Disconnect);
    connection.send(Bytes::from(vec![b'x'; 5_000]), TOPIC);
    assert_eq!(connection.closing(), None);
    assert_eq!(read(&connection, &mut client).await, "x");
}

#[tokio::test]
async fn a_lost_connection_is_over() {
    let (connection, client, _live) = connection(10, SlowPolicy::Disconnect);
    drop(client);
    connection.send(frame(b'a'), TOPIC);
    assert!(connection.is_over());
    connection.send(frame(b'b'), TOPIC);
    assert_eq!(connection.bytes().1, 0);
}
