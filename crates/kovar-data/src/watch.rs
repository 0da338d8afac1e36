//! What statements cost: how often each ran, for how long, and which were slow.
//!
//! It is counted around the engines and not in them: what an app waits for is the time in line, too. Each thread counts
//! on its own, under a lock that nobody else wants, and whoever reads adds up. A statement is known by where it stands
//! and by its text without values, where a list is one list however long.

mod cost;
mod slow;
mod tally;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::engine::{Answer, Engine};
use crate::hash::QuickMap;
use crate::{Dialect, Error, Parameter, Statement};

pub use self::cost::StatementCost;
use self::slow::SlowOnes;
pub use self::slow::SlowStatement;
pub use self::tally::{RepeatedStatement, Tally};

/// More threads than this share.
const SHARDS: usize = 16;

/// How many statements each thread knows. Those that come later are not counted: an app has as many as its source.
const STATEMENTS: usize = 4_096;

/// What one database was asked. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Watcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    /// From when on a statement is slow.
    slow: Option<Duration>,
    shards: [Mutex<QuickMap<u64, StatementCost>>; SHARDS],
    slow_ones: SlowOnes,
    /// Told when a message was committed.
    news: Arc<Notify>,
}

/// A statement that runs. Dropped before its end, it counts as dropped.
#[must_use]
pub(crate) struct Watch<'w> {
    watcher: Cow<'w, Watcher>,
    statement: Arc<Statement>,
    key: u64,
    start: Instant,
    /// How much of the time since the start was the database's, where not all of it was.
    spent: Option<Duration>,
    is_over: bool,
}

/// How it ended.
#[derive(Clone, Copy)]
enum Ending {
    Done { rows: u64 },
    Failed,
    Dropped,
}

impl Watcher {
    pub(crate) fn new(engine: Engine, slow: Option<Duration>) -> Self {
        let shards = std::array::from_fn(|_| Mutex::default());
        Self(Arc::new(Inner { engine, slow, shards, slow_ones: SlowOnes::default(), news: Arc::default() }))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.0.engine.dialect()
    }

    pub(crate) fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.0.news)
    }

    /// Counts a statement that is about to run, also in the [`Tally`] of whoever asks.
    pub(crate) fn watch(&self, statement: &Arc<Statement>) -> Watch<'_> {
        let watch = self.watch_alone(statement);
        if !statement.marks().is_repeated {
            tally::count(watch.key, statement);
        }
        watch
    }

    /// The same for one that nobody is told to repeat less: it goes to the database together with others.
    pub(crate) fn watch_alone(&self, statement: &Arc<Statement>) -> Watch<'_> {
        let (statement, key) = (Arc::clone(statement), statement.key());
        Watch { watcher: Cow::Borrowed(self), statement, key, start: Instant::now(), spent: None, is_over: false }
    }

    /// Counts a statement whose rows come by and by.
    pub(crate) fn watch_stream(self, statement: &Arc<Statement>) -> Watch<'static> {
        let watch = self.watch(statement);
        let (statement, key, start) = (Arc::clone(statement), watch.key, watch.start);
        watch.leave();
        Watch { watcher: Cow::Owned(self), statement, key, start, spent: Some(Duration::ZERO), is_over: false }
    }

    /// Counts the insertion of rows, if there are any.
    pub(crate) fn watch_rows(&self, target: &Statement, rows: &[Vec<Parameter>]) -> Option<Watch<'_>> {
        Some(self.watch(&Arc::new(target.insert(rows.first()?.clone()))))
    }

    /// What each statement has cost since the start, those that took the most time first.
    pub(crate) fn costs(&self) -> Vec<StatementCost> {
        let mut costs: HashMap<_, StatementCost> = HashMap::new();
        for shard in &self.0.shards {
            for cost in shard.lock().unwrap_or_else(PoisonError::into_inner).values() {
                let known = costs.entry((cost.origin, cost.text.clone()));
                known.and_modify(|known| known.add(cost)).or_insert_with(|| cost.clone());
            }
        }
        let mut costs: Vec<_> = costs.into_values().collect();
        costs.sort_by(|one, other| other.total.cmp(&one.total).then_with(|| one.text.cmp(&other.text)));
        costs
    }

    pub(crate) fn slow_ones(&self) -> Vec<SlowStatement> {
        self.0.slow_ones.all()
    }

    fn count(&self, key: u64, statement: &Arc<Statement>, took: Duration, ending: Ending) {
        let mut shard = self.0.shards[shard()].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cost) = shard.get_mut(&key) {
            cost.count(took, ending);
        } else if shard.len() < STATEMENTS {
            shard.entry(key).or_insert_with(|| StatementCost::of(statement)).count(took, ending);
        }
        drop(shard);
        if self.0.slow.is_some_and(|slow| took >= slow) && !matches!(ending, Ending::Dropped) {
            self.found_slow(key, statement, took);
        }
    }

    #[cold]
    fn found_slow(&self, key: u64, statement: &Arc<Statement>, took: Duration) {
        if let Ok(runtime) = Handle::try_current()
            && self.0.slow_ones.add(key, statement, took)
        {
            let (asking, statement) = (Asking(self.clone()), Arc::clone(statement));
            runtime.spawn(async move {
                let watched = &asking.0.0;
                watched.slow_ones.explained(key, watched.engine.explain(&statement).await);
            });
        }
    }
}

/// A task that asks for a plan; its runtime may end before it does.
struct Asking(Watcher);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.0.slow_ones.has_asked();
    }
}

impl Watch<'_> {
    pub(crate) fn end(self, outcome: &Result<Answer, Error>) {
        match outcome {
            Ok(answer) => {
                self.done(answer.rows.count().max(answer.changed));
            }
            Err(_) => self.failed(),
        }
    }

    /// Waits for work that gives the number of rows.
    pub(crate) async fn until_counted(self, work: impl Future<Output = Result<u64, Error>>) -> Result<u64, Error> {
        let outcome = work.await;
        match &outcome {
            Ok(rows) => self.done(*rows),
            Err(_) => self.failed(),
        }
        outcome
    }

    /// So many rows were read or changed.
    pub(crate) fn done(self, rows: u64) {
        self.over(Ending::Done { rows });
    }

    pub(crate) fn failed(self) {
        self.over(Ending::Failed);
    }

    /// So much of the time was the database's, and no more.
    pub(crate) fn spend(&mut self, spent: Duration) {
        self.spent = Some(self.spent.unwrap_or_default() + spent);
    }

    fn over(mut self, ending: Ending) {
        self.is_over = true;
        self.watcher.count(self.key, &self.statement, self.took(), ending);
    }

    /// Another watches on.
    fn leave(mut self) {
        self.is_over = true;
    }

    fn took(&self) -> Duration {
        self.spent.unwrap_or_else(|| self.start.elapsed())
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.watcher.count(self.key, &self.statement, self.took(), Ending::Dropped);
        }
    }
}

/// The number of this thread among those that count.
fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! { static MINE: Cell<Option<usize>> = const { Cell::new(None) } }
    MINE.with(|mine| {
        let shard = mine.get().unwrap_or_else(|| NEXT.fetch_add(1, Relaxed) % SHARDS);
        mine.set(Some(shard));
        shard
    })
}

#[cfg(test)]
mod tests;
