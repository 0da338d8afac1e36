//! Reading what our own scripts print: a line `ok NAME` or `not ok NAME: REASON` for each case (a small part of TAP).

use std::process::Command;

use crate::command::run;
use crate::tally::Tally;

/// Runs a script and counts its cases. A script that ends early, or without any case, has failed.
pub(crate) fn run_script(name: &str, script: &mut Command) -> Tally {
    let (said, ending) = match run(script) {
        Ok(said) => (said, Ok(())),
        Err(problem) => (problem.clone(), Err(problem)),
    };
    let mut tally = count(&said);
    match ending {
        // Its failed cases, already counted, are why it did not exit with 0.
        Err(problem) if tally.failed() == 0 => tally.fail(name, &problem),
        Ok(()) if tally.passed() == 0 => tally.fail(name, "It printed no case."),
        _ => {}
    }
    tally
}

fn count(said: &str) -> Tally {
    let mut tally = Tally::default();
    for line in said.lines() {
        if let Some(name) = line.strip_prefix("ok ") {
            tally.pass(name);
        } else if let Some(case) = line.strip_prefix("not ok ") {
            let (name, reason) = case.split_once(": ").unwrap_or((case, "no reason given"));
            tally.fail(name, reason);
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::run_script;
    use crate::command::limited;

    fn check(script: &str, passed: u64, failed: u64) {
        let tally = run_script("script", limited("sh", Duration::from_secs(5)).args(["-c", script]));
        assert_eq!((tally.passed(), tally.failed()), (passed, failed), "{script}");
    }

    #[test]
    fn cases_are_counted_once() {
        check("echo ok one; echo ok two", 2, 0);
        check("echo ok one; echo 'not ok two: why'; exit 1", 1, 1);
    }

    #[test]
    fn a_script_cannot_pass_by_dying_or_by_silence() {
        check("echo ok one; exit 1", 1, 1);
        check("true", 0, 1);
    }
}
