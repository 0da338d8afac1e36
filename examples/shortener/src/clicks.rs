//! Clicks are counted in memory and written twice a second: following a link costs no write.
//!
//! A process that ends in its own way has written all of them; one that is killed has lost what it counted since it
//! wrote last.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kovar::data::{AsJson, Dialect, Error, Statement};
use kovar::prelude::*;

/// How often clicks are written.
const PERIOD: Duration = Duration::from_millis(500);

/// How many links' clicks are written in one statement: it holds up no request.
const CHUNK: usize = 500;

/// The clicks that are not written yet, by slug. Sorted, so that two processes that write at the same time tend to take
/// the rows in one order: two that wait for each other in a circle are a conflict, and one of them writes its clicks later.
#[derive(Debug, Default)]
pub struct Clicks {
    counts: Mutex<BTreeMap<String, Count>>,
    /// Held while some are being written, so that whoever writes the last ones also waits for those.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    clicks: i64,
    last_at: Timestamp,
}

impl Clicks {
    /// Counts one.
    pub fn add(&self, slug: &str) {
        let (mut counts, last_at) = (self.lock(), Timestamp::now());
        match counts.get_mut(slug) {
            Some(count) => *count = Count { clicks: count.clicks + 1, last_at },
            None => drop(counts.insert(slug.to_owned(), Count { clicks: 1, last_at })),
        }
    }

    /// How many of a link are not written yet.
    pub fn pending(&self, slug: &str) -> i64 {
        self.lock().get(slug).map_or(0, |count| count.clicks)
    }

    /// Writes all that were counted. They stay counted if that fails.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn write(&self, db: &Db) -> Result<(), Error> {
        let _one_at_a_time = self.writing.lock().await;
        let counts: Vec<_> = std::mem::take(&mut *self.lock()).into_iter().collect();
        for (chunk, first) in counts.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
            if let Err(error) = db.execute(update(db.dialect(), chunk)).await {
                self.put_back(&counts[first..]);
                return Err(error);
            }
        }
        Ok(())
    }

    fn put_back(&self, counts: &[(String, Count)]) {
        let mut newer = self.lock();
        for (slug, count) in counts {
            newer.entry(slug.clone()).and_modify(|newer| newer.clicks += count.clicks).or_insert(*count);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
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
            tokio::time::sleep(PERIOD).await;
            if let Err(cause) = clicks.write(&db).await {
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
