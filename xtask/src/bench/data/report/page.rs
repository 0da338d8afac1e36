//! The page: what must hold, what was measured, and how.

use crate::bench::data::measure::LONGEST_LINKS;
use crate::bench::data::measured::{Measured, Sample};
use crate::bench::data::peers::Database;
use crate::bench::data::workload::{App, Workload};
use crate::bench::data::{PeerResult, Results, slow, verdict};
use crate::bench::load;
use crate::bench::options::Named as _;
use crate::bench::page::{commands, head, joined, left_out, named, section, table_of_verdicts, versions};
use crate::bench::table::{Table, number};

pub(super) fn page(results: &Results) -> String {
    let tables = Database::ALL.into_iter().flat_map(|database| {
        results.workloads.iter().map(move |workload| {
            let title = format!("{}, {}", workload.title(), database.title());
            section(&title, &table(results, database, *workload))
        })
    });
    joined([
        head("Benchmarks of the data path", results),
        section("What must hold", &verdicts(results)),
        joined(tables),
        section("Left out", &left_out(results, |measured| measured.loads.failures())),
        section("How it was run", &method(results)),
        section("The command lines", &commands(results, "target/xtask/bench-data")),
        section("Versions", &versions(results)),
    ])
}

/// Each of what must hold, and whether it does.
pub(super) fn verdicts(results: &Results) -> String {
    table_of_verdicts(verdict::all(results))
}

/// Empty when nobody was measured.
fn table(results: &Results, database: Database, workload: Workload) -> String {
    let of_database = results.measured().filter(|(result, _)| Database::of(result.peer) == database);
    let mut rows: Vec<(&PeerResult, &Measured, Sample)> =
        of_database.filter_map(|(result, measured)| Some((result, measured, measured.median(workload)?))).collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by(|left, right| right.2.requests_per_second.total_cmp(&left.2.requests_per_second));
    let heads: &[&str] = match workload {
        Workload::Slow => &["", "p99 ms", "quiet p99 ms", "times", "requests/s"],
        _ => &["", "requests/s", "spread", "p50 ms", "p99 ms", "app CPU µs", "database CPU µs"],
    };
    let mut table = Table::new(heads.iter().copied());
    for (result, measured, sample) in rows {
        let mut row = vec![named(result.peer)];
        row.extend(match workload {
            Workload::Slow => slowed(&sample),
            _ => numbers(&sample, measured.spread(workload)),
        });
        table.row(row);
    }
    table.markdown()
}

fn slowed(sample: &Sample) -> Vec<String> {
    vec![
        milliseconds(sample.p99_us),
        sample.quiet_p99_us.map_or_else(dash, milliseconds),
        sample.times_quiet.map_or_else(dash, number),
        number(sample.requests_per_second),
    ]
}

fn numbers(sample: &Sample, spread: Option<f64>) -> Vec<String> {
    vec![
        number(sample.requests_per_second),
        format!("{:.0} %", spread.unwrap_or_default() * 100.0),
        milliseconds(sample.p50_us),
        milliseconds(sample.p99_us),
        number(sample.app_cpu_us),
        sample.database_cpu_us.map_or_else(dash, number),
    ]
}

fn milliseconds(microseconds: f64) -> String {
    number(microseconds / 1000.0)
}

fn dash() -> String {
    "–".to_owned()
}

fn method(results: &Results) -> String {
    let links = results.workloads.iter().any(|workload| workload.app() == App::Shortener);
    let links = match links {
        true => format!(
            "\n- Short links: a million requests or {} s, whichever is over sooner, in the first round. Each is a read by \
             its slug and a 307; clicks are counted in memory, and written by the peers in one statement a second, by \
             Kovar's `examples/shortener` in statements for many links at a time, each link's at most twice a second.",
            LONGEST_LINKS * results.seconds
        ),
        false => String::new(),
    };
    format!(
        "- `wrk`, one thread, {} connections unless the title says otherwise, on a core of its own, over loopback. It is \
         a closed loop: each connection waits for its answer.\n\
         - Each app has one core (`taskset`) and one worker or process. PostgreSQL runs beside it, as Debian ships it, \
         and on whichever core the kernel gives it, so it shares both; its CPU time is that of all its processes, those \
         included that have ended. On SQLite the database is in the app.\n\
         - CPU time is user and system time, from `/proc`, divided by the requests; the app's in steps of 10 ms.\n\
         - {} rounds; in each, every app in turn is started on a fresh copy of the same analysed tables (10,000 products \
         in 100 categories, or 10,000 links), warmed up for {} s before each workload and measured for {} s. \"Spread\" \
         is how far the rounds lie apart in requests/s, as a part of the median.\n\
         - Pools have 20 connections where there is a pool; Kovar's are its defaults. Statements are prepared once for \
         each connection. Connections do not use TLS.\n\
         - SQLite is in WAL mode with `synchronous=full`, a busy timeout of 5 s and foreign keys: what was answered is on \
         the disk. PostgreSQL commits as it does by default: the same.\n\
         - A read, a list, an insert and an update are one statement each. A bundle is twenty, at once where the library \
         lets a request do so.\n\
         - Beside slow statements: eight clients ask for a `pg_sleep` of two seconds at all times ({} under way), while \
         reads by key are measured; the quiet p99 is of the same round, a moment before.\n\
         - Before anything is measured, every app must answer with the right rows, refuse the same bodies, know what is \
         not there, and bring every click into the database. Whoever is wrong is not measured.\n\
         - Kovar runs with everything on that its server has by default, its log included, which goes to `/dev/null`. \
         **Access logs of the peers are off, which favours them.**{links}\n\
         - The raw numbers of every round are in [data.json](data.json); the apps are in `bench/data-app`, \
         `examples/shortener` and `bench/data-apps`.",
        load::CONNECTIONS,
        results.rounds,
        results.warm_up_seconds,
        results.seconds,
        slow::UNDER_WAY,
    )
}

#[cfg(test)]
mod tests;
