//! Messages of transactions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kovar_data::{Db, Dialect, Message, Outbox, OutboxMessage, ParkedMessage, PublishError, Publisher, sql};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// Panics before there is a future.
struct Broken;

impl Publisher for Broken {
    #[expect(clippy::panic, unreachable_code, reason = "that is what is tested")]
    fn publish(&self, _: &OutboxMessage) -> impl Future<Output = Result<(), PublishError>> + Send {
        panic!("on purpose");
        std::future::ready(Ok(()))
    }
}

/// Remembers what it has published, and does not take what it is told not to.
#[derive(Clone, Default)]
struct Heard(Arc<Inner>);

#[derive(Default)]
struct Inner {
    messages: Mutex<Vec<(Uuid, String)>>,
    refused: Mutex<Vec<&'static str>>,
    hangs: AtomicBool,
}

impl Publisher for Heard {
    async fn publish(&self, message: &OutboxMessage) -> Result<(), PublishError> {
        let text: String = message.json()?;
        let is_refused = self.0.refused.lock().unwrap().iter().any(|refused| text.starts_with(refused));
        assert!(!is_refused || !text.starts_with("panic"), "on purpose");
        if is_refused {
            return Err(format!("{text} is not taken").into());
        }
        self.0.messages.lock().unwrap().push((message.id, text));
        if self.0.hangs.load(Relaxed) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

impl Heard {
    fn refuse(&self, refused: &[&'static str]) {
        *self.0.refused.lock().unwrap() = refused.to_vec();
    }

    fn texts(&self) -> Vec<String> {
        self.0.messages.lock().unwrap().iter().map(|(_, text)| text.clone()).collect()
    }

    #[track_caller]
    fn until(&self, count: usize) -> impl Future<Output = Vec<String>> {
        let here = std::panic::Location::caller();
        async move {
            for _ in 0..1_000 {
                if self.texts().len() >= count {
                    return self.texts();
                }
                sleep(Duration::from_millis(10)).await;
            }
            panic!("{here}: {count} messages do not come, only {:?}", self.texts());
        }
    }
}

fn outbox(heard: &Heard) -> Outbox<Heard> {
    Outbox::new(heard.clone()).poll(Duration::from_millis(20)).lease(Duration::from_secs(3))
}

async fn send(db: &Db, key: &str, text: &str) {
    let tx = db.begin().await.unwrap();
    Message::new("news", &text).key(key).in_tx(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn rows(db: &Db) -> i64 {
    db.one(sql!("select count(*) from _kovar_outbox")).await.unwrap()
}

async fn is_empty(db: &Db) {
    for _ in 0..500 {
        if rows(db).await == 0 {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{} messages stay", rows(db).await);
}

pub(crate) async fn what_commits_is_published_and_nothing_else(db: Db) {
    let heard = Heard::default();
    let outbox = outbox(&heard).poll(Duration::from_secs(60));
    let running = outbox.start(&db).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    let tx = db.begin().await.unwrap();
    Message::new("news", &"never").in_tx(&tx).await.unwrap();
    tx.rollback().await.unwrap();
    let tx = db.begin().await.unwrap();
    Message::new("news", &"dropped").in_tx(&tx).await.unwrap();
    drop(tx);
    let tx = db.begin().await.unwrap();
    let undone = tx.attempt(async {
        Message::new("news", &"undone").in_tx(&tx).await?;
        tx.execute(sql!("insert into nowhere values (1)")).await
    });
    undone.await.unwrap_err();
    let id = Message::new("news", &"done").key(7).in_tx(&tx).await.unwrap();
    assert!(heard.texts().is_empty());
    tx.commit().await.unwrap();
    // At the commit and not at the next poll.
    assert_eq!(heard.until(1).await, ["done"]);
    assert_eq!(heard.0.messages.lock().unwrap()[0].0, id);
    is_empty(&db).await;
    running.stop().await;
    assert_eq!((heard.texts().len(), outbox.counts().published()), (1, 1));
}

pub(crate) async fn a_late_commit_is_not_skipped(db: Db) {
    if db.dialect() == Dialect::Sqlite {
        // One transaction writes at a time.
        return;
    }
    let heard = Heard::default();
    let running = outbox(&heard).start(&db).await.unwrap();
    let late = db.begin().await.unwrap();
    Message::new("news", &"late").key("a").in_tx(&late).await.unwrap();
    send(&db, "b", "early").await;
    assert_eq!(heard.until(1).await, ["early"]);
    // One of the same key waits for it, so that the order of keys is that of commits.
    let waiting = tokio::spawn({
        let db = db.clone();
        async move { send(&db, "a", "later").await }
    });
    sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    late.commit().await.unwrap();
    waiting.await.unwrap();
    assert_eq!(heard.until(3).await, ["early", "late", "later"]);
    running.stop().await;
}

pub(crate) async fn keys_have_an_order_each(db: Db) {
    let heard = Heard::default();
    let running = outbox(&heard).start(&db).await.unwrap();
    let senders = (0..8).map(|key| {
        let db = db.clone();
        tokio::spawn(async move {
            for number in 0..25 {
                send(&db, &format!("key {key}"), &format!("{key} {number:02}")).await;
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    let mut of_keys: HashMap<String, Vec<String>> = HashMap::new();
    for text in heard.until(200).await {
        let (key, number) = text.split_once(' ').unwrap();
        of_keys.entry(key.to_owned()).or_default().push(number.to_owned());
    }
    let expected: Vec<String> = (0..25).map(|number| format!("{number:02}")).collect();
    assert_eq!(of_keys.len(), 8);
    assert!(of_keys.values().all(|numbers| *numbers == expected), "{of_keys:?}");
    is_empty(&db).await;
    running.stop().await;
    assert_eq!(heard.texts().len(), 200, "each once");
}

async fn until_parked(db: &Db, count: usize) -> Vec<ParkedMessage> {
    for _ in 0..500 {
        let parked = db.parked_messages().await.unwrap();
        if parked.len() == count {
            return parked;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{count} messages are not parked: {:?}", db.parked_messages().await);
}

pub(crate) async fn a_message_that_is_refused_holds_up_its_key_and_is_parked(db: Db) {
    let heard = Heard::default();
    heard.refuse(&["a1", "panic"]);
    let outbox = outbox(&heard).attempts(2);
    let running = outbox.start(&db).await.unwrap();
    for (key, text) in [("a", "a1"), ("a", "a2"), ("c", "panic"), ("b", "b1"), ("b", "b2")] {
        send(&db, key, text).await;
    }
    let heard_first = heard.until(2).await;
    assert_eq!(heard_first, ["b1", "b2"]);
    assert_eq!(outbox.counts().parked(), 0);
    // A second later it is tried the second time, and given up.
    assert_eq!(heard.until(3).await, ["b1", "b2", "a2"]);
    let parked = until_parked(&db, 2).await;
    let failures: Vec<_> = parked.iter().map(|parked| parked.failure.as_str()).collect();
    assert_eq!(failures, ["a1 is not taken", "the publisher panicked"]);
    assert_eq!((outbox.counts().failed(), outbox.counts().parked()), (4, 2));
    heard.refuse(&["panic"]);
    let id = parked[0].message.id;
    assert!(db.retry_message(id).await.unwrap());
    assert_eq!(heard.until(4).await, ["b1", "b2", "a2", "a1"]);
    assert!(!db.retry_message(id).await.unwrap());
    assert!(db.retry_message(parked[1].message.id).await.unwrap());
    heard.refuse(&[]);
    heard.until(5).await;
    is_empty(&db).await;
    running.stop().await;
}

pub(crate) async fn a_publisher_that_hangs_holds_up_its_message_only(db: Db) {
    let heard = Heard::default();
    let running = outbox(&heard).timeout(Duration::from_millis(200)).start(&db).await.unwrap();
    heard.0.hangs.store(true, Relaxed);
    send(&db, "a", "a1").await;
    heard.until(1).await;
    heard.0.hangs.store(false, Relaxed);
    send(&db, "b", "b1").await;
    // It was taken by then, who knows: so it comes again.
    assert_eq!(heard.until(3).await, ["a1", "b1", "a1"]);
    is_empty(&db).await;
    running.stop().await;
}

pub(crate) async fn a_relay_that_dies_is_followed_by_another(db: Db) {
    let heard = Heard::default();
    heard.0.hangs.store(true, Relaxed);
    let first = outbox(&heard).lease(Duration::from_millis(900)).start(&db).await.unwrap();
    send(&db, "a", "a1").await;
    heard.until(1).await;
    // Between the publishing and the note of it.
    drop(first);
    heard.0.hangs.store(false, Relaxed);
    let second = outbox(&heard).start(&db).await.unwrap();
    let third = outbox(&heard).start(&db).await.unwrap();
    send(&db, "a", "a2").await;
    assert_eq!(heard.until(3).await, ["a1", "a1", "a2"]);
    let ids: Vec<Uuid> = heard.0.messages.lock().unwrap().iter().map(|(id, _)| *id).collect();
    assert_eq!(ids[0], ids[1], "a message has one id");
    is_empty(&db).await;
    // Whoever stops makes room at once, and nothing is published twice.
    second.stop().await;
    send(&db, "a", "a3").await;
    timeout(Duration::from_secs(2), heard.until(4)).await.unwrap();
    is_empty(&db).await;
    third.stop().await;
    assert_eq!(heard.texts(), ["a1", "a1", "a2", "a3"]);
}

pub(crate) async fn a_delivery_is_the_first_once(db: Db) {
    outbox(&Heard::default()).start(&db).await.unwrap().stop().await;
    let id = Uuid::now_v7();
    let receive = async |consumer: &str, commits: bool| {
        let tx = db.begin().await.unwrap();
        let is_first = tx.is_first_delivery(consumer, id).await.unwrap();
        if commits {
            tx.commit().await.unwrap();
        }
        is_first
    };
    let found = [
        receive("billing", false).await,
        receive("billing", true).await,
        receive("billing", true).await,
        receive("mail", true).await,
    ];
    assert_eq!(found, [true, true, false, true]);
}

pub(crate) async fn a_publisher_that_is_broken_ends_nothing(db: Db) {
    let outbox = Outbox::new(Broken).attempts(1).poll(Duration::from_millis(20));
    let running = outbox.start(&db).await.unwrap();
    send(&db, "a", "a1").await;
    send(&db, "b", "b1").await;
    assert_eq!(until_parked(&db, 2).await[0].failure, "the publisher panicked");
    running.stop().await;
}

pub(crate) async fn a_key_does_not_wait_for_another(db: Db) {
    let heard = Heard::default();
    let running = outbox(&heard).poll(Duration::from_secs(60)).lease(Duration::from_secs(30)).start(&db).await.unwrap();
    heard.0.hangs.store(true, Relaxed);
    send(&db, "a", "a1").await;
    heard.until(1).await;
    heard.0.hangs.store(false, Relaxed);
    // `a1` hangs for as long as a publisher may, which is ten seconds.
    for text in ["b1", "b2", "c1"] {
        send(&db, &text[..1], text).await;
    }
    let heard = timeout(Duration::from_secs(3), heard.until(4)).await.unwrap();
    assert_eq!(heard[0], "a1");
    drop(running);
}

pub(crate) async fn deliveries_of_long_ago_are_forgotten(db: Db) {
    outbox(&Heard::default()).start(&db).await.unwrap().stop().await;
    let rows = (0..2_500).map(|number| ("billing", format!("old {number}"), 0));
    db.insert_many(sql!("_kovar_inbox (consumer, message, received_at_ms)"), rows).await.unwrap();
    let tx = db.begin().await.unwrap();
    assert!(tx.is_first_delivery("billing", Uuid::now_v7()).await.unwrap());
    tx.commit().await.unwrap();
    let running = outbox(&Heard::default()).start(&db).await.unwrap();
    for _ in 0..500 {
        if db.one(sql!(i64: "select count(*) from _kovar_inbox")).await.unwrap() == 1 {
            return running.stop().await;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("what was long ago is remembered");
}
