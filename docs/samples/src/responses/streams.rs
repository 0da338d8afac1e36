// ANCHOR: streams
use futures_util::stream::{self, StreamExt as _};
use kovar::http::extract::LastEventId;
use kovar::http::respond::{Event, EventStream, JsonLines};
use kovar::prelude::*;

#[schema]
pub struct Tick {
    pub number: u32,
}

/// Server-sent events that go on where a client left off.
#[get("/ticks")]
pub async fn ticks(LastEventId(last): LastEventId) -> EventStream<Tick> {
    let first = last.and_then(|id| id.parse().ok()).map_or(1, |last: u32| last + 1);
    let events = stream::iter(first..=3);
    EventStream::new(events.map(|number| Event::new(Tick { number }).id(number.to_string()).name("tick")))
}

/// One JSON value a line.
#[get("/export")]
pub async fn export() -> JsonLines<Tick> {
    JsonLines::new(stream::iter(1..=2).map(|number| Tick { number }))
}
// ANCHOR_END: streams
