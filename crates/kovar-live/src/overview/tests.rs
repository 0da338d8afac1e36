use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

use super::{OpenConnection, Overview, Transport};
use crate::connection::Connection;
use crate::hub::Live;
use crate::known::{Facts, Known};
use crate::line::Line;
use crate::protocol::Encoding;
use crate::topic::{Subscription, Topics};
use crate::ws::{CloseCode, Opcode, encode};

static NUMBERS: Topics<u32> = Topics::new("numbers").history(3, Duration::from_secs(60));

/// A connection that its worker knows, with its name.
fn known(live: &Live, line: Line, encoding: Encoding) -> (Arc<Connection>, String) {
    let connection = Arc::new(Connection::new(line, encoding, true, live.hub()));
    let facts = Facts::new("/numbers/{number}".into(), None);
    let name = facts.name();
    let worker = live.hub().workers.current(&live.hub().counts);
    worker.know(Known { connection: Arc::clone(&connection), facts });
    (connection, name)
}

fn fetched(live: &Live) -> (Arc<Connection>, String) {
    known(live, Line::Fetched, Encoding::Item)
}

/// A WebSocket on which so many bytes fit.
fn web_socket(live: &Live, room: usize) -> (Arc<Connection>, String, DuplexStream) {
    let (line, client) = duplex(room);
    let (connection, name) = known(live, Line::Other(Mutex::new(Box::new(line))), Encoding::WebSocket);
    (connection, name, client)
}

fn queued(overview: &Overview) -> Vec<usize> {
    overview.connections.iter().map(|connection| connection.queued_bytes).collect()
}

#[tokio::test]
async fn of_many_connections_those_are_shown_for_which_the_most_waits_and_all_are_counted() {
    let live = Live::new();
    let connections: Vec<_> = (0..10_000).map(|_| fetched(&live).0).collect();
    for (index, connection) in connections.iter().enumerate().filter(|(index, _)| index % 50 == 0) {
        connection.send(Bytes::from(vec![0; 1 + index]), None);
    }
    let overview = live.overview(100);
    assert_eq!((overview.fetched, overview.web_sockets, overview.event_streams), (10_000, 0, 0));
    assert_eq!((overview.slow, overview.queued_bytes), (200, (0..200).map(|index| 1 + 50 * index).sum()));
    assert_eq!(queued(&overview), (100..200).rev().map(|index| 1 + 50 * index).collect::<Vec<_>>());
    assert_eq!(live.overview(0).connections.len(), 0);
    assert_eq!(live.overview(20_000).connections.len(), 10_000);
}

#[tokio::test]
async fn of_connections_for_which_nothing_waits_those_are_shown_that_were_sent_the_most() {
    let live = Live::new();
    let mut clients: Vec<_> = (1..=5).map(|_| web_socket(&live, 1_000)).collect();
    for (index, (connection, ..)) in clients.iter().enumerate() {
        connection.send(Bytes::from(vec![0; 10 * (index + 1)]), None);
    }
    let (slow, _name, _client) = web_socket(&live, 1);
    slow.send(Bytes::from_static(b"long"), None);
    let sent = |connection: &OpenConnection| (connection.queued_bytes, connection.sent_bytes);
    let overview = live.overview(3);
    assert_eq!(overview.connections.iter().map(sent).collect::<Vec<_>>(), [(3, 1), (0, 50), (0, 40)]);
    assert_eq!((overview.web_sockets, overview.slow), (6, 1));
    // Of equal ones, the same are shown each time.
    clients.extend((0..50).map(|_| web_socket(&live, 1_000)));
    let ids = || live.overview(20).connections.into_iter().map(|connection| connection.id).collect::<Vec<_>>();
    assert_eq!(ids(), ids());
}

#[tokio::test]
async fn a_connection_says_what_it_is() {
    let live = Live::new();
    let (connection, name) = known(&live, Line::Fetched, Encoding::Event);
    connection.has_topics(3);
    let overview = live.overview(9);
    let [shown] = overview.connections.as_slice() else { panic!("{overview:?}") };
    assert_eq!((shown.id.as_str(), &*shown.channel, shown.topics), (name.as_str(), "/numbers/{number}", 3));
    assert_eq!((shown.transport, overview.event_streams, shown.caller.as_ref()), (Transport::Events, 1, None));
    assert!(jiff::Timestamp::now().duration_since(shown.since).as_secs() < 10);
}

async fn subscribed(live: &Live, topic: u32, count: usize) -> Vec<Subscription> {
    let worker = live.hub().workers.current(&live.hub().counts);
    let mut all = Vec::new();
    for _ in 0..count {
        let (connection, _) = fetched(live);
        all.push(live.topic(&NUMBERS, topic).state.subscribe(&worker, &connection, None, None).await.0);
    }
    all
}

#[tokio::test]
async fn of_many_topics_the_busiest_are_shown_and_all_are_counted() {
    let live = Live::new();
    let mut subscriptions = subscribed(&live, 2_000, 2).await;
    subscriptions.extend(subscribed(&live, 2_001, 3).await);
    for topic in 0..1_000 {
        for _ in 0..=topic / 100 {
            live.topic(&NUMBERS, topic).publish(&7).await.unwrap();
        }
    }
    let overview = live.overview(100);
    assert_eq!((overview.topics, overview.subscriptions), (1_002, 5));
    assert_eq!(overview.busiest.len(), 100);
    assert!(overview.busiest.iter().all(|topic| (topic.messages, topic.kept) == (10, 3)), "{:?}", overview.busiest);
    assert!(overview.busiest.iter().all(|topic| topic.per_second > Some(0.0)));
    assert_eq!((overview.counted.published, overview.per_second.is_some()), (5_500, true));

    let all = live.overview(2_000).busiest;
    let last: Vec<_> = all[1_000..].iter().map(|topic| (&*topic.name, topic.subscribers, topic.per_second)).collect();
    assert_eq!(last, [("numbers/2001", 3, Some(0.0)), ("numbers/2000", 2, Some(0.0))]);
}

#[tokio::test]
async fn who_is_disconnected_is_told_not_to_come_again_and_gets_nothing_of_what_waits() {
    let live = Live::new();
    let (connection, name, mut client) = web_socket(&live, 1);
    connection.send(encode(Opcode::Text, false, b"begun"), None);
    connection.send(encode(Opcode::Text, false, b"never sent"), None);
    assert!(live.disconnect(&name));
    assert!(live.disconnect(&name), "it is there until it has ended");
    assert!(connection.inbox.is_closed());
    let expected = [
        encode(Opcode::Text, false, b"begun"),
        encode(Opcode::Text, false, br#"{"bye":{"code":4003}}"#),
        encode(Opcode::Close, false, &CloseCode::DISCONNECTED.0.to_be_bytes()),
    ]
    .concat();
    let sending = std::future::poll_fn(|context| connection.poll_send(context));
    let mut came = vec![0; expected.len()];
    let (sent, read) = tokio::join!(sending, client.read_exact(&mut came));
    sent.unwrap();
    read.unwrap();
    assert_eq!(came, expected);
    assert_eq!((connection.closing(), live.overview(9).counted.disconnected), (Some(CloseCode(4003)), 1));
}

#[tokio::test]
async fn who_is_not_there_cannot_be_disconnected() {
    let live = Live::new();
    let (connection, name) = fetched(&live);
    for other in ["", "0", &name[1..], &name.to_uppercase().replace(|letter: char| letter.is_ascii_digit(), "A")] {
        assert!(!live.disconnect(other), "{other}");
    }
    assert_eq!(connection.closing(), None);
}
