//! How many tests of a step passed and failed.

use std::ops::AddAssign;

/// The count of one step, built up case by case.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    notes: Vec<String>,
}

impl Tally {
    pub(crate) fn new(passed: u64, failed: u64) -> Self {
        Self { passed, failed, notes: Vec::new() }
    }

    pub(crate) fn passed(&self) -> u64 {
        self.passed
    }

    pub(crate) fn failed(&self) -> u64 {
        self.failed
    }

    /// Something the table should say beside the counts, such as how many requests were sent.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    pub(crate) fn notes(&self) -> String {
        self.notes.join("; ")
    }

    /// Counts one case and prints it.
    pub(crate) fn case(&mut self, name: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.pass(name),
            Err(reason) => self.fail(name, &reason),
        }
    }

    pub(crate) fn pass(&mut self, name: &str) {
        println!("ok      {name}");
        self.passed += 1;
    }

    pub(crate) fn fail(&mut self, name: &str, reason: &str) {
        println!("FAILED  {name}\n{}", indented(reason));
        self.failed += 1;
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.notes.extend(other.notes);
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("        {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn cases_add_up() {
        let mut tally = Tally::new(2, 0);
        tally.case("good", Ok(()));
        tally.case("bad", Err("because".to_owned()));
        tally += Tally::new(10, 5);
        assert_eq!((tally.passed(), tally.failed()), (13, 6));
    }
}
