//! Histories in the app's database.
//!
//! A message gets its place by the row of its topic, which whoever publishes counts up in the same statement that keeps the
//! message. So places are in the order of commits and without gaps, also across transactions, of which those of one topic
//! wait for each other. Who has subscribed is told after the commit: on this node at once, on others by the broker, or by
//! `pg_notify`. Each node counts, and reads what it was not told of; and it looks from time to time, since what is lost on
//! the way makes no noise.

mod store;

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::StreamExt as _;
use kovar_data::{Db, Dialect, Error, Listener, Notice, Statement, Tx};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::time::{interval, sleep};

use self::store::CHANNEL;
use crate::broker::{Away, Broker};
use crate::error::PublishError;
use crate::followed::Followed;
use crate::topic::{Kept, Position, TopicState, new_epoch};

/// How often it is looked whether this node was told of everything: seldom where others tell of what they publish, and
/// often where nobody does, which is where several processes have one file of SQLite.
const LOOKS: Duration = Duration::from_secs(5);
const LOOKS_ALONE: Duration = Duration::from_secs(1);

/// How often what is too old is deleted.
const REAPS: Duration = Duration::from_secs(60);

/// How much later it is listened again after that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// The app's database as the keeper of topics.
#[derive(Debug)]
pub(crate) struct Database {
    db: Db,
    broker: Option<Arc<dyn Broker>>,
    topics: Followed,
    /// Whether nodes tell each other by the database.
    notifies: bool,
}

/// What keeps a message.
#[derive(Clone, Copy)]
enum Through<'t> {
    Db(&'t Db),
    Tx(&'t Tx),
}

impl Through<'_> {
    async fn execute(self, statement: Statement) -> Result<u64, Error> {
        match self {
            Self::Db(db) => db.execute(statement).await,
            Self::Tx(tx) => tx.execute(statement).await,
        }
    }

    async fn optional<T: DeserializeOwned>(self, statement: Statement) -> Result<Option<T>, Error> {
        match self {
            Self::Db(db) => db.optional(statement).await,
            Self::Tx(tx) => tx.optional(statement).await,
        }
    }

    /// The place that a statement gives. One that notifies gives a third column, with nothing in it.
    async fn place(self, statement: Statement, notifies: bool) -> Result<Option<Position>, Error> {
        Ok(match notifies {
            true => self.optional(statement).await?.map(|(epoch, last, _): (_, _, String)| (epoch, last)),
            false => self.optional(statement).await?,
        }
        .map(store::position))
    }
}

impl Database {
    /// Makes the tables that are missing, and begins to listen.
    pub(crate) async fn open(db: &Db, broker: Option<Arc<dyn Broker>>) -> Result<Arc<Self>, Error> {
        store::prepare(db).await?;
        let notifies = broker.is_none() && db.dialect() == Dialect::Postgres;
        let database = Arc::new(Self { db: db.clone(), broker, topics: Followed::default(), notifies });
        tokio::spawn(look(Arc::downgrade(&database)));
        tokio::spawn(reap(Arc::downgrade(&database)));
        if notifies {
            tokio::spawn(listen(Arc::downgrade(&database)));
        }
        Ok(database)
    }

    /// Publishes a message, and gives its place. Those of this node get it.
    pub(crate) async fn publish(
        self: &Arc<Self>,
        topic: &Arc<TopicState>,
        data: &RawValue,
    ) -> Result<u64, PublishError> {
        let kept = self.keep(Through::Db(&self.db), topic, data).await;
        let at = kept.map_err(|cause| PublishError::not_kept(&cause))?;
        self.tell_here(topic, &at, data);
        if let Some(broker) = &self.broker {
            // Whoever is not told looks.
            let _ = broker.tell(&topic.name, &at, data).await;
        }
        Ok(at.offset)
    }

    /// Publishes a message with a transaction, and gives the place that it has if that commits.
    pub(crate) async fn publish_in(
        self: &Arc<Self>,
        tx: &Tx,
        topic: &Arc<TopicState>,
        data: &RawValue,
    ) -> Result<u64, PublishError> {
        let kept = self.keep(Through::Tx(tx), topic, data).await;
        let at = kept.map_err(|cause| PublishError::not_kept(&cause))?;
        let offset = at.offset;
        let (database, topic, data) = (Arc::clone(self), Arc::clone(topic), data.to_owned());
        tx.after_commit(move || {
            database.tell_here(&topic, &at, &data);
            if let Some(broker) = database.broker.clone() {
                tokio::spawn(async move { broker.tell(&topic.name, &at, &data).await });
            }
        });
        Ok(offset)
    }

    /// Keeps a message at the next place.
    async fn keep(&self, through: Through<'_>, topic: &TopicState, data: &RawValue) -> Result<Position, Error> {
        let (dialect, (_, longest)) = (self.db.dialect(), topic.history());
        loop {
            let append = store::append(dialect, &topic.name, data.get(), longest, self.notifies);
            if let Some(place) = through.place(append.repeated(), self.notifies).await? {
                return Ok(place);
            }
            through.execute(self.begin(topic).repeated()).await?;
        }
    }

    fn begin(&self, topic: &TopicState) -> Statement {
        store::begin(self.db.dialect(), &topic.name, &new_epoch(), topic.history().1)
    }

    /// Tells those who have subscribed on this node of a message that is kept.
    fn tell_here(self: &Arc<Self>, topic: &Arc<TopicState>, at: &Position, data: &RawValue) {
        if topic.wants_news()
            && let Some(has) = topic.told(at, data)
        {
            let (topic, at) = (Arc::clone(topic), at.clone());
            tokio::spawn(async move { topic.read_missed(&has, &at).await });
        }
        let (most, _) = topic.history();
        // Not at each message: it is a statement.
        if at.offset > most as u64 && at.offset.is_multiple_of((most as u64 / 8).clamp(1, 1_000)) {
            let (database, name, first) = (Arc::clone(self), Arc::clone(&topic.name), at.offset - most as u64);
            tokio::spawn(async move {
                if let Err(cause) = database.db.execute(store::forget(&name, first)).await {
                    tracing::warn!(target: "kovar::live", %cause, "old messages were not deleted");
                }
            });
        }
    }

    /// Where a topic is. From now on this node looks whether it was told of everything.
    pub(crate) async fn follow(&self, topic: &Arc<TopicState>) -> Result<Position, Away> {
        self.topics.add(topic);
        for _ in 0..2 {
            if let Some(place) = self.db.optional(store::place(&topic.name)).await.map_err(|cause| away(&cause))? {
                return Ok(store::position(place));
            }
            self.db.execute(self.begin(topic)).await.map_err(|cause| away(&cause))?;
        }
        Err(Away::NOT_ASKED)
    }

    /// The messages after a place, up to another: all of them, or nothing.
    pub(crate) async fn between(&self, name: &str, after: &Position, last: u64) -> Result<Option<Vec<Kept>>, Away> {
        let rows: Vec<(i64, String)> =
            self.db.all(store::between(name, after, last)).await.map_err(|cause| away(&cause))?;
        if rows.len() as u64 != last.saturating_sub(after.offset) {
            return Ok(None);
        }
        let kept =
            |(place, data)| Some(Kept { offset: u64::try_from(place).ok()?, data: RawValue::from_string(data).ok()? });
        Ok(rows.into_iter().map(kept).collect())
    }

    pub(crate) fn leave(&self, name: &Arc<str>) {
        self.topics.leave(name);
    }

    /// Looks where all topics are.
    async fn look(&self) -> Result<(), Error> {
        let topics = self.topics.all();
        for some in topics.chunks(store::AT_ONCE) {
            let names: Vec<_> = some.iter().map(|topic| &*topic.name).collect();
            let places: Vec<(String, String, i64)> = self.db.all(store::places(&names)).await?;
            for (name, epoch, last) in places {
                if let Some(topic) = some.iter().find(|topic| *topic.name == *name) {
                    topic.is_at(&store::position((epoch, last))).await;
                }
            }
        }
        Ok(())
    }

    async fn heard(&self, payload: &str) {
        let Some((at, name, data)) = store::read(payload) else { return };
        let Some(topic) = self.topics.get(name) else { return };
        match data {
            Some(data) => topic.hear(&at, &data).await,
            None => topic.is_at(&at).await,
        }
    }
}

fn away(cause: &Error) -> Away {
    tracing::warn!(target: "kovar::live", %cause, "the database did not say what was published");
    Away::NOT_ASKED
}

async fn look(database: Weak<Database>) {
    let period = match database.upgrade() {
        Some(database) if database.broker.is_none() && database.db.dialect() == Dialect::Sqlite => LOOKS_ALONE,
        _ => LOOKS,
    };
    let mut ticks = interval(period);
    loop {
        ticks.tick().await;
        let Some(database) = database.upgrade() else { return };
        match database.look().await {
            Err(cause) if cause.is_closed() => return,
            Err(cause) => tracing::warn!(target: "kovar::live", %cause, "the database did not say where topics are"),
            Ok(()) => {}
        }
    }
}

async fn reap(database: Weak<Database>) {
    let mut ticks = interval(REAPS);
    loop {
        ticks.tick().await;
        let Some(database) = database.upgrade() else { return };
        match store::reap(&database.db).await {
            Err(cause) if cause.is_closed() => return,
            Err(cause) => tracing::warn!(target: "kovar::live", %cause, "old messages were not deleted"),
            Ok(()) => {}
        }
    }
}

/// Listens to what nodes tell each other by the database.
async fn listen(database: Weak<Database>) {
    let mut is_known = false;
    while let Some(strong) = database.upgrade() {
        let listening = strong.db.listen([CHANNEL]).await;
        drop(strong);
        match listening {
            Ok(listener) => listen_to(&database, listener).await,
            Err(cause) if cause.is_closed() => return,
            Err(cause) if !std::mem::replace(&mut is_known, true) => {
                tracing::warn!(target: "kovar::live", %cause, "other nodes are not heard at once");
            }
            Err(_) => {}
        }
        sleep(PAUSE).await;
    }
}

async fn listen_to(database: &Weak<Database>, mut listener: Listener) {
    while let Some(Ok(notice)) = listener.next().await {
        let Some(database) = database.upgrade() else { return };
        match notice {
            Notice::Notified { payload, .. } => database.heard(&payload).await,
            // Something may have been missed before.
            _ => drop(database.look().await),
        }
    }
}
