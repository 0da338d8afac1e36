//! What the pages of all benchmarks say in the same words.

use super::options::Named;
use super::peer::Peer;
use super::results::Results;
use super::table::Table;

/// The title, and when, where and how it was run.
pub(super) fn head<W: Named, M>(title: &str, results: &Results<W, M>) -> String {
    let machine = &results.machine;
    let caution = match results.is_complete {
        true => "",
        false => "\n**This is a quick or partial run: it shows that all works, not how fast it is.**\n",
    };
    format!(
        "# {title}\n\nWritten by `{}` on {} at commit {}: {}, {} cores, {}.\n{caution}\n\
         The server has one core and the load another. {}.\n",
        results.command_line,
        machine.date,
        machine.commit,
        machine.processor,
        machine.cores,
        machine.kernel,
        measurements(results),
    )
}

fn measurements<W, M>(results: &Results<W, M>) -> String {
    match results.rounds {
        1 => format!("Each number is one measurement of {} s", results.seconds),
        rounds => format!("Each number is the median of {rounds} rounds of {} s", results.seconds),
    }
}

/// All parts that say something.
pub(super) fn joined(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Empty when there is nothing to say.
pub(super) fn section(title: &str, text: &str) -> String {
    match text.trim().is_empty() {
        true => String::new(),
        false => format!("## {title}\n\n{}\n", text.trim_end()),
    }
}

pub(super) fn named(peer: &Peer) -> String {
    if peer.is_kovar() { format!("**{}**", peer.label) } else { peer.label.to_owned() }
}

/// Who was not measured, or not in everything, and why.
pub(super) fn left_out<W: Named, M>(results: &Results<W, M>, failures: impl Fn(&M) -> &[(W, String)]) -> String {
    let mut text = String::new();
    for result in &results.peers {
        match &result.outcome {
            Err(why) => text.push_str(&format!("- {}: {}\n", result.peer.label, one_line(why))),
            Ok(measured) => {
                for (workload, why) in failures(measured) {
                    text.push_str(&format!("- {}, {}: {}\n", result.peer.label, workload.title(), one_line(why)));
                }
            }
        }
    }
    text
}

/// The beginning of a reason; all of it was printed during the run.
fn one_line(why: &str) -> String {
    why.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

/// How each was started; `made` is where the benchmark builds.
pub(super) fn commands<W, M>(results: &Results<W, M>, made: &str) -> String {
    let lines = results.peers.iter().map(|result| {
        let environment: String =
            result.peer.environment.iter().map(|(name, value)| format!("{name}={value} ")).collect();
        let command = result.peer.command.replace("{made}", made).replace("{release}", "target/release");
        format!("{:<24}{environment}{command}\n", result.peer.name)
    });
    format!("```text\n{}```", lines.collect::<String>())
}

pub(super) fn versions<W, M>(results: &Results<W, M>) -> String {
    let told = |versions: &[(String, String)]| {
        versions.iter().map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>().join(", ")
    };
    let peers = results.peers.iter().map(|result| format!("- {}: {}\n", result.peer.label, told(&result.versions)));
    let tools = results.machine.tools.iter().map(|(name, version)| format!("- `{name}`: {version}\n"));
    peers.chain(tools).collect()
}

/// One thing that must hold.
#[derive(Debug, PartialEq)]
pub(in crate::bench) struct Verdict {
    pub(in crate::bench) what: String,
    pub(in crate::bench) wanted: String,
    pub(in crate::bench) found: String,
    pub(in crate::bench) holds: bool,
}

/// Each of what must hold, and whether it does. Empty when nothing of it was measured.
pub(super) fn table_of_verdicts(verdicts: Vec<Verdict>) -> String {
    if verdicts.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["", "wanted", "Kovar", "holds"]);
    for verdict in verdicts {
        let holds = if verdict.holds { "yes" } else { "**no**" };
        table.row(vec![verdict.what, verdict.wanted, verdict.found, holds.to_owned()]);
    }
    table.markdown()
}
