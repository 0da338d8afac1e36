//! Clicks are counted in memory and written a while later, those of many links in one statement: following a link costs no
//! write.
//!
//! A process that ends in its own way has written all of them; one that is killed has lost those of its last second.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kovar::data::{AsJson, Dialect, Error, Statement};
use kovar::prelude::*;
use tokio::time::{Instant, sleep_until};

/// How long a link's first click waits for others, which are then written with it.
const AGE: Duration = Duration::from_millis(500);

/// How long is waited between two writes. A few links' clicks are written often, and not all of them at once, so that
/// no request waits long for a core or a disk that is busy with them.
const PAUSE: Duration = Duration::from_millis(25);

/// How many links' clicks are written in one statement.
const CHUNK: usize = 500;

/// The clicks that are not written yet.
#[derive(Debug, Default)]
pub struct Clicks {
    counts: Mutex<Counts>,
    /// Held while some are being written, so that whoever writes the last ones also waits for those.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Counts {
    by_slug: HashMap<String, Count>,
    /// The slugs, and when each was counted first.
    oldest: VecDeque<(Instant, String)>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    clicks: i64,
    last_at: Timestamp,
}

impl Clicks {
    /// Counts one.
    pub fn add(&self, slug: &str) {
        let last_at = Timestamp::now();
        self.lock().add(slug, Count { clicks: 1, last_at });
    }

    /// How many of a link are not written yet.
    pub fn pending(&self, slug: &str) -> i64 {
        self.lock().by_slug.get(slug).map_or(0, |count| count.clicks)
    }

    /// Writes all that were counted. They stay counted if that fails.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn write(&self, db: &Db) -> Result<(), Error> {
        self.write_until(db, Instant::now()).await
    }

    /// Writes those that were counted first until a moment.
    async fn write_until(&self, db: &Db, moment: Instant) -> Result<(), Error> {
        let _one_at_a_time = self.writing.lock().await;
        loop {
            let counts = self.lock().take(moment);
            if counts.is_empty() {
                return Ok(());
            }
            if let Err(error) = db.execute(update(db.dialect(), &counts)).await {
                let mut newer = self.lock();
                counts.iter().for_each(|(slug, count)| newer.add(slug, *count));
                return Err(error);
            }
        }
    }

    /// When the next ones are to be written.
    fn due_at(&self) -> Instant {
        self.lock().oldest.front().map_or_else(Instant::now, |(since, _)| *since) + AGE
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn add(&mut self, slug: &str, count: Count) {
        match self.by_slug.get_mut(slug) {
            Some(known) => {
                *known = Count { clicks: known.clicks + count.clicks, last_at: known.last_at.max(count.last_at) };
            }
            None => {
                self.by_slug.insert(slug.to_owned(), count);
                self.oldest.push_back((Instant::now(), slug.to_owned()));
            }
        }
    }

    /// Takes some that were counted first until a moment. Sorted, so that two processes that write at the same time tend to
    /// take the rows in one order: two that wait for each other in a circle are a conflict, and one writes its own later.
    fn take(&mut self, moment: Instant) -> Vec<(String, Count)> {
        let due = self.oldest.iter().take(CHUNK).take_while(|(since, _)| *since <= moment).count();
        let slugs = self.oldest.drain(..due).map(|(_, slug)| slug);
        let mut counts: Vec<_> = slugs.filter_map(|slug| self.by_slug.remove_entry(&slug)).collect();
        counts.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        counts
    }
}

/// Adds counts to many links at once, which costs a fraction of a statement for each. How a list becomes rows is one of
/// the few things for which the two databases have no common words.
fn update(dialect: Dialect, counts: &[(String, Count)]) -> Statement {
    let row = |(slug, count): &(String, Count)| (slug.clone(), count.clicks, format!("{:.9}", count.last_at));
    let rows: Vec<_> = counts.iter().map(row).collect();
    let rows = AsJson(&rows);
    match dialect {
        Dialect::Postgres => sql!(
            postgres: "update links set clicks = clicks + (new ->> 1)::bigint, last_clicked_at = (new ->> 2)::timestamptz
             from jsonb_array_elements({rows}) as new where slug = new ->> 0"
        ),
        _ => sql!(
            sqlite: "update links set clicks = clicks + (new.value ->> 1), last_clicked_at = new.value ->> 2
             from json_each({rows}) as new where slug = new.value ->> 0"
        ),
    }
}

/// Writes clicks for as long as the program runs.
///
/// # Errors
///
/// None.
pub async fn write_regularly(clicks: Dep<Clicks>, db: Dep<Db>) -> kovar::Result {
    tokio::spawn(async move {
        loop {
            sleep_until(clicks.due_at().max(Instant::now() + PAUSE)).await;
            let Some(moment) = Instant::now().checked_sub(AGE) else { continue };
            if let Err(cause) = clicks.write_until(&db, moment).await {
                tracing::warn!(%cause, "clicks wait to be written");
            }
        }
    });
    Ok(())
}

/// Writes the last clicks.
///
/// # Errors
///
/// Those of the database.
pub async fn write_rest(clicks: Dep<Clicks>, db: Dep<Db>) -> kovar::Result {
    Ok(clicks.write(&db).await?)
}
