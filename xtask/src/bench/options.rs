//! What the command line says about a benchmark.

use super::peer::{PEERS, Peer};
use super::workload::Workload;

pub(crate) const HELP: &str = "\
Usage: cargo xtask bench http [OPTIONS]

Installs the peers, starts each pinned to one core with the load on another, and writes tables and charts: of a complete
run into `docs/benchmarks`, otherwise into `target/xtask/bench/report`.

Options:
  --only PEER,…      These peers only
  --workload W,…     These workloads only
  --seconds N        How long one measurement takes [default: 5]
  --rounds N         How often all is measured; the medians are reported [default: 3]
  --quick            One round of a second each: whether all works, not how fast it is
  --list             Print the peers and the workloads
  --help             Print this text";

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) peers: Vec<&'static Peer>,
    pub(crate) workloads: Vec<Workload>,
    pub(crate) seconds: u64,
    pub(crate) warm_up_seconds: u64,
    pub(crate) rounds: usize,
    is_quick: bool,
}

impl Options {
    /// Reads the words after `bench http`.
    ///
    /// # Errors
    /// On an unknown word, with the word and what would have been understood.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_default();
            match word.as_str() {
                "--only" => options.peers = value().split(',').map(peer_named).collect::<Result<_, _>>()?,
                "--workload" => options.workloads = value().split(',').map(workload_named).collect::<Result<_, _>>()?,
                "--seconds" => options.seconds = number("--seconds", &value())?,
                "--rounds" => options.rounds = number("--rounds", &value())?,
                "--quick" => options.be_quick(),
                other => return Err(format!("Unknown option `{other}`.")),
            }
        }
        Ok(options)
    }

    /// Whether the run may stand in the documentation: everybody, everything, and long enough.
    pub(crate) fn is_complete(&self) -> bool {
        !self.is_quick && self.peers.len() == PEERS.len() && self.workloads.len() == Workload::ALL.len()
    }

    /// The command line of this run.
    pub(crate) fn command_line(&self) -> String {
        let mut line = "cargo xtask bench http".to_owned();
        if self.peers.len() < PEERS.len() {
            let names: Vec<_> = self.peers.iter().map(|peer| peer.name).collect();
            line.push_str(&format!(" --only {}", names.join(",")));
        }
        if self.workloads.len() < Workload::ALL.len() {
            let names: Vec<_> = self.workloads.iter().map(|workload| workload.name()).collect();
            line.push_str(&format!(" --workload {}", names.join(",")));
        }
        line.push_str(&match self.is_quick {
            true => " --quick".to_owned(),
            false => format!(" --seconds {} --rounds {}", self.seconds, self.rounds),
        });
        line
    }

    fn be_quick(&mut self) {
        (self.seconds, self.warm_up_seconds, self.rounds, self.is_quick) = (1, 1, 1, true);
    }
}

impl Default for Options {
    fn default() -> Self {
        let (peers, workloads) = (PEERS.iter().collect(), Workload::ALL.to_vec());
        Self { peers, workloads, seconds: 5, warm_up_seconds: 2, rounds: 3, is_quick: false }
    }
}

/// The names that `--only` and `--workload` understand.
pub(crate) fn list() -> String {
    let peers = PEERS.iter().map(|peer| format!("  {:<22}{}\n", peer.name, peer.label));
    let workloads = Workload::ALL.iter().map(|workload| format!("  {:<22}{}\n", workload.name(), workload.title()));
    format!("Peers:\n{}\nWorkloads:\n{}", peers.collect::<String>(), workloads.collect::<String>())
}

fn peer_named(name: &str) -> Result<&'static Peer, String> {
    let found = PEERS.iter().find(|peer| peer.name == name);
    found.ok_or_else(|| format!("`--only` needs names of peers, not `{name}`: see `cargo xtask bench http --list`."))
}

fn workload_named(name: &str) -> Result<Workload, String> {
    let found = Workload::ALL.into_iter().find(|workload| workload.name() == name);
    found.ok_or_else(|| {
        format!("`--workload` needs names of workloads, not `{name}`: see `cargo xtask bench http --list`.")
    })
}

fn number<N: std::str::FromStr + Default + PartialEq>(option: &str, value: &str) -> Result<N, String> {
    let number = value.parse().ok().filter(|number| *number != N::default());
    number.ok_or_else(|| format!("`{option}` needs a number above 0, not `{value}`."))
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parsed(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_is_chosen_is_in_the_command_line() {
        for line in [" --seconds 5 --rounds 3", " --only axum,kovar --workload json --seconds 2 --rounds 9", " --quick"]
        {
            assert_eq!(parsed(line).map(|options| options.command_line()), Ok(format!("cargo xtask bench http{line}")));
        }
    }

    #[test]
    fn only_a_whole_run_is_complete() {
        let is_complete = |line| parsed(line).map(|options| options.is_complete());
        assert_eq!(is_complete("--seconds 20"), Ok(true));
        for line in ["--quick", "--only axum", "--workload json"] {
            assert_eq!(is_complete(line), Ok(false), "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (line, named) in
            [("--only flask", "`flask`"), ("--workload x", "`x`"), ("--rounds 0", "`0`"), ("-q", "`-q`")]
        {
            let problem = parsed(line).expect_err(line);
            assert!(problem.contains(named), "{line}: {problem}");
        }
    }
}
