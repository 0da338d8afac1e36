//! How many answers of which status each operation gave, by its clients and by the program itself.

use std::collections::BTreeMap;

/// Counts by operation and status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers(BTreeMap<(String, u16), u64>);

impl Answers {
    pub(super) fn add(&mut self, operation: &str, status: u16, count: u64) {
        *self.0.entry((operation.to_owned(), status)).or_default() += count;
    }

    pub(super) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// What all processes of a program printed at their ends: `answered OPERATION STATUS COUNT`.
    pub(super) fn of_log(log: &str) -> Self {
        let mut answers = Self::default();
        for words in log.lines().filter_map(|line| line.strip_prefix("answered ")) {
            let words: Vec<&str> = words.split(' ').collect();
            if let [operation, status, count] = words[..]
                && let (Ok(status), Ok(count)) = (status.parse(), count.parse())
            {
                answers.add(operation, status, count);
            }
        }
        answers
    }

    /// Without operations of which nobody knows how many answers there should be.
    pub(super) fn without(mut self, operations: &[&str]) -> Self {
        self.0.retain(|(operation, _), _| !operations.contains(&operation.as_str()));
        self
    }

    /// # Errors
    /// When the two differ: with each difference.
    pub(super) fn same_as(&self, counted: &Self) -> Result<(), String> {
        let keys = self.0.keys().chain(counted.0.keys().filter(|key| !self.0.contains_key(key)));
        let of = |answers: &Self, key| answers.0.get(key).copied().unwrap_or(0);
        let differing = keys.filter(|key| of(self, key) != of(counted, key));
        let texts: Vec<String> = differing
            .map(|key| format!("{} {}: {} came, {} were given", key.0, key.1, of(self, key), of(counted, key)))
            .collect();
        if texts.is_empty() { Ok(()) } else { Err(texts.join("; ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::Answers;

    #[test]
    fn the_log_of_several_processes_is_added_up() {
        let log = "Listening\nanswered a 200 3\n{\"message\":\"answered\"}\nanswered a 200 4\nanswered b 422 1\n";
        let answers = Answers::of_log(log);
        let mut expected = Answers::default();
        expected.add("a", 200, 7);
        expected.add("b", 422, 1);
        assert_eq!(answers, expected);
        assert_eq!(answers.total(), 8);
    }

    #[test]
    fn one_more_or_less_is_seen() {
        let (mut came, mut given) = (Answers::default(), Answers::default());
        came.add("a", 200, 7);
        given.add("a", 200, 8);
        given.add("b", 500, 1);
        assert_eq!(came.same_as(&came), Ok(()));
        let told = "a 200: 7 came, 8 were given; b 500: 0 came, 1 were given";
        assert_eq!(came.same_as(&given), Err(told.to_owned()));
        assert!(came.same_as(&given.without(&["b"])).is_err());
    }
}
