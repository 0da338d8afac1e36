//! Numbers of each thread, so that no two cores write to one line of memory.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use super::durations::Durations;
use super::histogram::Histogram;

/// More threads than this share.
const SHARDS: usize = 16;

/// How many statuses an operation is counted by; more count as 0.
const STATUSES: usize = 16;

/// One set of numbers for each thread; none is made before it is written to.
#[derive(Debug, Default)]
pub(super) struct Shards([OnceLock<Box<Shard>>; SHARDS]);

/// What one thread counted.
#[derive(Debug, Default)]
pub(super) struct Shard {
    statuses: [(AtomicU32, AtomicU64); STATUSES],
    others: AtomicU64,
    durations: Durations,
}

thread_local! {
    static INDEX: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The number of this thread among those that count.
fn index() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    INDEX.with(|index| {
        if index.get() == usize::MAX {
            index.set(NEXT.fetch_add(1, Relaxed) % SHARDS);
        }
        index.get()
    })
}

impl Shards {
    pub(super) fn mine(&self) -> &Shard {
        self.0[index()].get_or_init(Box::default)
    }

    /// The sum over all threads; `None` if none has counted.
    pub(super) fn sum(&self) -> Option<(Vec<(u16, u64)>, Histogram)> {
        let mut statuses = std::collections::BTreeMap::new();
        let mut durations = Histogram::empty();
        let mut is_empty = true;
        for shard in self.0.iter().filter_map(OnceLock::get) {
            is_empty = false;
            for (status, count) in shard.statuses() {
                *statuses.entry(status).or_insert(0) += count;
            }
            shard.durations.add_to(&mut durations);
        }
        (!is_empty).then(|| (statuses.into_iter().collect(), durations))
    }
}

impl Shard {
    pub(super) fn record(&self, status: u16, duration: Duration) {
        self.count_of(status).fetch_add(1, Relaxed);
        self.durations.record(duration);
    }

    /// Finds the number of a status, or takes a free one for it.
    fn count_of(&self, status: u16) -> &AtomicU64 {
        for (known, count) in &self.statuses {
            let taken = match known.load(Relaxed) {
                0 => known.compare_exchange(0, u32::from(status), Relaxed, Relaxed).err().unwrap_or(u32::from(status)),
                taken => taken,
            };
            if taken == u32::from(status) {
                return count;
            }
        }
        &self.others
    }

    fn statuses(&self) -> impl Iterator<Item = (u16, u64)> {
        let known = self.statuses.iter().map(|(status, count)| (status.load(Relaxed), count.load(Relaxed)));
        let known = known.filter(|(status, _)| *status != 0);
        let others = Some((0, self.others.load(Relaxed))).filter(|(_, count)| *count > 0);
        known.chain(others).map(|(status, count)| (u16::try_from(status).unwrap_or(0), count))
    }
}
