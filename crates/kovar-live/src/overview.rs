//! What is open and busy, for whoever looks.
//!
//! Nothing is kept for that while nobody does: a look goes through all connections and topics, and makes words of the few
//! that it shows.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use jiff::Timestamp;
use kovar_http::security::Caller;

use crate::greatest::Greatest;
use crate::hub::{Hub, Live};
use crate::known::{self, Known};
use crate::protocol::Encoding;
use crate::topic::TopicState;

/// What is open and busy at one moment, of this process.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Overview {
    /// How many connections are a WebSocket.
    pub web_sockets: usize,
    /// How many are a stream of events.
    pub event_streams: usize,
    /// How many are fetched piece by piece.
    pub fetched: usize,
    /// For how many of them bytes wait.
    pub slow: usize,
    /// How many bytes wait, for all of them.
    pub queued_bytes: usize,
    /// Some of the connections: those for which the most bytes wait, then those that were sent the most.
    pub connections: Vec<OpenConnection>,
    /// How many topics there are that somebody has, or that have a history.
    pub topics: usize,
    /// How many subscriptions, those of all clients.
    pub subscriptions: usize,
    /// Some of the topics: those of the most messages a second, then those of the most subscribers.
    pub busiest: Vec<BusyTopic>,
    /// Messages that were published in a second, of all topics. `None` where nobody has looked in the last minute.
    pub per_second: Option<f64>,
    /// What was counted since the start.
    pub counted: Counted,
}

/// What was counted since the start.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Counted {
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

/// A connection that is open.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenConnection {
    /// Its name, as [`Socket::id`](crate::Socket::id) gives it.
    pub id: String,
    /// The path of its channel as it is declared: `/rooms/{room}`.
    pub channel: Arc<str>,
    /// How its frames go.
    pub transport: Transport,
    /// Since when it is open.
    pub since: Timestamp,
    /// How many bytes were sent.
    pub sent_bytes: u64,
    /// How many bytes wait.
    pub queued_bytes: usize,
    /// How many topics it has.
    pub topics: usize,
    /// Whose it is, if that is known.
    pub caller: Option<Arc<Caller>>,
}

/// How a channel's frames go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// By a WebSocket.
    WebSocket,
    /// As a stream of events.
    Events,
    /// In pieces that the client fetches.
    Fetched,
}

/// A topic that somebody has, or that has a history.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BusyTopic {
    /// Its name: the family's and its key.
    pub name: Arc<str>,
    /// How many have subscribed, of this process.
    pub subscribers: usize,
    /// Messages in a second, over the last seconds. `None` where nobody has looked in the last minute.
    pub per_second: Option<f64>,
    /// Messages that this process was told of.
    pub messages: u64,
    /// Messages that this process keeps.
    pub kept: usize,
}

impl Live {
    /// What is open and busy now: at most so many connections, and so many topics, of all that are counted. It takes time
    /// for each connection and topic that there is, so it is for people who look.
    pub fn overview(&self, most: usize) -> Overview {
        let (hub, now) = (self.hub(), Instant::now());
        let mut overview = Overview { counted: hub.counts.counted(), ..Overview::default() };
        overview.per_second = hub.rate().look(now, overview.counted.published);
        overview.see_connections(hub, most);
        overview.see_topics(hub, now, most);
        overview
    }

    /// Closes a connection by hand ([`CloseCode::DISCONNECTED`](crate::CloseCode::DISCONNECTED)), by its name: its client
    /// is told not to come again, and gets nothing of what waits. Gives whether there was such a connection, on this node.
    ///
    /// It is also for an app that finds a caller to be one no longer.
    pub fn disconnect(&self, id: &str) -> bool {
        let Some(id) = known::id_of(id) else { return false };
        let connection = self.hub().workers.find(id);
        if let Some(connection) = &connection {
            connection.disconnect();
        }
        connection.is_some()
    }
}

impl Overview {
    fn see_connections(&mut self, hub: &Hub, most: usize) {
        let mut shown = Greatest::new(most);
        for worker in hub.workers.all() {
            for (_, known) in &*worker.connections() {
                let (sent, queued) = known.connection.bytes();
                *match Transport::of(known.connection.encoding) {
                    Transport::WebSocket => &mut self.web_sockets,
                    Transport::Events => &mut self.event_streams,
                    Transport::Fetched => &mut self.fetched,
                } += 1;
                self.slow += usize::from(queued > 0);
                self.queued_bytes += queued;
                // By its name at last, so that of equal ones the same are shown each time.
                shown.see((queued, sent, known.facts.id), || OpenConnection::of(known, sent, queued));
            }
        }
        self.connections = shown.into_vec();
    }

    fn see_topics(&mut self, hub: &Hub, now: Instant, most: usize) {
        let mut shown = Greatest::new(most);
        hub.each_topic(|topic: &TopicState| {
            let busy = topic.look(now);
            self.topics += 1;
            self.subscriptions += busy.subscribers;
            // Of numbers that are not negative, the bits have their order.
            let rate = busy.per_second.unwrap_or_default().to_bits();
            shown.see((rate, busy.subscribers, busy.kept, topic.id()), || busy);
        });
        self.busiest = shown.into_vec();
    }
}

impl OpenConnection {
    fn of(known: &Known, sent_bytes: u64, queued_bytes: usize) -> Self {
        let Known { connection, facts } = known;
        Self {
            id: facts.name(),
            channel: Arc::clone(&facts.channel),
            transport: Transport::of(connection.encoding),
            since: facts.since(),
            sent_bytes,
            queued_bytes,
            topics: connection.topics(),
            caller: facts.place.as_ref().map(|place| Arc::clone(place.caller())),
        }
    }
}

impl Transport {
    fn of(encoding: Encoding) -> Self {
        match encoding {
            Encoding::WebSocket | Encoding::Deflated(_) | Encoding::Packed(_) => Self::WebSocket,
            Encoding::Event => Self::Events,
            Encoding::Item => Self::Fetched,
        }
    }
}

impl crate::metrics::Counts {
    fn counted(&self) -> Counted {
        Counted {
            published: self.published.load(Relaxed),
            delivered: self.delivered.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            slow: self.slow.load(Relaxed),
            silent: self.silent.load(Relaxed),
            disconnected: self.disconnected.load(Relaxed),
            refused: self.refused.load(Relaxed),
        }
    }
}

#[cfg(test)]
mod tests;
