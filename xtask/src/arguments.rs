//! What the command line asks for. By hand, since four words do not need a parser crate.

use std::time::Duration;

use crate::bench;
use crate::step::{self, Step};
use crate::stress::live_history::Broker;
use crate::stress::{self, FullForm};

pub(crate) const HELP: &str = "\
Usage: cargo xtask test [--only STEP]... [--list]
       cargo xtask bench http|data|live [--help]
       cargo xtask soak [--minutes N]
       cargo xtask reloads [--count N]
       cargo xtask kills [--count N]
       cargo xtask history [--reads N]
       cargo xtask live-history [--broker redis|nats] [--messages N]
       cargo xtask live-reload [--connections N]
       cargo xtask slow-clients
       cargo xtask slow-subscribers

`test` sets up what the tests need (Debian packages, Node and Python tools, all pinned) and runs every check.
The last line is `N passed, N failed`; the exit code is 0 when nothing failed.
`bench http` measures Kovar beside what users would pick, `bench data` its way to a database, and `bench live` channels.
`soak`, `reloads`, `kills` and `slow-clients` are the steps of these names in full: half an hour of load with faults,
100 reloads under wrk, 200 times `kill -9` on each database, and 5,000 slow clients up to the default limits.
`history` is the tests of this name in full: a million reads beside writes on a PostgreSQL whose connections are cut, and
10,000 requests that nobody waits for. `live-history` is the same of channels: a million messages between nodes that are
killed, as is the broker between them. `slow-subscribers` also holds how long others wait against how long they do alone. `live-reload` is a reload in the midst of 10,000 connections.

Options of `test`:
  --only STEP   Run this step only; may be given more than once
  --list        Print the steps and what each does
  --help        Print this text

Options of `soak`, `reloads`, `kills`, `history`, `live-history` and `live-reload`:
  --minutes N   How long the soak lasts [default: 30]
  --count N     How often a new process takes over [default: 100], or one is killed [default: 200]
  --reads N     How many reads there are [default: 1000000]; of cancelled requests there are a hundredth
  --messages N  How many messages there are [default: 1000000]
  --connections N  How many connections there are [default: 10000]
  --broker NAME What is between the nodes: redis or nats [default: redis]";

pub(crate) enum Wish {
    Help,
    List,
    Test(Vec<&'static Step>),
    Bench(bench::Wish),
    Stress(FullForm),
}

/// Reads the words after `cargo xtask`.
///
/// # Errors
/// On an unknown word, with the word and what would have been understood.
pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Wish, String> {
    let mut words = words;
    match words.next().as_deref() {
        Some("test") => parse_test(words),
        Some("bench") => bench::Wish::parse(words).map(Wish::Bench),
        Some("soak") => {
            let minutes = parse_number(words, "--minutes", stress::soak::FULL_MINUTES)?;
            Ok(minutes.map_or(Wish::Help, |minutes| {
                Wish::Stress(FullForm::Soak(Duration::from_secs(minutes.saturating_mul(60))))
            }))
        }
        Some("reloads") => {
            let count = parse_number(words, "--count", stress::reloads::FULL)?;
            Ok(count.map_or(Wish::Help, |count| Wish::Stress(FullForm::Reloads(count))))
        }
        Some("kills") => {
            let count = parse_number(words, "--count", stress::kills::FULL)?;
            Ok(count.map_or(Wish::Help, |count| Wish::Stress(FullForm::Kills(count))))
        }
        Some("history") => {
            let reads = parse_number(words, "--reads", stress::history::FULL)?;
            Ok(reads.map_or(Wish::Help, |reads| Wish::Stress(FullForm::History(reads))))
        }
        Some("live-history") => {
            let (broker, words) = parse_broker(words)?;
            let messages = parse_number(words, "--messages", stress::live_history::FULL)?;
            Ok(messages.map_or(Wish::Help, |messages| Wish::Stress(FullForm::LiveHistory(messages, broker))))
        }
        Some("live-reload") => {
            let connections = parse_number(words, "--connections", stress::live_reload::FULL)?;
            Ok(connections.map_or(Wish::Help, |connections| Wish::Stress(FullForm::LiveReload(connections))))
        }
        Some("slow-clients") => parse_nothing(words, FullForm::SlowClients),
        Some("slow-subscribers") => parse_nothing(words, FullForm::SlowSubscribers),
        Some("--help" | "-h" | "help") | None => Ok(Wish::Help),
        Some(other) => {
            let known = "`test`, `bench`, `soak`, `reloads`, `kills`, `history`, `live-history`, `live-reload`, \
                `slow-clients` and `slow-subscribers`";
            Err(format!("Unknown command `{other}`: there are {known}."))
        }
    }
}

fn parse_test(mut words: impl Iterator<Item = String>) -> Result<Wish, String> {
    let mut chosen = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(Wish::Help),
            "--list" => return Ok(Wish::List),
            "--only" => chosen.push(step_named(&words.next().unwrap_or_default())?),
            other => return Err(format!("Unknown option `{other}`.")),
        }
    }
    if chosen.is_empty() {
        chosen.extend(step::STEPS);
    }
    Ok(Wish::Test(chosen))
}

fn parse_nothing(mut words: impl Iterator<Item = String>, form: FullForm) -> Result<Wish, String> {
    match words.next().as_deref() {
        None => Ok(Wish::Stress(form)),
        Some("--help" | "-h") => Ok(Wish::Help),
        Some(other) => Err(format!("Unknown option `{other}`.")),
    }
}

/// The number of the one option there is; `None` when help is wanted.
fn parse_number(mut words: impl Iterator<Item = String>, option: &str, default: u64) -> Result<Option<u64>, String> {
    let mut number = default;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(None),
            word if word == option => {
                let value = words.next().unwrap_or_default();
                let above_zero = value.parse().ok().filter(|number| *number > 0);
                number = above_zero.ok_or_else(|| format!("`{option}` needs a number above 0, not `{value}`."))?;
            }
            other => return Err(format!("Unknown option `{other}`.")),
        }
    }
    Ok(Some(number))
}

/// Which broker is meant, and the other words.
fn parse_broker(words: impl Iterator<Item = String>) -> Result<(Broker, impl Iterator<Item = String>), String> {
    let (mut broker, mut others) = (Broker::Redis, Vec::new());
    let mut words = words;
    while let Some(word) = words.next() {
        if word == "--broker" {
            let name = words.next().unwrap_or_default();
            broker = Broker::named(&name).ok_or_else(|| format!("`--broker` is redis or nats, not `{name}`."))?;
        } else {
            others.push(word);
        }
    }
    Ok((broker, others.into_iter()))
}

fn step_named(name: &str) -> Result<&'static Step, String> {
    let found = step::STEPS.iter().find(|step| step.name == name);
    found.ok_or_else(|| format!("`--only` needs the name of a step, not `{name}`: see `cargo xtask test --list`."))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Wish, parse};
    use crate::bench;
    use crate::stress::FullForm;
    use crate::stress::live_history::Broker;

    fn steps(line: &str) -> Result<Vec<&'static str>, String> {
        match parse(line.split_whitespace().map(str::to_owned))? {
            Wish::Test(steps) => Ok(steps.iter().map(|step| step.name).collect()),
            Wish::Help => Ok(vec!["(help)"]),
            Wish::List => Ok(vec!["(list)"]),
            Wish::Bench(bench::Wish::Say(_)) => Ok(vec!["(bench text)"]),
            Wish::Bench(_) => Ok(vec!["(bench)"]),
            Wish::Stress(form) => Ok(vec![form.name()]),
        }
    }

    #[test]
    fn without_only_every_step_is_run() {
        assert_eq!(steps("test").map(|all| all.len()), Ok(crate::step::STEPS.len()));
    }

    #[test]
    fn only_chooses_in_the_order_given() {
        assert_eq!(steps("test --only guide --only format"), Ok(vec!["guide", "format"]));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (line, named) in [
            ("tset", "`tset`"),
            ("test --ony", "`--ony`"),
            ("test --only x", "`x`"),
            ("test --only", "``"),
            ("bench", "``"),
            ("bench sql", "`sql`"),
            ("soak --minutes 0", "`0`"),
            ("soak --count 5", "`--count`"),
            ("reloads --count", "``"),
            ("slow-clients 5", "`5`"),
            ("history --reads 0", "`0`"),
            ("live-history --broker kafka", "`kafka`"),
            ("live-history --broker nats --reads 5", "`--reads`"),
        ] {
            let problem = steps(line).expect_err(line);
            assert!(problem.contains(named), "{line}: {problem}");
        }
    }

    #[test]
    fn help_is_shown_when_nothing_is_asked() {
        assert_eq!(steps(""), Ok(vec!["(help)"]));
        assert_eq!(steps("test --help"), Ok(vec!["(help)"]));
        for line in ["bench --help", "bench http --quick --help", "bench data --list"] {
            assert_eq!(steps(line), Ok(vec!["(bench text)"]), "{line}");
        }
    }

    #[test]
    fn a_full_form_has_a_length() {
        for (line, minutes) in [("soak", 30), ("soak --minutes 5", 5)] {
            let wish = parse(line.split_whitespace().map(str::to_owned));
            let length = Duration::from_secs(minutes * 60);
            assert!(matches!(wish, Ok(Wish::Stress(FullForm::Soak(found))) if found == length), "{line}");
        }
        assert_eq!(steps("reloads --count 7"), Ok(vec!["reloads"]));
        assert_eq!(steps("slow-clients"), Ok(vec!["slow-clients"]));
        assert_eq!(steps("slow-subscribers"), Ok(vec!["slow-subscribers"]));
        assert_eq!(steps("history --reads 5"), Ok(vec!["history"]));
        assert_eq!(steps("live-history --messages 5"), Ok(vec!["live-history"]));
        assert_eq!(steps("live-reload --connections 5"), Ok(vec!["live-reload"]));
        let wish = parse("live-history --messages 5 --broker nats".split_whitespace().map(str::to_owned));
        assert!(matches!(wish, Ok(Wish::Stress(FullForm::LiveHistory(5, Broker::Nats)))));
        assert_eq!(steps("soak --help"), Ok(vec!["(help)"]));
    }

    #[test]
    fn a_benchmark_has_options_of_its_own() {
        assert_eq!(steps("bench http --quick"), Ok(vec!["(bench)"]));
        assert_eq!(steps("bench data --only kovar"), Ok(vec!["(bench)"]));
        assert_eq!(steps("bench live --only kovar,axum --workload echo"), Ok(vec!["(bench)"]));
        assert!(steps("bench http --only").is_err());
    }
}
