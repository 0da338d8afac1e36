//! The page: what was measured, how, and where a peer wins.

use super::chart;
use crate::bench::http::idle::IdleCost;
use crate::bench::http::measure::STARTS;
use crate::bench::http::measured::{Measured, Sample};
use crate::bench::http::peers::is_floor;
use crate::bench::http::workload::{Workload, loads};
use crate::bench::http::{PeerResult, Results};
use crate::bench::load;
use crate::bench::options::Named as _;
use crate::bench::page::{commands, head, joined, left_out, named, section, versions};
use crate::bench::results::median;
use crate::bench::table::{Table, number};

pub(super) fn page(results: &Results) -> String {
    joined([
        head("Benchmarks", results),
        section("CPU µs for each request", &format!("{CPU_INTRODUCTION}\n\n{}", cpu_table(results))),
        section("Where a peer wins", &winners(results)),
        section("Start, memory, size", &format!("{}\n{SIZE_NOTE}", costs_table(results))),
        idle(results),
        workloads(results),
        section("Left out", &left_out(results, |measured| measured.loads.failures())),
        section("How it was run", &method(results)),
        section("The command lines", &commands(results, "target/xtask/bench")),
        section("Versions", &versions(results)),
    ])
}

const CPU_INTRODUCTION: &str = "\
The main number: how much of a core's time a request takes, in user code and in the kernel, over all processes of the \
server. The least of each column is bold; the floor does no work and does not count.";

const SIZE_NOTE: &str = "\
\"To ship\" is the program, or the app with its packages as they are installed, with the runtime that it needs beside \
it. FastAPI's two rows share one environment with both servers in it. Memory of several processes (granian has two) is \
added up, so pages that they share count twice.";

/// One row for each peer, one column for each workload.
pub(super) fn cpu_table(results: &Results) -> String {
    let loads: Vec<Workload> = loads(&results.workloads).collect();
    if loads.is_empty() {
        return String::new();
    }
    let mut table = Table::new(std::iter::once("").chain(loads.iter().map(|workload| workload.short())));
    let least: Vec<f64> = loads.iter().map(|workload| least_cpu(results, *workload)).collect();
    for (result, measured) in results.measured() {
        let cell = |(workload, least): (&Workload, &f64)| match measured.median(*workload) {
            Some(sample) if sample.cpu_us <= *least && !is_floor(result.peer) => {
                format!("**{}**", number(sample.cpu_us))
            }
            Some(sample) => number(sample.cpu_us),
            None => "–".to_owned(),
        };
        table.row(std::iter::once(named(result.peer)).chain(loads.iter().zip(&least).map(cell)).collect());
    }
    for result in results.peers.iter().filter(|result| result.outcome.is_err()) {
        table.row(vec![format!("{} (left out, see below)", result.peer.label)]);
    }
    table.markdown()
}

fn least_cpu(results: &Results, workload: Workload) -> f64 {
    let times = results.measured().filter(|(result, _)| !is_floor(result.peer));
    times.filter_map(|(_, measured)| Some(measured.median(workload)?.cpu_us)).fold(f64::INFINITY, f64::min)
}

type Reading = dyn Fn(&Measured) -> Option<f64>;

/// A number of which less is better, and how it is read.
struct Race {
    what: String,
    unit: &'static str,
    value: Box<Reading>,
}

impl Race {
    fn new(what: impl Into<String>, unit: &'static str, value: impl Fn(&Measured) -> Option<f64> + 'static) -> Self {
        Self { what: what.into(), unit, value: Box::new(value) }
    }

    /// Who is ahead of Kovar, as a line of a list.
    fn line(&self, results: &Results) -> Option<String> {
        let (_, kovar) = results.measured().find(|(result, _)| result.peer.is_kovar())?;
        let mark = (self.value)(kovar)?;
        let rivals = results.measured().filter(|(result, _)| !is_floor(result.peer) && !result.peer.is_kovar());
        let ahead: Vec<String> = rivals
            .filter_map(|(result, measured)| {
                let value = (self.value)(measured).filter(|value| *value < mark)?;
                Some(format!("{} {}", result.peer.label, number(value)))
            })
            .collect();
        let Self { what, unit, .. } = self;
        (!ahead.is_empty()).then(|| format!("- {what}: {} (Kovar {}) {unit}\n", ahead.join("; "), number(mark)))
    }
}

fn winners(results: &Results) -> String {
    let mut races: Vec<Race> = Vec::new();
    for workload in loads(&results.workloads) {
        let title = workload.title();
        races.push(Race::new(title, "CPU µs", move |measured| Some(measured.median(workload)?.cpu_us)));
        races.push(Race::new(format!("{title}, p99"), "ms", move |measured| {
            Some(measured.median(workload)?.p99_us / 1000.0)
        }));
    }
    races.push(Race::new("start to first answer", "ms", |measured| median(measured.started_ms.iter().copied())));
    races.push(Race::new("memory after the first answer", "MB", |measured| megabytes(&measured.idle_kib)));
    races.push(Race::new("memory at its peak under load", "MB", |measured| megabytes(&measured.peak_kib)));
    races.push(Race::new("idle connections", "KiB each", |measured| {
        median(measured.idle.iter().map(|cost| cost.kib_per_connection))
    }));
    races.push(Race::new("size to ship, without the runtime", "MB", |measured| Some(measured.size.bytes as f64 / 1e6)));
    let lines: String = races.iter().filter_map(|race| race.line(results)).collect();
    match lines.is_empty() {
        true => "In nothing that was measured here.".to_owned(),
        false => format!("Whoever is ahead of Kovar, by however little:\n\n{lines}"),
    }
}

fn megabytes(kib: &[f64]) -> Option<f64> {
    median(kib.iter().map(|kib| kib * 1024.0 / 1e6))
}

fn costs_table(results: &Results) -> String {
    let heads = ["", "start, ms", "with 1,000 operations, ms", "RSS at start, MB", "RSS at peak, MB", "to ship, MB"];
    let mut table = Table::new(heads);
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
    for (result, measured) in results.measured() {
        table.row(vec![
            named(result.peer),
            shown(median(measured.started_ms.iter().copied())),
            shown(median(measured.started_with_operations_ms.iter().copied())),
            shown(megabytes(&measured.idle_kib)),
            shown(megabytes(&measured.peak_kib)),
            shipped(measured),
        ]);
    }
    table.markdown()
}

fn shipped(measured: &Measured) -> String {
    let megabytes = |bytes: u64| number(bytes as f64 / 1e6);
    let app = megabytes(measured.size.bytes);
    match measured.size.runtime {
        None => app,
        Some((name, None)) => format!("{app} + {name}"),
        Some((name, Some(bytes))) => format!("{app} + {name} {}", megabytes(bytes)),
    }
}

fn idle(results: &Results) -> String {
    if !results.workloads.contains(&Workload::Idle) {
        return String::new();
    }
    let mut table = Table::new(["", "KiB for each", "CPU ms in a second"]);
    for (result, measured) in results.measured() {
        let of = |number: fn(&IdleCost) -> f64| median(measured.idle.iter().map(number));
        let (memory, cpu) = (of(|cost| cost.kib_per_connection), of(|cost| cost.cpu_ms_per_second));
        let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
        table.row(vec![named(result.peer), shown(memory), shown(cpu)]);
    }
    let text = format!(
        "Each has asked once. At the end, each must answer again: a server that had closed one would not be in the \
         table. A connection's memory in the kernel is not counted.\n\n{}",
        table.markdown()
    );
    section(Workload::Idle.title(), &text)
}

fn workloads(results: &Results) -> String {
    let charts = chart::all(results);
    let picture = |workload: Workload| {
        let chart = charts.iter().find(|chart| chart.file_name() == format!("cpu-{}.svg", workload.name()));
        chart.map_or_else(String::new, |chart| format!("![{}]({})\n\n", chart.title(), chart.file_name()))
    };
    let parts = loads(&results.workloads).map(|workload| {
        let text = format!("{}{}", picture(workload), load_table(results, workload));
        section(workload.title(), &text)
    });
    let rest = charts.iter().filter(|chart| !chart.file_name().starts_with("cpu-"));
    let rest: String = rest.map(|chart| format!("![{}]({})\n\n", chart.title(), chart.file_name())).collect();
    joined(parts.chain([section("Charts of the rest", &rest)]))
}

fn load_table(results: &Results, workload: Workload) -> String {
    let mut rows: Vec<(&PeerResult, &Measured, Sample)> = results
        .measured()
        .filter_map(|(result, measured)| Some((result, measured, measured.median(workload)?)))
        .collect();
    rows.sort_by(|left, right| left.2.cpu_us.total_cmp(&right.2.cpu_us));
    let heads = ["", "CPU µs", "spread", "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "RSS MB"];
    let mut table = Table::new(heads);
    for (result, measured, sample) in rows {
        let milliseconds = |microseconds: f64| number(microseconds / 1000.0);
        table.row(vec![
            named(result.peer),
            number(sample.cpu_us),
            format!("{:.0} %", measured.spread(workload).unwrap_or_default() * 100.0),
            number(sample.requests_per_second),
            milliseconds(sample.p50_us),
            milliseconds(sample.p99_us),
            milliseconds(sample.p999_us),
            number(sample.rss_kib * 1024.0 / 1e6),
        ]);
    }
    table.markdown()
}

fn method(results: &Results) -> String {
    format!(
        "- `wrk`, one thread, {} connections, on a core of its own, over loopback. It is a closed loop: each connection \
         waits for its answer, so percentiles are those of a server at full load, and where a server is quicker than \
         wrk, requests/s measures wrk. That is why CPU time is the main number.\n\
         - Each server has one core (`taskset`) and one worker. CPU time is user and system time of all its processes, \
         from `/proc`, in steps of 10 ms.\n\
         - {} rounds; in each, every server in turn is started, warmed up for {} s and measured for {} s. \"Spread\" is \
         how far the rounds lie apart, as a part of the median.\n\
         - Start to first answer is from the start of the process to the end of its answer to `GET /plaintext`, asked \
         for anew every half millisecond; the median of {} starts a round.\n\
         - Before anything is measured, every server must accept and refuse the same bodies, answer each operation \
         asked for, and compress. Whoever is wrong is not measured. The floor reads where a request ends, and looks at \
         nothing in it.\n\
         - Kovar runs with everything on that its server has by default, its log included, at its default level. The \
         log goes to `/dev/null`. **Access logs of the peers are off, which favours them;** request ids, limits on times \
         and problem details are Kovar's alone in this table.\n\
         - Prices are exact decimals in Rust, Python and Go, and doubles in JavaScript. In Go, the validator sees them as \
         doubles; in Elysia, the two decimals are checked in the handler.\n\
         - Rust programs have the same release profile: thin LTO, one codegen unit. Each has the allocator that it has \
         by default: Kovar's programs mimalloc, the others the system's. Go programs \
         are built with `-trimpath -ldflags=\"-s -w\"`. Keep-alive time-outs are 75 s where the default is shorter, and \
         granian's 60 s, its longest; granian is also \
         allowed more connections than its 1,024.\n\
         - Compression is gzip, level 6; actix-web's is level 1, which it does not let one set. Elysia has none of its \
         own, so its app calls Bun's.\n\
         - The raw numbers of every round are in [results.json](results.json); the apps are in `bench/app` and \
         `bench/apps`.",
        load::CONNECTIONS,
        results.rounds,
        results.warm_up_seconds,
        results.seconds,
        STARTS,
    )
}

#[cfg(test)]
mod tests;
