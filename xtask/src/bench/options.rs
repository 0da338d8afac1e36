//! What the command line says about a benchmark.

use super::peer::Peer;

/// What a command line names, and a report titles.
pub(crate) trait Named: Copy + PartialEq + 'static {
    fn name(self) -> &'static str;
    fn title(self) -> &'static str;
}

/// What there is to choose from.
#[derive(Debug)]
pub(crate) struct Offer<W: 'static> {
    /// The word after `cargo xtask bench`.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) about: &'static str,
    pub(super) peers: &'static [Peer],
    pub(super) workloads: &'static [W],
}

#[derive(Debug)]
pub(crate) struct Options<W: 'static> {
    offer: &'static Offer<W>,
    pub(super) peers: Vec<&'static Peer>,
    pub(super) workloads: Vec<W>,
    pub(super) seconds: u64,
    pub(super) warm_up_seconds: u64,
    pub(super) rounds: usize,
    pub(super) is_quick: bool,
}

impl<W: Named> Options<W> {
    /// Reads the words after the name of the benchmark.
    ///
    /// # Errors
    /// On an unknown word, with the word and what would have been understood.
    pub(crate) fn parse(offer: &'static Offer<W>, mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::all_of(offer);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_default();
            match word.as_str() {
                "--only" => options.peers = each(&value(), |name| offer.peer(name))?,
                "--workload" => options.workloads = each(&value(), |name| offer.workload(name))?,
                "--seconds" => options.seconds = number("--seconds", &value())?,
                "--rounds" => options.rounds = number("--rounds", &value())?,
                "--quick" => options.be_quick(),
                other => return Err(format!("Unknown option `{other}`.")),
            }
        }
        Ok(options)
    }

    fn all_of(offer: &'static Offer<W>) -> Self {
        let (peers, workloads) = (offer.peers.iter().collect(), offer.workloads.to_vec());
        Self { offer, peers, workloads, seconds: 5, warm_up_seconds: 2, rounds: 3, is_quick: false }
    }

    /// Whether the run may stand in the documentation: everybody, everything, and long enough.
    pub(super) fn is_complete(&self) -> bool {
        !self.is_quick && self.has_all_peers() && self.has_all_workloads()
    }

    /// The command line of this run.
    pub(super) fn command_line(&self) -> String {
        let mut line = format!("cargo xtask bench {}", self.offer.name);
        if !self.has_all_peers() {
            let names: Vec<_> = self.peers.iter().map(|peer| peer.name).collect();
            line.push_str(&format!(" --only {}", names.join(",")));
        }
        if !self.has_all_workloads() {
            let names: Vec<_> = self.workloads.iter().map(|workload| workload.name()).collect();
            line.push_str(&format!(" --workload {}", names.join(",")));
        }
        line.push_str(&match self.is_quick {
            true => " --quick".to_owned(),
            false => format!(" --seconds {} --rounds {}", self.seconds, self.rounds),
        });
        line
    }

    fn has_all_peers(&self) -> bool {
        self.peers.len() == self.offer.peers.len()
    }

    fn has_all_workloads(&self) -> bool {
        self.workloads.len() == self.offer.workloads.len()
    }

    fn be_quick(&mut self) {
        (self.seconds, self.warm_up_seconds, self.rounds, self.is_quick) = (1, 1, 1, true);
    }
}

const OPTIONS: &str = "\
Options:
  --only PEER,…      These peers only
  --workload W,…     These workloads only
  --seconds N        How long one measurement takes [default: 5]
  --rounds N         How often all is measured; the medians are reported [default: 3]
  --quick            One round of a second each: whether all works, not how fast it is
  --list             Print the peers and the workloads
  --help             Print this text";

impl<W: Named> Offer<W> {
    pub(super) fn help(&self) -> String {
        format!("Usage: cargo xtask bench {} [OPTIONS]\n\n{}\n\n{OPTIONS}\n", self.name, self.about)
    }

    /// The names that `--only` and `--workload` understand.
    pub(crate) fn list(&self) -> String {
        let peers = self.peers.iter().map(|peer| format!("  {:<22}{}\n", peer.name, peer.label));
        let workloads =
            self.workloads.iter().map(|workload| format!("  {:<22}{}\n", workload.name(), workload.title()));
        format!("Peers:\n{}\nWorkloads:\n{}", peers.collect::<String>(), workloads.collect::<String>())
    }

    fn peer(&self, name: &str) -> Result<&'static Peer, String> {
        let found = self.peers.iter().find(|peer| peer.name == name);
        found.ok_or_else(|| self.unknown("--only", "peers", name))
    }

    fn workload(&self, name: &str) -> Result<W, String> {
        let found = self.workloads.iter().copied().find(|workload| workload.name() == name);
        found.ok_or_else(|| self.unknown("--workload", "workloads", name))
    }

    fn unknown(&self, option: &str, what: &str, name: &str) -> String {
        format!("`{option}` needs names of {what}, not `{name}`: see `cargo xtask bench {} --list`.", self.name)
    }
}

fn each<T>(names: &str, found: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    names.split(',').map(found).collect()
}

fn number<N: std::str::FromStr + Default + PartialEq>(option: &str, value: &str) -> Result<N, String> {
    let number = value.parse().ok().filter(|number| *number != N::default());
    number.ok_or_else(|| format!("`{option}` needs a number above 0, not `{value}`."))
}

#[cfg(test)]
mod tests {
    use super::Options;
    use crate::bench::http;

    fn parsed(line: &str) -> Result<http::Options, String> {
        Options::parse(&http::OFFER, line.split_whitespace().map(str::to_owned))
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
