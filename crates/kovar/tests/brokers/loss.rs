//! What many heard, held against what was said: a history checker.
//!
//! People talk in rooms on several nodes, while clients are cut off, nodes are killed and the broker is, too. `cargo xtask
//! live-history` asks for a million messages.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::broker::{Broker, Kind};
use crate::support::{Running, at};

over_each_broker!(what_is_heard_is_what_was_said);

const NODES: usize = 3;

/// What is said last in each room.
const END: &str = "end";

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().unwrap())
}

/// Numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// The nodes that are there now.
#[derive(Clone, Default)]
struct Nodes(Arc<RwLock<Vec<String>>>);

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Nodes {
    /// A channel to a room, on any node; tried until there is one.
    async fn open(&self, random: &mut Random, room: &str, name: &str, position: Option<(&str, u64)>) -> Client {
        loop {
            let host = {
                let hosts = self.0.read().unwrap();
                hosts[random.below(hosts.len() as u64) as usize].clone()
            };
            let mut url = format!("ws://{host}/live/rooms/{room}?name={name}");
            if let Some((epoch, offset)) = position {
                url.push_str(&format!("&at={}", at(&format!("rooms/{room}"), epoch, offset)));
            }
            if let Ok(Ok((stream, _))) = timeout(Duration::from_secs(5), connect_async(url)).await {
                return Client(stream);
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Client {
    /// The next frame; `None` if the connection is lost or says nothing for too long.
    async fn frame(&mut self) -> Option<Value> {
        match timeout(Duration::from_secs(10), self.0.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => Some(serde_json::from_str(&text).unwrap()),
            Ok(Some(Ok(Message::Ping(_)))) => Some(Value::Null),
            _ => None,
        }
    }

    /// Says something. Whether it was taken; `None` if that is not known.
    async fn say(&mut self, text: &str, id: u64) -> Option<bool> {
        let frame = json!({ "data": { "type": "say", "text": text }, "id": id }).to_string();
        self.0.send(Message::text(frame)).await.ok()?;
        loop {
            let answer = self.frame().await?;
            if answer["re"] == json!(id) {
                // A problem does not say that it was not taken: its answer may have been lost.
                return if answer.get("problem").is_none() { Some(true) } else { None };
            }
        }
    }
}

/// What a publisher has said in its room, in its order, and whether it was taken.
async fn publish(nodes: Nodes, room: String, publisher: u64, messages: u64) -> Vec<(String, bool)> {
    let mut random = Random(publisher + 1);
    let name = format!("p{publisher}");
    let mut client = nodes.open(&mut random, &room, &name, None).await;
    let mut said = Vec::new();
    for sequence in 0..messages {
        let text = format!("{publisher}:{sequence}");
        let taken = client.say(&text, sequence).await;
        if taken.is_none() {
            sleep(Duration::from_millis(50)).await;
            client = nodes.open(&mut random, &room, &name, None).await;
        }
        said.push((text, taken == Some(true)));
    }
    said
}

/// What a subscriber has heard, by its place, and how often it was told that something may be missing.
#[derive(Default)]
struct Heard {
    log: BTreeMap<(u64, u64), String>,
    gaps: u64,
    recoveries: u64,
    faults: Vec<String>,
}

/// Lives of topics, numbered in the order in which somebody first saw them.
#[derive(Clone, Default)]
struct Epochs(Arc<RwLock<HashMap<String, u64>>>);

impl Epochs {
    fn number(&self, epoch: &str) -> u64 {
        let mut known = self.0.write().unwrap();
        let next = known.len() as u64;
        *known.entry(epoch.to_owned()).or_insert(next)
    }
}

async fn listen(nodes: Nodes, epochs: Epochs, room: String, subscriber: u64, ready: Arc<AtomicU64>) -> Heard {
    let mut random = Random(1_000 + subscriber);
    let mut heard = Heard::default();
    let mut position: Option<(String, u64)> = None;
    let mut is_first = true;
    loop {
        let place = position.as_ref().map(|(epoch, offset)| (epoch.as_str(), *offset));
        let was_there = place.is_some();
        let mut client = nodes.open(&mut random, &room, &format!("s{subscriber}"), place).await;
        let mut left = 50 + random.below(400);
        let mut is_subscribed = false;
        while left > 0 {
            let Some(frame) = client.frame().await else { break };
            if frame["topic"] != json!(format!("rooms/{room}")) {
                continue;
            }
            if let Some(epoch) = frame["epoch"].as_str() {
                let offset = frame["offset"].as_u64().unwrap();
                match frame.get("recovered").and_then(Value::as_bool) {
                    Some(true) => {
                        heard.recoveries += 1;
                        if position.as_ref().is_none_or(|(known, _)| known != epoch) {
                            heard.faults.push(format!("recovered into another epoch: {frame}"));
                        }
                    }
                    Some(false) => {
                        heard.gaps += 1;
                        position = Some((epoch.to_owned(), offset));
                    }
                    None if was_there => heard.faults.push(format!("nothing is said of what was missed: {frame}")),
                    None => position = Some((epoch.to_owned(), offset)),
                }
                is_subscribed = true;
                if std::mem::take(&mut is_first) {
                    ready.fetch_add(1, Relaxed);
                }
            } else if frame.get("data").is_none() && frame.get("offset").is_some() {
                // The node does not know yet where the topic is.
                if std::mem::take(&mut is_first) {
                    ready.fetch_add(1, Relaxed);
                }
            } else if let (Some(offset), Some(text)) = (frame["offset"].as_u64(), frame["data"]["text"].as_str()) {
                let Some((epoch, last)) = &mut position else {
                    heard.faults.push(format!("a message before the subscription: {frame}"));
                    continue;
                };
                if offset != *last + 1 || !is_subscribed {
                    heard.faults.push(format!("subscriber {subscriber} had {last} and got {offset}"));
                }
                *last = offset;
                heard.log.insert((epochs.number(epoch), offset), text.to_owned());
                if text == END {
                    return heard;
                }
                left -= 1;
            }
        }
        // Cut off in the middle, without a goodbye.
        drop(client);
    }
}

async fn what_is_heard_is_what_was_said(kind: Kind) {
    let messages = number("KOVAR_TEST_MESSAGES", 4_000);
    let (rooms, publishers, subscribers) = if messages >= 100_000 { (5, 50, 500) } else { (2, 10, 40) };
    let subscribers = number("KOVAR_TEST_SUBSCRIBERS", subscribers);
    let mut broker = Broker::start(kind);
    let (nodes, epochs) = (Nodes::default(), Epochs::default());
    let mut running: Vec<Running> = (0..NODES).map(|_| broker.node()).collect();
    *nodes.0.write().unwrap() = running.iter().map(Running::host).collect();
    let room_of = |index: u64| format!("room-{}", index % rooms);

    let ready = Arc::new(AtomicU64::new(0));
    let listening: Vec<_> = (0..subscribers)
        .map(|subscriber| {
            let heard = listen(nodes.clone(), epochs.clone(), room_of(subscriber), subscriber, Arc::clone(&ready));
            tokio::spawn(heard)
        })
        .collect();
    while ready.load(Relaxed) < subscribers {
        sleep(Duration::from_millis(20)).await;
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let start = Instant::now();
    let talking = async {
        let each = messages / publishers;
        let said =
            (0..publishers).map(|publisher| tokio::spawn(publish(nodes.clone(), room_of(publisher), publisher, each)));
        let said: Vec<_> = join_all(said).await.into_iter().map(Result::unwrap).collect();
        is_over.store(true, Relaxed);
        said
    };
    let (mut node_kills, mut broker_kills) = (0, 0);
    let trouble = async {
        let mut random = Random(7);
        for round in 1.. {
            sleep(Duration::from_millis(300 + random.below(500))).await;
            if is_over.load(Relaxed) {
                return;
            }
            if round % 4 == 0 {
                broker.kill();
                sleep(Duration::from_millis(random.below(300))).await;
                broker.start_again();
                broker_kills += 1;
            } else {
                // Dropped, it is killed.
                let index = random.below(NODES as u64) as usize;
                running[index] = broker.node();
                *nodes.0.write().unwrap() = running.iter().map(Running::host).collect();
                node_kills += 1;
            }
        }
    };
    let (said, ()) = tokio::join!(talking, trouble);
    let mut random = Random(99);
    for room in 0..rooms {
        let mut client = nodes.open(&mut random, &room_of(room), "end", None).await;
        while client.say(END, 1).await != Some(true) {
            client = nodes.open(&mut random, &room_of(room), "end", None).await;
        }
    }
    let heard: Vec<Heard> = join_all(listening).await.into_iter().map(Result::unwrap).collect();

    let faults: Vec<_> = heard.iter().flat_map(|heard| &heard.faults).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let (mut taken, mut doubtful) = (0, 0);
    for room in 0..rooms {
        // One log: everybody heard the same at the same place.
        let mut log: BTreeMap<(u64, u64), &str> = BTreeMap::new();
        for heard in heard.iter().enumerate().filter(|(index, _)| *index as u64 % rooms == room).map(|(_, heard)| heard)
        {
            for (place, text) in &heard.log {
                assert_eq!(*log.entry(*place).or_insert(text), text, "{place:?}");
            }
        }
        let mut places: HashMap<&str, Vec<(u64, u64)>> = HashMap::new();
        log.iter().for_each(|(place, text)| places.entry(text).or_default().push(*place));
        for (publisher, said) in said.iter().enumerate().filter(|(index, _)| *index as u64 % rooms == room) {
            let mut last = None;
            for (text, was_taken) in said {
                let at = places.get(text.as_str()).map_or(&[][..], Vec::as_slice);
                assert!(at.len() <= 1, "{text} was heard at {at:?}");
                assert!(!was_taken || at.len() == 1, "{text} was taken and nobody heard it");
                assert!(at.first().copied() > last || at.is_empty(), "publisher {publisher} was heard out of order");
                last = at.first().copied().or(last);
                taken += u64::from(*was_taken);
                doubtful += u64::from(!was_taken);
            }
        }
        // Who was never told that something may be missing has all of it, from where it began.
        for heard in heard.iter().enumerate().filter(|(index, heard)| *index as u64 % rooms == room && heard.gaps == 0)
        {
            let first = *heard.1.log.keys().next().unwrap();
            assert!(log.range(first..).map(|(place, _)| place).eq(heard.1.log.keys()));
        }
    }
    let sum = |count: fn(&Heard) -> u64| heard.iter().map(count).sum::<u64>();
    println!(
        "live history over {kind:?}: {taken} messages taken, {doubtful} in doubt, {} heard, {} recoveries, {} told that something may \
         be missing, {node_kills} nodes and {broker_kills} times the broker killed, {:?}",
        sum(|heard| heard.log.len() as u64),
        sum(|heard| heard.recoveries),
        sum(|heard| heard.gaps),
        start.elapsed()
    );
    assert!(node_kills > 0 && taken > messages / 2);
}
