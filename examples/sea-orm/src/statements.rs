//! What the ORM's statements cost, beside what requests cost.
//!
//! SeaORM calls back after each statement. It does not for `begin`, `commit` and `rollback`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use kovar::http::metrics::{Durations, Kind, Text};
use sea_orm::metric::Info;

/// The words that statements are told apart by; the last is any other.
const WORDS: [&str; 5] = ["SELECT", "INSERT", "UPDATE", "DELETE", "OTHER"];

// ANCHOR: statements
/// What was counted; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<[OfWord; WORDS.len()]>);

#[derive(Debug, Default)]
struct OfWord {
    durations: Durations,
    failures: AtomicU64,
}

impl Statements {
    /// Counts a statement that has run.
    pub fn record(&self, statement: &Info<'_>) {
        let of_word = &self.0[word_of(&statement.statement.sql)];
        of_word.durations.record(statement.elapsed);
        of_word.failures.fetch_add(statement.failed.into(), Relaxed);
    }

    /// Writes what was counted, named as OpenTelemetry names it.
    pub fn write(&self, text: &mut Text) {
        let help = "How long statements took.";
        let mut durations = text.family("db_client_operation_duration_seconds", Kind::Histogram, help);
        for (word, of_word) in WORDS.iter().zip(&*self.0) {
            durations.histogram(&[("db_operation_name", word)], &of_word.durations.histogram());
        }
        let help = "Statements that failed.";
        let mut failures = text.family("db_client_operation_failures_total", Kind::Counter, help);
        for (word, of_word) in WORDS.iter().zip(&*self.0) {
            failures.sample(&[("db_operation_name", word)], of_word.failures.load(Relaxed));
        }
    }
}
// ANCHOR_END: statements

fn word_of(sql: &str) -> usize {
    let word = sql.split_whitespace().next().unwrap_or_default();
    WORDS.iter().position(|known| known.eq_ignore_ascii_case(word)).unwrap_or(WORDS.len() - 1)
}
