//! What an app asks its database for.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kovar_data::{Db, OutboxCounts, RepeatedStatement, StatementCost, Tally};

use super::{Family, Kind, Text};

/// How many statements that are repeated are kept, and how many of the costliest have numbers of their own.
const MOST_REPEATED: usize = 100;
const MOST_STATEMENTS: usize = 200;

/// How much of a statement's text is its label.
const LABEL: usize = 200;

/// The app's database and what is known of its use.
#[derive(Default)]
pub(super) struct Database {
    db: Mutex<Option<Db>>,
    repeated: Mutex<Vec<Repeated>>,
    outbox: Mutex<Option<Arc<OutboxCounts>>>,
}

/// A statement that requests for one operation ran five times or more, each (N+1).
#[derive(Clone, Debug)]
pub struct Repeated {
    /// The operation's method and path.
    pub operation: String,
    /// The statement, and how often the request ran it that did so the most.
    pub statement: RepeatedStatement,
    /// How many requests did.
    pub requests: u64,
    /// The last of them.
    pub at: jiff::Timestamp,
}

impl Database {
    pub(super) fn open(&self, db: Db) {
        *self.db.lock().unwrap_or_else(PoisonError::into_inner) = Some(db);
    }

    pub(super) fn publishes(&self, counts: Arc<OutboxCounts>) {
        *self.outbox.lock().unwrap_or_else(PoisonError::into_inner) = Some(counts);
    }

    pub(super) fn db(&self) -> Option<Db> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those of the most requests first.
    pub(super) fn repeated(&self) -> Vec<Repeated> {
        let mut all = self.lock().clone();
        all.sort_by_key(|repeated| Reverse(repeated.requests));
        all
    }

    pub(super) fn count(&self, operation: &str, tally: &Tally) {
        for statement in tally.repeated() {
            self.count_repeated(operation, statement);
        }
    }

    #[cold]
    fn count_repeated(&self, operation: &str, statement: RepeatedStatement) {
        let (mut all, at) = (self.lock(), jiff::Timestamp::now());
        let known = all.iter_mut().find(|known| {
            known.operation == operation
                && known.statement.origin == statement.origin
                && known.statement.text == statement.text
        });
        if let Some(known) = known {
            known.statement.times = known.statement.times.max(statement.times);
            (known.requests, known.at) = (known.requests + 1, at);
            return;
        }
        if all.len() == MOST_REPEATED {
            return;
        }
        tracing::warn!(
            target: "kovar::data",
            operation,
            statement = statement.text,
            place = %statement.origin,
            times = statement.times,
            "a request ran a statement many times: one with a join or a list would do",
        );
        all.push(Repeated { operation: operation.to_owned(), statement, requests: 1, at });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Repeated>> {
        self.repeated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write_prometheus(&self, text: &mut Text) {
        let Some(db) = self.db() else { return };
        write_statements(&db.statements(), text);
        let mut requests = text.family(
            "kovar_repeated_statement_requests_total",
            Kind::Counter,
            "Requests that ran a statement five times or more.",
        );
        let mut sums: BTreeMap<_, u64> = BTreeMap::new();
        for repeated in self.repeated() {
            let statement = &repeated.statement;
            let labels = (repeated.operation, label(&statement.text), statement.origin.to_string());
            *sums.entry(labels).or_default() += repeated.requests;
        }
        for ((operation, text, place), count) in &sums {
            requests.sample(&[("operation", operation), ("db_query_text", text), ("place", place)], count);
        }
        write_load(&db, text);
        if let Some(counts) = &*self.outbox.lock().unwrap_or_else(PoisonError::into_inner) {
            write_outbox(counts, text);
        }
    }
}

/// What is not among the costliest is left out, so that the number of labels is bounded.
fn write_statements(costs: &[StatementCost], text: &mut Text) {
    let costs = by_labels(costs);
    let help = "How long statements took, with their time in line.";
    let mut durations = text.family("db_client_operation_duration_seconds", Kind::Summary, help);
    for cost in &costs {
        durations.summary(&cost.labels(), cost.total, cost.runs);
    }
    let mut number = |name, help, value: fn(&Labelled) -> u64| {
        let mut family: Family<'_> = text.family(name, Kind::Counter, help);
        for cost in &costs {
            family.sample(&cost.labels(), value(cost));
        }
    };
    number("db_client_operation_rows_total", "Rows that statements gave or changed.", |cost| cost.rows);
    number("db_client_operation_failures_total", "Statements that failed.", |cost| cost.failures);
    number("db_client_operation_dropped_total", "Statements whose end nobody waited for.", |cost| cost.dropped);
}

/// The sums of those that have the same labels.
#[derive(Default)]
struct Labelled {
    text: String,
    place: String,
    total: Duration,
    runs: u64,
    rows: u64,
    failures: u64,
    dropped: u64,
}

impl Labelled {
    fn labels(&self) -> [(&str, &str); 2] {
        [("db_query_text", &self.text), ("place", &self.place)]
    }
}

fn by_labels(costs: &[StatementCost]) -> Vec<Labelled> {
    let mut labelled: Vec<Labelled> = Vec::new();
    for cost in costs.iter().take(MOST_STATEMENTS) {
        let (text, place) = (label(&cost.text), cost.origin.to_string());
        let known = labelled.iter().position(|known| known.text == text && known.place == place);
        let place = known.unwrap_or_else(|| {
            labelled.push(Labelled { text, place, ..Labelled::default() });
            labelled.len() - 1
        });
        let sum = &mut labelled[place];
        sum.total += cost.total;
        sum.runs += cost.runs;
        sum.rows += cost.rows;
        sum.failures += cost.failures;
        sum.dropped += cost.dropped;
    }
    labelled
}

fn label(text: &str) -> String {
    text.chars().take(LABEL).collect()
}

fn write_outbox(counts: &OutboxCounts, text: &mut Text) {
    let mut counter = |name, help, value: u64| {
        text.family(name, Kind::Counter, help).sample(&[], value);
    };
    counter("kovar_outbox_published_total", "Messages that were published.", counts.published());
    counter("kovar_outbox_failed_total", "Tries to publish a message that failed.", counts.failed());
    counter("kovar_outbox_parked_total", "Messages that were given up.", counts.parked());
    let help = "How long the oldest message has waited, by the process that publishes.";
    text.family("kovar_outbox_oldest_seconds", Kind::Gauge, help).sample(&[], counts.oldest().as_secs_f64());
}

fn write_load(db: &Db, text: &mut Text) {
    let load = db.load();
    let mut gauge = |name, help, value: usize| {
        text.family(name, Kind::Gauge, help).sample(&[], value);
    };
    gauge("kovar_database_reading", "Single statements that read now, or wait to.", load.reading);
    gauge("kovar_database_writing", "Single statements that wait to write.", load.writing);
    gauge("kovar_database_connections_lent", "Connections that one caller has to itself.", load.lent);
    gauge("kovar_database_connections_lent_max", "How many of those there may be.", load.most_lent);
    gauge("kovar_database_lanes", "Connections that single statements share.", load.lanes);
}
