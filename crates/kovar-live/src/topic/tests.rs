use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};
use tokio::time::timeout;

use super::{Kept, Position, Present, Subscription, TopicState, Topics};
use crate::broker::{Away, Broker, NotTaken};
use crate::company::{Company, Told};
use crate::connection::{Connection, SlowPolicy};
use crate::hub::Live;
use crate::limits::Limits;
use crate::line::Line;
use crate::protocol::Encoding;
use crate::worker::MAILBOX;

static NUMBERS: Topics<u32> = Topics::new("numbers").history(3, Duration::from_secs(60)).presence();

/// Somebody who has subscribed, with what comes to them as events.
struct Somebody {
    stream: DuplexStream,
    connection: Arc<Connection>,
    subscription: Option<Subscription>,
    recovered: Option<bool>,
}

impl Somebody {
    async fn join(live: &Live, name: &str, at: Option<Position>) -> Self {
        let (line, stream) = duplex(1024 * 1024);
        let line = Line::Other(Mutex::new(Box::new(line)));
        let connection = Arc::new(Connection::new(line, Encoding::Event, true, live.hub()));
        let worker = live.hub().workers.current(&live.hub().counts);
        let member = Present::new(name.into(), &name).unwrap();
        let topic = live.topic(&NUMBERS, 7);
        let (subscription, recovered) = topic.state.subscribe(&worker, &connection, at.as_ref(), Some(member)).await;
        Self { stream, connection, subscription: Some(subscription), recovered }
    }

    /// What has come, once nothing more does.
    async fn frames(&mut self) -> Vec<Value> {
        let (mut all, mut some) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            std::future::poll_fn(|context| self.connection.poll_send(context)).await.unwrap();
            match timeout(Duration::from_millis(1), self.stream.read(&mut some)).await {
                Ok(count) => all.extend_from_slice(&some[..count.unwrap()]),
                Err(_) => break,
            }
        }
        let text = String::from_utf8(all).unwrap();
        text.split("\n\n").filter_map(|event| serde_json::from_str(event.strip_prefix("data: ")?).ok()).collect()
    }
}

fn members(frames: &[Value], member: &str) -> Vec<Value> {
    frames.iter().filter_map(|frame| frame.get(member)).map(|who| who["data"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_is_told_to_the_others_and_not_to_themselves() {
    let live = Live::new();
    let mut ada = Somebody::join(&live, "ada", None).await;
    let mut bob = Somebody::join(&live, "bob", None).await;
    let (of_ada, of_bob) = (ada.frames().await, bob.frames().await);
    assert_eq!(members(&of_ada, "joined"), [json!("bob")]);
    assert_eq!(members(&of_bob, "joined"), [] as [Value; 0]);
    assert_eq!(of_bob[0]["present"].as_array().unwrap().len(), 2);
    drop(bob.subscription.take());
    assert_eq!(members(&ada.frames().await, "left"), [json!("bob")]);
}

#[tokio::test(start_paused = true)]
async fn what_is_recovered_and_what_is_published_meanwhile_comes_once() {
    let live = Live::new();
    let topic = live.topic(&NUMBERS, 7);
    let mut ada = Somebody::join(&live, "ada", None).await;
    let epoch = ada.frames().await[0]["epoch"].as_str().unwrap().to_owned();
    for number in 1..=4 {
        topic.publish(&number).await.unwrap();
    }
    let at = |offset| Some(Position { epoch: epoch.clone(), offset });
    // Those published before wait in the mailbox still.
    let mut bob = Somebody::join(&live, "bob", at(2)).await;
    topic.publish(&5).await.unwrap();
    let data = |frames: &[Value]| -> Vec<u64> { frames.iter().filter_map(|frame| frame["data"].as_u64()).collect() };
    assert_eq!((bob.recovered, data(&bob.frames().await)), (Some(true), vec![3, 4, 5]));
    assert_eq!(data(&ada.frames().await), [1, 2, 3, 4, 5]);
    // The topic keeps three.
    assert_eq!(Somebody::join(&live, "eve", at(1)).await.recovered, Some(false));
    assert_eq!(Somebody::join(&live, "eve", at(6)).await.recovered, Some(false));
}

#[tokio::test]
async fn who_publishes_faster_than_can_be_sent_waits() {
    let limits = Limits { queue_bytes: 1024, slow: SlowPolicy::DropOldest, ..Limits::default() };
    let live = Live::new().limits(limits);
    let topic = live.topic(&NUMBERS, 7);
    let _ada = Somebody::join(&live, "ada", None).await;
    let worker = live.hub().workers.current(&live.hub().counts);
    let mut most = 0;
    for number in 0..3 * MAILBOX as u32 {
        topic.publish(&number).await.unwrap();
        most = most.max(worker.waiting());
    }
    assert!((MAILBOX / 2..=MAILBOX).contains(&most), "{most}");
}

/// A broker that does not answer.
#[derive(Debug)]
struct Hanging(Company);

const HANGS: Duration = Duration::from_secs(2);

async fn hang<T, E: From<Away>>() -> Result<T, E> {
    tokio::time::sleep(HANGS).await;
    Err(Away::NOT_ASKED.into())
}

impl Broker for Hanging {
    fn publish<'b>(&'b self, _: &'b TopicState, _: &'b RawValue) -> BoxFuture<'b, Result<u64, NotTaken>> {
        hang().boxed()
    }

    fn follow<'b>(&'b self, _: &'b Arc<TopicState>) -> BoxFuture<'b, Result<(), Away>> {
        hang().boxed()
    }

    fn leave(&self, _: &Arc<str>) {}

    fn position<'b>(&'b self, _: &'b TopicState) -> BoxFuture<'b, Result<Position, Away>> {
        hang().boxed()
    }

    fn between<'b>(&'b self, _: &'b str, _: &'b Position, _: u64) -> BoxFuture<'b, Result<Option<Vec<Kept>>, Away>> {
        hang().boxed()
    }

    fn tell<'b>(&'b self, _: &'b str, _: &'b Position, _: &'b RawValue) -> BoxFuture<'b, Result<(), Away>> {
        hang().boxed()
    }

    fn announce<'b>(&'b self, _: &'b Told) -> BoxFuture<'b, Result<(), Away>> {
        hang().boxed()
    }

    fn begin(&self) {}

    fn company(&self) -> &Company {
        &self.0
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_while_the_broker_hangs_does_not_wait_in_line() {
    let live = Live::over(Arc::new(Hanging(Company::new(Arc::default()))));
    let start = tokio::time::Instant::now();
    let crowd: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    join_all(crowd.iter().map(|name| Somebody::join(&live, name, None))).await;
    // One has tried to follow the topic and asked where it is; each has told who it is at the same time as the others.
    assert!(start.elapsed() < HANGS * 5, "{:?}", start.elapsed());
}
