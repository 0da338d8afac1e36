//! The cases by their numbers in the suite.

mod basics;
mod closing;
mod compression;
mod limits;
mod text;

use std::fmt;
use std::net::SocketAddr;

use super::echoes::Echoes;
use super::script::{Grade, Script};

/// One case.
pub(super) struct Case {
    number: String,
    what: String,
    plan: Box<dyn Fn() -> Plan + Send + Sync>,
}

/// What a case does. Made when it is run: some are 16 MiB long.
pub(super) enum Plan {
    Script(Script),
    Echoes(Echoes),
}

/// All cases that look at each frame, in order. They are run one after the other.
pub(super) fn of_the_protocol() -> Vec<Case> {
    [basics::cases(), text::cases(), closing::cases(), limits::cases()].into_iter().flatten().collect()
}

/// All cases of compression. They are much work, and none minds another.
pub(super) fn of_compression() -> Vec<Case> {
    compression::cases()
}

impl Case {
    fn script(number: String, what: impl Into<String>, plan: impl Fn() -> Script + Send + Sync + 'static) -> Self {
        Self { number, what: what.into(), plan: Box::new(move || Plan::Script(plan())) }
    }

    fn echoes(number: String, what: impl Into<String>, echoes: Echoes) -> Self {
        Self { number, what: what.into(), plan: Box::new(move || Plan::Echoes(echoes.clone())) }
    }

    /// # Errors
    /// When the server does not do what it should, with that, and with what it does.
    pub(super) fn run(&self, address: SocketAddr) -> Result<Grade, String> {
        match (self.plan)() {
            Plan::Script(script) => script.run(address),
            Plan::Echoes(echoes) => echoes.run(address),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.number, self.what)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{of_compression, of_the_protocol};

    #[test]
    fn there_are_as_many_cases_as_in_the_suite() {
        let all = [of_the_protocol(), of_compression()].into_iter().flatten();
        let numbers: Vec<String> = all.map(|case| case.number).collect();
        let of = |group: &str| numbers.iter().filter(|number| number.split('.').next() == Some(group)).count();
        let groups = ["1", "2", "3", "4", "5", "6", "7", "9", "10", "12", "13"].map(|group| (group, of(group)));
        let expected = [
            ("1", 16),
            ("2", 11),
            ("3", 7),
            ("4", 10),
            ("5", 20),
            ("6", 145),
            ("7", 37),
            ("9", 54),
            ("10", 1),
            ("12", 90),
            ("13", 126),
        ];
        assert_eq!(groups, expected);
        assert_eq!(numbers.len(), 517);
        assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), 517, "no number twice");
    }
}
