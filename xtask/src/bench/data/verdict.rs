//! What must hold beside the peers, and whether it does.

use super::Results;
use super::measured::Sample;
use super::peers::Database;
use super::workload::Workload;
use crate::bench::options::Named as _;
use crate::bench::page::Verdict;
use crate::bench::results::PeerResult;
use crate::bench::table::number;

/// How many times the requests per second of axum with sqlx a read by key has at least.
const READS: f64 = 4.0;
/// How much of its CPU time the app takes for that at most.
const READS_CPU: f64 = 0.4;
/// How many times the inserts per second of axum with sqlx on SQLite there are at least.
const INSERTS: f64 = 10.0;
/// How many times the quiet p99 is never reached beside slow statements.
const SLOWED: f64 = 2.0;

/// All that was measured of what must hold.
pub(super) fn all(results: &Results) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let medians = |database, workload| Medians::of(results, database, workload);
    if let Some(reads) = medians(Database::Postgres, Workload::Read) {
        verdicts.extend(reads.ratio("axum-sqlx", "requests/s", Bound::AtLeast(READS), |s| s.requests_per_second));
        verdicts.extend(reads.ratio("axum-sqlx", "app CPU", Bound::AtMost(READS_CPU), |s| s.app_cpu_us));
    }
    if let Some(inserts) = medians(Database::Sqlite, Workload::Insert) {
        let rate = |sample: &Sample| sample.requests_per_second;
        verdicts.extend(inserts.ratio("axum-sqlx-sqlite", "requests/s", Bound::AtLeast(INSERTS), rate));
    }
    if let Some(slow) = medians(Database::Postgres, Workload::Slow) {
        verdicts.extend(slow.slowed());
    }
    for database in Database::ALL {
        for workload in results.workloads.iter().filter(|workload| **workload != Workload::Slow) {
            verdicts.extend(medians(database, *workload).into_iter().flat_map(|medians| medians.ahead()));
        }
    }
    verdicts
}

#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// What everybody on a database reached in a workload.
struct Medians<'a> {
    what: String,
    kovar: Sample,
    peers: Vec<(&'a str, &'a str, Sample)>,
}

impl<'a> Medians<'a> {
    fn of(results: &'a Results, database: Database, workload: Workload) -> Option<Self> {
        let of_database = results.measured().filter(|(result, _)| Database::of(result.peer) == database);
        let (mut kovar, mut peers) = (None, Vec::new());
        for (PeerResult { peer, .. }, measured) in of_database {
            match measured.median(workload) {
                Some(sample) if peer.is_kovar() => kovar = Some(sample),
                Some(sample) => peers.push((peer.name, peer.label, sample)),
                None => {}
            }
        }
        Some(Self { what: format!("{}, {}", workload.title(), database.title()), kovar: kovar?, peers })
    }

    /// Kovar's number as a multiple of one peer's.
    fn ratio(&self, peer: &str, what: &str, bound: Bound, of: impl Fn(&Sample) -> f64) -> Option<Verdict> {
        let (_, label, sample) = self.peers.iter().find(|(name, ..)| *name == peer)?;
        let ratio = of(&self.kovar) / of(sample);
        let (wanted, holds) = match bound {
            Bound::AtLeast(least) => (format!("≥ {least} × {label}"), ratio >= least),
            Bound::AtMost(most) => (format!("≤ {most} × {label}"), ratio <= most),
        };
        Some(Verdict { what: format!("{}: {what}", self.what), wanted, found: format!("{ratio:.2} ×"), holds })
    }

    fn slowed(&self) -> Option<Verdict> {
        let times = self.kovar.times_quiet?;
        let (wanted, found) = (format!("< {SLOWED} × the quiet p99"), format!("{times:.2} ×"));
        Some(Verdict { what: format!("{}: p99", self.what), wanted, found, holds: times < SLOWED })
    }

    /// More requests per second than any peer, and no longer a p99 than any.
    fn ahead(&self) -> Vec<Verdict> {
        let rate = |sample: &Sample| sample.requests_per_second;
        let p99 = |sample: &Sample| sample.p99_us / 1000.0;
        let Some(fastest) = self.peers.iter().max_by(|one, other| rate(&one.2).total_cmp(&rate(&other.2))) else {
            return Vec::new();
        };
        let Some(calmest) = self.peers.iter().min_by(|one, other| p99(&one.2).total_cmp(&p99(&other.2))) else {
            return Vec::new();
        };
        let (own_rate, own_p99) = (rate(&self.kovar), p99(&self.kovar));
        let verdict = |what: &str, wanted: String, found: String, holds| Verdict {
            what: format!("{}: {what}", self.what),
            wanted,
            found,
            holds,
        };
        vec![
            verdict(
                "requests/s",
                format!("> {} ({})", number(rate(&fastest.2)), fastest.1),
                number(own_rate),
                own_rate > rate(&fastest.2),
            ),
            verdict(
                "p99 ms",
                format!("≤ {} ({})", number(p99(&calmest.2)), calmest.1),
                number(own_p99),
                own_p99 <= p99(&calmest.2),
            ),
        ]
    }
}

#[cfg(test)]
mod tests;
