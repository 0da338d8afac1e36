//! What the console is told of channels, and what the page is told of them.

use std::borrow::Cow;

use serde::Serialize;

/// The connections and topics that are shown; the rest is counted.
pub const MOST_LIVE: usize = 100;

/// How much of a name is shown, in characters: clients choose names. Of a longer one, its beginning and its end are.
const LONGEST_NAME: usize = 120;
const END: usize = 40;

/// What is open and busy among an app's channels, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// How many connections are a WebSocket.
    pub web_sockets: usize,
    /// How many are a stream of events.
    pub event_streams: usize,
    /// How many are fetched piece by piece.
    pub fetched: usize,
    /// Connections for which bytes wait.
    pub slow: usize,
    /// Bytes that wait, for all of them.
    pub queued_bytes: usize,
    /// The connections that are shown: those for which the most bytes wait first. At most [`MOST_LIVE`] are.
    pub connections: Vec<LiveConnection>,
    /// Topics.
    pub topics: usize,
    /// Subscriptions of topics, those of all clients.
    pub subscriptions: usize,
    /// The topics that are shown: those of the most messages first. At most [`MOST_LIVE`] are.
    pub busiest: Vec<LiveTopic>,
    /// Messages that were published in a second; `None` where that is not known yet.
    pub per_second: Option<f64>,
    /// What was counted since the start.
    pub counted: LiveCounts,
}

/// What was counted of channels since the start.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct LiveCounts {
    /// Messages that were published.
    pub published: u64,
    /// Messages that were sent to subscribers, each once.
    pub delivered: u64,
    /// Messages that a slow client never gets.
    pub dropped: u64,
    /// Channels that were closed because their client reads too slowly.
    pub slow: u64,
    /// Channels that were closed because their client gave no sign.
    pub silent: u64,
    /// Channels that were closed by hand.
    pub disconnected: u64,
    /// Channels that were not opened because their caller had as many as it may.
    pub refused: u64,
}

/// A connection of a channel.
#[derive(Clone, Debug, Default)]
pub struct LiveConnection {
    /// Its name.
    pub id: String,
    /// The path of its channel, with its parameters.
    pub channel: String,
    /// How its frames go: `WebSocket`, `events`, `fetched`.
    pub transport: &'static str,
    /// Whose it is, if that is known.
    pub caller: Option<String>,
    /// Since when it is open, in milliseconds since 1970.
    pub since_ms: i64,
    /// Bytes that were sent.
    pub sent_bytes: u64,
    /// Bytes that wait.
    pub queued_bytes: usize,
    /// Topics that it has.
    pub topics: usize,
}

/// A topic.
#[derive(Clone, Debug, Default)]
pub struct LiveTopic {
    /// Its name.
    pub name: String,
    /// How many have subscribed.
    pub subscribers: usize,
    /// Messages in a second; `None` where that is not known yet.
    pub per_second: Option<f64>,
    /// Messages that are kept.
    pub kept: usize,
}

/// What the page shows of channels.
#[derive(Debug, Serialize)]
pub(crate) struct LiveView<'a> {
    web_sockets: usize,
    event_streams: usize,
    fetched: usize,
    slow: usize,
    queued_bytes: usize,
    connections: Vec<ConnectionRow<'a>>,
    /// How many connections are not shown.
    connections_left_out: usize,
    topics: usize,
    subscriptions: usize,
    busiest: Vec<TopicRow<'a>>,
    /// How many topics are not shown.
    topics_left_out: usize,
    per_second: Option<f64>,
    counted: LiveCounts,
}

#[derive(Debug, Serialize)]
struct ConnectionRow<'a> {
    id: Cow<'a, str>,
    channel: Cow<'a, str>,
    transport: &'a str,
    caller: Option<Cow<'a, str>>,
    since: i64,
    sent_bytes: u64,
    queued_bytes: usize,
    topics: usize,
}

#[derive(Debug, Serialize)]
struct TopicRow<'a> {
    name: Cow<'a, str>,
    subscribers: usize,
    per_second: Option<f64>,
    kept: usize,
}

impl<'a> LiveView<'a> {
    pub(crate) fn of(live: &'a Live) -> Self {
        let connections: Vec<_> = live.connections.iter().take(MOST_LIVE).map(ConnectionRow::of).collect();
        let busiest: Vec<_> = live.busiest.iter().take(MOST_LIVE).map(TopicRow::of).collect();
        let open = live.web_sockets + live.event_streams + live.fetched;
        Self {
            web_sockets: live.web_sockets,
            event_streams: live.event_streams,
            fetched: live.fetched,
            slow: live.slow,
            queued_bytes: live.queued_bytes,
            connections_left_out: open.saturating_sub(connections.len()),
            connections,
            topics: live.topics,
            subscriptions: live.subscriptions,
            topics_left_out: live.topics.saturating_sub(busiest.len()),
            busiest,
            per_second: live.per_second.map(crate::snapshot::short),
            counted: live.counted,
        }
    }
}

impl<'a> ConnectionRow<'a> {
    fn of(connection: &'a LiveConnection) -> Self {
        Self {
            id: shortened(&connection.id),
            channel: shortened(&connection.channel),
            transport: connection.transport,
            caller: connection.caller.as_deref().map(shortened),
            since: connection.since_ms,
            sent_bytes: connection.sent_bytes,
            queued_bytes: connection.queued_bytes,
            topics: connection.topics,
        }
    }
}

impl<'a> TopicRow<'a> {
    fn of(topic: &'a LiveTopic) -> Self {
        Self {
            name: shortened(&topic.name),
            subscribers: topic.subscribers,
            per_second: topic.per_second.map(crate::snapshot::short),
            kept: topic.kept,
        }
    }
}

fn shortened(name: &str) -> Cow<'_, str> {
    let is_long = name.chars().nth(LONGEST_NAME).is_some();
    let begin = name.char_indices().nth(LONGEST_NAME - END - 1);
    let end = name.char_indices().nth_back(END - 1);
    match (begin, end) {
        (Some((begin, _)), Some((end, _))) if is_long => Cow::Owned(format!("{}…{}", &name[..begin], &name[end..])),
        _ => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn connection(index: usize, name: &str) -> LiveConnection {
        LiveConnection {
            id: format!("{index:016x}"),
            channel: format!("/rooms/{{room}}/{name}"),
            transport: "WebSocket",
            caller: Some(format!("token {name}")),
            ..LiveConnection::default()
        }
    }

    fn shown(live: &Live) -> Value {
        serde_json::to_value(LiveView::of(live)).unwrap()
    }

    #[test]
    fn what_is_shown_is_bounded_however_many_there_are_and_whatever_they_are_called() {
        // In JSON, each of these is six bytes.
        let name = "\u{1}".repeat(8_000);
        let topic = |index| LiveTopic { name: format!("{index}{name}"), ..LiveTopic::default() };
        let live = Live {
            web_sockets: 9_000,
            fetched: 1_000,
            connections: (0..10_000).map(|index| connection(index, &name)).collect(),
            topics: 5_000,
            busiest: (0..5_000).map(topic).collect(),
            ..Live::default()
        };
        let text = serde_json::to_string(&LiveView::of(&live)).unwrap();
        assert!(text.len() < 300 * 1024, "{} bytes", text.len());
        let shown = shown(&live);
        let rows = |name: &str| shown[name].as_array().map(Vec::len);
        assert_eq!((rows("connections"), &shown["connections_left_out"]), (Some(100), &json!(9_900)));
        assert_eq!((rows("busiest"), &shown["topics_left_out"]), (Some(100), &json!(4_900)));
    }

    #[test]
    fn of_a_long_name_its_beginning_and_its_end_are_shown() {
        let name = format!("{}{}{}", "é".repeat(79), "x".repeat(9_000), "ü".repeat(40));
        assert_eq!(shortened(&name), format!("{}…{}", "é".repeat(79), "ü".repeat(40)));
        for short in ["rooms/lamps".to_owned(), "é".repeat(120), String::new()] {
            assert_eq!(shortened(&short), short);
        }
    }

    #[test]
    fn fewer_than_a_hundred_are_all_there() {
        let live = Live { event_streams: 1, connections: vec![connection(7, "x")], ..Live::default() };
        let shown = shown(&live);
        assert_eq!(shown["connections_left_out"], 0);
        let expected = json!({
            "id": "0000000000000007", "channel": "/rooms/{room}/x", "transport": "WebSocket", "caller": "token x",
            "since": 0, "sent_bytes": 0, "queued_bytes": 0, "topics": 0,
        });
        assert_eq!(shown["connections"], json!([expected]));
    }
}
