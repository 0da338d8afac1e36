//! What the console shows of an app's channels, and may do to them.

use kovar_console::Live;
use kovar_http::app::AppValues;

/// What is open and busy, if the app has channels. It takes time for each connection that there is.
pub(super) fn look(values: &AppValues) -> Option<Live> {
    #[cfg(feature = "live")]
    let live = values.get::<kovar_live::Live>().map(|live| of_live::shown(live.overview(kovar_console::MOST_LIVE)));
    #[cfg(not(feature = "live"))]
    let (live, _) = (None, values);
    live
}

/// Closes a connection. Gives whether there was one of this name.
pub(super) fn disconnect(values: &AppValues, connection: &str) -> bool {
    #[cfg(feature = "live")]
    let is_done = values.get::<kovar_live::Live>().is_some_and(|live| live.disconnect(connection));
    #[cfg(not(feature = "live"))]
    let (is_done, _) = (false, values);
    if is_done {
        tracing::info!(connection, "a channel was closed from the console");
    }
    is_done
}

#[cfg(feature = "live")]
mod of_live {
    use kovar_console::{Live, LiveConnection, LiveCounts, LiveTopic};
    use kovar_live::{BusyTopic, Counted, OpenConnection, Overview, Transport};

    pub(super) fn shown(overview: Overview) -> Live {
        Live {
            web_sockets: overview.web_sockets,
            event_streams: overview.event_streams,
            fetched: overview.fetched,
            slow: overview.slow,
            queued_bytes: overview.queued_bytes,
            connections: overview.connections.into_iter().map(connection).collect(),
            topics: overview.topics,
            subscriptions: overview.subscriptions,
            busiest: overview.busiest.iter().map(topic).collect(),
            per_second: overview.per_second,
            counted: counted(overview.counted),
        }
    }

    fn connection(open: OpenConnection) -> LiveConnection {
        LiveConnection {
            id: open.id,
            channel: open.channel.to_string(),
            transport: match open.transport {
                Transport::WebSocket => "WebSocket",
                Transport::Events => "events",
                _ => "fetched",
            },
            caller: open.caller.map(|caller| caller.to_string()),
            since_ms: open.since.as_millisecond(),
            sent_bytes: open.sent_bytes,
            queued_bytes: open.queued_bytes,
            topics: open.topics,
        }
    }

    fn topic(topic: &BusyTopic) -> LiveTopic {
        LiveTopic {
            name: topic.name.to_string(),
            subscribers: topic.subscribers,
            per_second: topic.per_second,
            kept: topic.kept,
        }
    }

    fn counted(counted: Counted) -> LiveCounts {
        LiveCounts {
            published: counted.published,
            delivered: counted.delivered,
            dropped: counted.dropped,
            slow: counted.slow,
            silent: counted.silent,
            disconnected: counted.disconnected,
            refused: counted.refused,
        }
    }
}
