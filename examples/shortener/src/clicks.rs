//! Clicks are counted in memory and written twice a second: following a link costs no write.
//!
//! A process that ends in its own way has written all of them; one that is killed has lost what it counted since it
//! wrote last.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kovar::data::Error;
use kovar::prelude::*;

/// How often clicks are written.
const PERIOD: Duration = Duration::from_millis(500);

/// The clicks that are not written yet, by slug. Sorted, so that two processes that write at the same time take the
/// rows in one order, and do not wait for each other in a circle.
#[derive(Debug, Default)]
pub struct Clicks(Mutex<BTreeMap<String, Count>>);

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
        let counts = std::mem::take(&mut *self.lock());
        if counts.is_empty() {
            return Ok(());
        }
        let updates = counts.iter().map(|(slug, count)| {
            sql!(
                "update links set clicks = clicks + {count.clicks}, last_clicked_at = {count.last_at}
                 where slug = {slug}"
            )
        });
        let written = db.batch(updates).await.map(drop);
        if written.is_err() {
            self.put_back(counts);
        }
        written
    }

    fn put_back(&self, counts: BTreeMap<String, Count>) {
        let mut newer = self.lock();
        for (slug, count) in counts {
            newer.entry(slug).and_modify(|newer| newer.clicks += count.clicks).or_insert(count);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
