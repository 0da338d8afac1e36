//! The page: what must hold, what was measured, and how.

use crate::bench::live::measured::{Measured, Sample};
use crate::bench::live::peers::{ABSENT, BARE, reason};
use crate::bench::live::workload::Workload;
use crate::bench::live::{PeerResult, Results, verdict};
use crate::bench::options::Named as _;
use crate::bench::page::{commands, head, joined, left_out, named, section, table_of_verdicts, versions};
use crate::bench::table::{Table, number};

pub(super) fn page(results: &Results) -> String {
    let tables = results.workloads.iter().map(|workload| section(workload.title(), &table(results, *workload)));
    let absent = format!("{}{ABSENT}", left_out(results, |measured| measured.samples.failures()));
    joined([
        head("Benchmarks of channels", results),
        section("What must hold", &verdicts(results)),
        joined(tables),
        section("Left out", &absent),
        section("How it was run", &method(results)),
        section("The command lines", &commands(results, "target/xtask/bench-live")),
        section("Versions", &versions(results)),
    ])
}

/// Each of what must hold, and whether it does.
pub(super) fn verdicts(results: &Results) -> String {
    table_of_verdicts(verdict::all(results))
}

/// The best first, and last who does not do it, with the reason below. Empty when nobody was measured.
fn table(results: &Results, workload: Workload) -> String {
    let mut rows: Vec<(&PeerResult, &Measured, Sample)> = results
        .measured()
        .filter_map(|(result, measured)| Some((result, measured, measured.median(workload)?)))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by(|left, right| rank(workload, &left.2).total_cmp(&rank(workload, &right.2)));
    let heads = heads(workload);
    let mut table = Table::new(heads.iter().copied());
    for (result, measured, sample) in rows {
        let mut row = vec![named(result.peer)];
        row.extend(numbers(results, workload, &sample));
        row.push(measured.spread(workload).map_or_else(dash, |spread| format!("{:.0} %", spread * 100.0)));
        table.row(row);
    }
    let mut reasons = String::new();
    for (result, _) in results.measured() {
        let Some(reason) = reason(result.peer, workload) else { continue };
        if result.peer.name == BARE {
            continue;
        }
        let mut row = vec![named(result.peer)];
        row.resize_with(heads.len(), dash);
        table.row(row);
        reasons.push_str(&format!("\n{}: {reason}.\n", result.peer.label));
    }
    format!("{}{reasons}", table.markdown())
}

fn heads(workload: Workload) -> &'static [&'static str] {
    match workload {
        Workload::Idle => &["", "RSS, bytes each", "of that anonymous", "kernel, bytes each", "spread"],
        Workload::Connect => &["", "connections/s", "CPU µs", "p50 ms", "p99 ms", "spread"],
        Workload::FanOut => {
            &["", "deliveries/s", "CPU µs", "times one `send`", "all have it after, ms", "p50 ms", "p99 ms", "spread"]
        }
        Workload::Topics => &["", "deliveries/s", "CPU µs", "p50 ms", "p99 ms", "p99.9 ms", "spread"],
        Workload::Latency => &["", "p50 ms", "p99 ms", "p99.9 ms", "CPU µs", "core busy", "spread"],
        Workload::Echo => &["", "echoes/s", "CPU µs", "p50 ms", "p99 ms", "p99.9 ms", "spread"],
        Workload::Recovery => {
            &["", "all have all after, ms", "messages/s", "CPU µs", "RSS afterwards, bytes each", "spread"]
        }
    }
}

/// What a table is ordered by, the least first.
fn rank(workload: Workload, sample: &Sample) -> f64 {
    let rank = match workload {
        Workload::Idle => sample.memory.map(|memory| memory.rss),
        Workload::Latency => sample.waits.map(|waits| waits.p99_us),
        Workload::Recovery => sample.last_ms,
        _ => sample.per_second.map(|rate| -rate),
    };
    rank.unwrap_or(f64::MAX)
}

fn numbers(results: &Results, workload: Workload, sample: &Sample) -> Vec<String> {
    let shown = |value: Option<f64>| value.map_or_else(dash, number);
    let bytes = |value: Option<f64>| value.map_or_else(dash, |value| number(value.round()));
    let rate = shown(sample.per_second);
    let cpu = shown(sample.cpu_us);
    let [p50, p99, p999] = [
        sample.waits.map(|waits| waits.p50_us),
        sample.waits.map(|waits| waits.p99_us),
        sample.waits.map(|waits| waits.p999_us),
    ]
    .map(|us| shown(us.map(|us| us / 1000.0)));
    let last = shown(sample.last_ms);
    match workload {
        Workload::Idle => vec![
            bytes(sample.memory.map(|memory| memory.rss)),
            bytes(sample.memory.map(|memory| memory.anonymous)),
            bytes(sample.memory.map(|memory| memory.kernel)),
        ],
        Workload::Connect => vec![rate, cpu, p50, p99],
        Workload::FanOut => {
            let times = verdict::times_a_send(results, workload, sample);
            vec![rate, cpu, times.map_or_else(dash, |times| format!("{times:.2}")), last, p50, p99]
        }
        Workload::Topics | Workload::Echo => vec![rate, cpu, p50, p99, p999],
        Workload::Latency => {
            let busy = sample.busy.map_or_else(dash, |(server, _)| format!("{:.0} %", server * 100.0));
            vec![p50, p99, p999, cpu, busy]
        }
        Workload::Recovery => vec![last, rate, cpu, bytes(sample.memory.map(|memory| memory.rss))],
    }
}

fn dash() -> String {
    "–".to_owned()
}

fn method(results: &Results) -> String {
    format!(
        "- The load is one thread on `epoll` with a core of its own, over loopback. It speaks to each server in that one's \
         own protocol, counts every message of every connection, and ends the measurement if one is lost, comes twice or \
         out of order. How busy it was is in the raw numbers, as `load_busy`; near 1, a server might do more; while latencies are measured it never sleeps.\n\
         - Each server has one core (`taskset`) and one process. {} rounds; in each, every server in turn is started for \
         each of: one topic, many topics, echoes, and coming again. Warmed up for {} s and measured for {} s.\n\
         - A message is about a hundred bytes of JSON: a number, a time, a name and a few words. It is published by a \
         client over its own connection, read and held to its contract by the server (Centrifugo passes it on as it is), \
         and comes to a subscriber in whatever frame the protocol has.\n\
         - CPU time is the server's, all threads, user and system, from `schedstat` in `/proc`. Over loopback the sender \
         does the receiver's part of the kernel's work, too, in every row alike.\n\
         - One `send`: `bench/live-app/src/bin/bench-live-bare.rs` calls `send` on each of 10,000 connections in a loop, \
         with a frame as long as Kovar's, in the same rounds under the same load.\n\
         - Idle connections have subscribed to one topic. RSS is what `/proc/PID/status` says, two seconds after the last \
         has opened, less what it said before the first. The kernel's memory is what its slabs (`Slab` in \
         `/proc/meminfo`) and the buffers of TCP (`mem` in `/proc/net/sockstat`) have grown by meanwhile, on the whole \
         machine: that of both ends, so the row of the bare loop is what a pair of sockets takes.\n\
         - Connections are opened 100 at a time; one is open when the server has said that it has subscribed.\n\
         - One message to 10,000 is published when all have the one before it.\n\
         - To many topics, 16 clients publish; each waits until all ten have its message. Latencies are measured at a \
         steady rate beside those 10,000 connections, and a wait begins when the message was due, whether or not the \
         load was late.\n\
         - Who comes again has had one message, was cut off, and has missed a hundred. All come as fast as the server \
         takes them, 500 handshakes at a time, each says where it was, and must get the hundred in order and nothing else. \
         CPU time is of each of those messages; RSS is that of two seconds later, less what it was before anybody came.\n\
         - Before anything is measured, everything is done once with 60 connections; whoever is wrong is not measured.\n\
         - Kovar runs with everything on that its server has by default, its log included, which goes to `/dev/null`. \
         **Access logs of the peers are off, which favours them.** Nobody compresses.\n\
         - The raw numbers of every round are in [live.json](live.json); the apps are in `bench/live-app` and \
         `bench/live-apps`.",
        results.rounds, results.warm_up_seconds, results.seconds,
    )
}

#[cfg(test)]
mod tests;
