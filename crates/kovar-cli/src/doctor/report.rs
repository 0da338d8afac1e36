//! How the findings are printed: as a table for people, as JSON for programs.

use serde::Serialize;

use super::finding::{Check, Verdict};

/// What stands for a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// `✓`, `!` and `✗`, in colour.
    Signs,
    /// `ok`, `warn` and `fail`, in ASCII.
    Words,
}

/// A row for each check, what to do below it, and a last line that counts.
pub(super) fn table(checks: &[Check], marks: Marks) -> String {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    let rows = checks.iter().map(|check| row(check, width, marks));
    rows.chain([format!("\n{}\n", totals(checks))]).collect()
}

fn row(check: &Check, width: usize, marks: Marks) -> String {
    let (mark, indent, arrow) = match marks {
        Marks::Signs => (sign(check.finding.verdict), 1, "→"),
        Marks::Words => (word(check.finding.verdict), 4, "->"),
    };
    let row = format!("{mark}  {:width$}  {}\n", check.name, check.finding.found);
    let advice = check.finding.advice.iter().map(|advice| {
        let margin = indent + 2 + width + 2;
        format!("{:margin$}{arrow} {advice}\n", "")
    });
    std::iter::once(row).chain(advice).collect()
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "\x1b[32m✓\x1b[0m",
        Verdict::Warn => "\x1b[33m!\x1b[0m",
        Verdict::Fail => "\x1b[31m✗\x1b[0m",
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok  ",
        Verdict::Warn => "warn",
        Verdict::Fail => "fail",
    }
}

fn totals(checks: &[Check]) -> String {
    let count = |verdict| checks.iter().filter(|check| check.finding.verdict == verdict).count();
    format!("{} ok, {} to look at, {} failing", count(Verdict::Ok), count(Verdict::Warn), count(Verdict::Fail))
}

/// What is printed as JSON: `{"checks": [{"name", "verdict", "found", "advice"}]}`.
#[derive(Debug, Serialize)]
struct Document<'c> {
    checks: &'c [Check],
}

/// A verdict is `ok`, `warn` or `fail`; advice is `null` where all is well.
pub(super) fn json(checks: &[Check]) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Document { checks })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Finding;
    use super::*;

    fn checks() -> [Check; 3] {
        [
            Check::new("disk", Finding::ok("9 GiB free")),
            Check::new("open files", Finding::warn("1,024", "raise it")),
            Check::new("clock", Finding::fail("1970", "set it")),
        ]
    }

    #[test]
    fn a_table_is_aligned_and_says_what_to_do() {
        let expected = "\
ok    disk        9 GiB free
warn  open files  1,024
                  -> raise it
fail  clock       1970
                  -> set it

1 ok, 1 to look at, 1 failing
";
        assert_eq!(table(&checks(), Marks::Words), expected);
        assert!(expected.is_ascii());
    }

    #[test]
    fn a_terminal_gets_signs() {
        let table = table(&checks(), Marks::Signs);
        assert!(
            table.contains("✓\x1b[0m  disk        9 GiB") && table.contains("               → raise it"),
            "{table}"
        );
    }

    #[test]
    fn json_has_every_check() {
        let json: serde_json::Value = serde_json::from_str(&json(&checks()).unwrap()).unwrap();
        assert_eq!(
            json["checks"][1],
            serde_json::json!({"name": "open files", "verdict": "warn", "found": "1,024", "advice": "raise it"})
        );
        assert_eq!(json["checks"][0]["advice"], serde_json::Value::Null);
    }
}
