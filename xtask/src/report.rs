//! What is printed at the end: one row per step, and the line that CI reads.

use std::fmt::Write as _;
use std::time::Duration;

use crate::step::StepResult;
use crate::tally::Tally;

/// The table and, alone on the last line, `N passed, N failed`.
pub(crate) fn table(results: &[StepResult]) -> String {
    let mut text = format!("\n{:<18}{:>8}{:>8}{:>8}  notes\n", "step", "passed", "failed", "time");
    for StepResult { name, tally, took } in results {
        let row = format!("{name:<18}{:>8}{:>8}{:>8}  {}", tally.passed(), tally.failed(), clock(*took), tally.notes());
        let _ = writeln!(text, "{}", row.trim_end());
    }
    let total = total(results);
    let _ = writeln!(text, "\n{} passed, {} failed", total.passed(), total.failed());
    text
}

pub(crate) fn total(results: &[StepResult]) -> Tally {
    results.iter().fold(Tally::default(), |mut total, result| {
        total += result.tally.clone();
        total
    })
}

/// Minutes and seconds: `2:07`.
fn clock(took: Duration) -> String {
    let seconds = took.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::table;
    use crate::step::StepResult;
    use crate::tally::Tally;

    #[test]
    fn the_last_line_holds_the_sum_and_nothing_else() {
        let results = [
            StepResult { name: "format", tally: Tally::new(1, 0), took: Duration::from_secs(1) },
            StepResult { name: "unit", tally: Tally::new(40, 2), took: Duration::from_secs(127) },
        ];
        let text = table(&results);
        assert_eq!(text.lines().last(), Some("41 passed, 2 failed"));
        assert!(text.contains("unit                    40       2    2:07\n"), "{text}");
    }
}
