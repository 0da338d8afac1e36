//! Counting the tests that `cargo test` ran.
//!
//! From the summary line of each test binary: the JSON output of libtest is not stable.

use crate::tally::Tally;

/// Sums up every `test result:` line of the output of `cargo test`.
///
/// A test that fails *inside* another's output (a test that runs cargo itself, such as `trybuild`) prints indented or
/// captured text, never a line that starts so.
pub(crate) fn count(output: &str) -> Tally {
    let mut sum = Tally::default();
    let mut ignored = 0;
    for summary in output.lines().filter_map(|line| line.strip_prefix("test result: ")) {
        sum += Tally::new(number_before(summary, " passed"), number_before(summary, " failed"));
        ignored += number_before(summary, " ignored");
    }
    if ignored > 0 {
        sum.note(format!("{ignored} ignored"));
    }
    sum
}

/// The `12` of `ok. 12 passed; 0 failed`, for ` passed`.
fn number_before(summary: &str, word: &str) -> u64 {
    let before = summary.split_once(word).map_or("", |(before, _)| before);
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::count;
    use crate::tally::Tally;

    fn check(output: &str, passed: u64, failed: u64, notes: &str) {
        let tally: Tally = count(output);
        assert_eq!((tally.passed(), tally.failed(), tally.notes().as_str()), (passed, failed, notes));
    }

    #[test]
    fn every_binary_is_summed_up() {
        let output = "\
running 2 tests
test a ... ok
test b ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

running 3 tests
test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.20s
";
        check(output, 3, 1, "1 ignored");
    }

    #[test]
    fn only_whole_lines_count() {
        check("  test result: ok. 5 passed; 0 failed; 0 ignored;\nprinted: test result: ok. 5 passed;", 0, 0, "");
        check("", 0, 0, "");
    }

    #[test]
    fn a_broken_summary_is_nothing_and_not_a_panic() {
        check("test result: \ntest result: ok. many passed; some failed;", 0, 0, "");
    }
}
