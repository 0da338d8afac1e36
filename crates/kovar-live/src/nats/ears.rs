//! What this node listens to: one task for each topic, and one for what nodes tell all others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use async_nats::{Client, Message, Subscriber, header};
use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::connection::Line;
use super::{Last, Nats, PATIENCE, data_of, names, place_of};
use crate::broker::{Away, Broker};
use crate::company::{give_signs, heard, say};

/// How often it is looked whether this node was told of everything: what is lost on the way makes no noise.
const LOOKS: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Ears {
    of_topics: Mutex<HashMap<Arc<str>, Ear>>,
    of_nodes: OnceLock<Task>,
    attendant: OnceLock<()>,
}

/// What listens to a topic.
#[derive(Debug)]
struct Ear {
    _task: Task,
    is_open: watch::Receiver<bool>,
    last: Arc<Heard>,
}

/// What was heard of last.
#[derive(Debug, Default)]
struct Heard(Mutex<Option<Last>>);

/// A task that ends with this.
#[derive(Debug)]
struct Task(AbortHandle);

impl Ears {
    /// Listens to a topic, from now on.
    pub(super) async fn open(&self, nats: &Weak<Nats>, line: &Line, name: &Arc<str>) -> Result<(), Away> {
        let mut is_open = self.ear(nats, line, name);
        // What is asked on this connection from now on is answered after it was subscribed.
        match timeout(PATIENCE, is_open.wait_for(|is_open| *is_open)).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Away::NOT_ASKED),
        }
    }

    fn ear(&self, nats: &Weak<Nats>, line: &Line, name: &Arc<str>) -> watch::Receiver<bool> {
        let mut ears = self.of_topics();
        let ear = ears.entry(Arc::clone(name)).or_insert_with(|| {
            let (opens, is_open) = watch::channel(false);
            let last = Arc::new(Heard::default());
            let hears = listen(Weak::clone(nats), line.client.clone(), Arc::clone(name), Arc::clone(&last), opens);
            Ear { _task: Task(tokio::spawn(hears).abort_handle()), is_open, last }
        });
        ear.is_open.clone()
    }

    /// Listens no longer, if nobody has the topic.
    pub(super) fn close(&self, name: &str, is_left: impl FnOnce() -> bool) {
        let mut ears = self.of_topics();
        let closed = if is_left() { ears.remove(name) } else { None };
        drop(ears);
        drop(closed);
    }

    /// What was heard of a topic last.
    pub(super) fn heard(&self, name: &str) -> Option<Last> {
        self.of_topics().get(name)?.last.get()
    }

    /// Begins to listen to other nodes, and to give signs to them, once.
    pub(super) fn begin(&self, nats: &Weak<Nats>) {
        self.attendant.get_or_init(|| {
            let signing = Weak::clone(nats);
            tokio::spawn(attend(Weak::clone(nats)));
            tokio::spawn(give_signs(move || signing.upgrade().map(|nats| nats as Arc<dyn Broker>)));
        });
    }

    fn of_topics(&self) -> MutexGuard<'_, HashMap<Arc<str>, Ear>> {
        self.of_topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    fn get(&self) -> Option<Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, last: Last) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Looks after the listening, for as long as there is somebody to be told.
async fn attend(nats: Weak<Nats>) {
    let mut looks = interval(LOOKS);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut life = 0;
    while let Some(strong) = nats.upgrade() {
        let Ok(line) = strong.connection.open().await else {
            drop(strong);
            looks.tick().await;
            continue;
        };
        strong.ears.of_nodes.get_or_init(|| {
            Task(tokio::spawn(listen_to_nodes(Weak::clone(&nats), line.client.clone())).abort_handle())
        });
        let found = line.found();
        tokio::pin!(found);
        found.as_mut().enable();
        if line.is_connected() {
            let is_new = std::mem::replace(&mut life, line.life()) != line.life();
            strong.look(line, is_new).await;
        }
        tokio::select! {
            _ = looks.tick() => {}
            () = found => {}
        }
    }
}

impl Nats {
    /// Looks where all topics are: something may have been said that this node was not told of. After the connection was
    /// lost, it also asks who is there.
    async fn look(self: &Arc<Self>, line: &Line, is_new: bool) {
        self.logs.forget();
        let topics = self.company.topics.all();
        for topic in &topics {
            let _ = self.ears.open(&self.this, line, &topic.name).await;
        }
        if is_new {
            say(Arc::clone(self) as Arc<dyn Broker>, self.company.questions(None));
        }
        for topic in topics.into_iter().filter(|topic| topic.is_kept_by_broker()) {
            let Ok(now) = self.position(&topic).await else { return };
            topic.is_at(&now).await;
        }
    }

    /// Takes what this node is told of a topic.
    async fn told(&self, name: &str, message: &Message, last: &Heard) {
        let (Some(topic), Some(at)) = (self.company.topics.get(name), place_of(message.headers.as_ref())) else {
            return;
        };
        match data_of(&message.payload) {
            Some(data) => topic.hear(&at, &data).await,
            // Its life begins.
            None if at.offset == 0 => topic.is_at(&at).await,
            None => return,
        }
        let sequence = message.headers.as_ref().and_then(|headers| headers.get(header::NATS_SEQUENCE));
        if let Some(sequence) = sequence.and_then(|sequence| sequence.as_str().parse().ok()) {
            let known = Last { sequence, at };
            self.tails.heard(name, self.connection.life(), &known);
            last.set(known);
        }
    }
}

/// Listens to what is told of a topic: its messages, and who is there.
async fn listen(nats: Weak<Nats>, client: Client, name: Arc<str>, last: Arc<Heard>, opens: watch::Sender<bool>) {
    let Some((mut messages, mut presence)) = subscribed(&client, &name).await else { return };
    opens.send_replace(true);
    loop {
        let (message, is_presence) = tokio::select! {
            message = messages.next() => (message, false),
            message = presence.next() => (message, true),
        };
        let (Some(message), Some(nats)) = (message, nats.upgrade()) else { return };
        match is_presence {
            true => heard(nats, &message.payload),
            false => nats.told(&name, &message, &last).await,
        }
    }
}

async fn subscribed(client: &Client, name: &str) -> Option<(Subscriber, Subscriber)> {
    let messages = client.subscribe(names::told(name)).await.ok()?;
    Some((messages, client.subscribe(names::present(name)).await.ok()?))
}

/// Listens to what nodes tell all others.
async fn listen_to_nodes(nats: Weak<Nats>, client: Client) {
    let Ok(mut messages) = client.subscribe(names::NODES).await else { return };
    while let Some(message) = messages.next().await {
        let Some(nats) = nats.upgrade() else { return };
        heard(nats, &message.payload);
    }
}
