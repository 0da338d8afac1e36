//! What cargo checks by itself: formatting, lints, tests, documentation.

mod test_output;

use std::process::Command;

use crate::command::watched;
use crate::tally::Tally;
use crate::toolbox::rust::component;
use crate::workshop::Workshop;

pub(crate) fn format(workshop: &Workshop) -> Result<Tally, String> {
    component("fmt", "rustfmt")?;
    one_case(workshop.cargo().args(["fmt", "--all", "--check"]), "cargo fmt --all mends it")
}

pub(crate) fn clippy(workshop: &Workshop) -> Result<Tally, String> {
    component("clippy", "clippy")?;
    let mut cargo = workshop.cargo();
    cargo.args(["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]);
    one_case(&mut cargo, "see the warnings above")
}

/// All but the documentation tests, which have a step of their own. Benchmarks are not run, only linted.
pub(crate) fn unit(workshop: &Workshop) -> Result<Tally, String> {
    counted(workshop, &["--lib", "--bins", "--tests", "--examples"])
}

pub(crate) fn doc(workshop: &Workshop) -> Result<Tally, String> {
    counted(workshop, &["--doc"])
}

pub(crate) fn rustdoc(workshop: &Workshop) -> Result<Tally, String> {
    let mut cargo = workshop.cargo();
    cargo.args(["doc", "--no-deps", "--workspace", "--all-features"]).env("RUSTDOCFLAGS", "-D warnings");
    one_case(&mut cargo, "see the warnings above")
}

/// Runs cargo as one case, which it passes or not.
pub(crate) fn one_case(cargo: &mut Command, advice: &str) -> Result<Tally, String> {
    match watched(cargo)? {
        (true, _) => Ok(Tally::new(1, 0)),
        (false, _) => Err(format!("cargo found something: {advice}.")),
    }
}

fn counted(workshop: &Workshop, targets: &[&str]) -> Result<Tally, String> {
    let mut cargo = workshop.cargo();
    counted_tests(cargo.args(["test", "--workspace", "--all-features", "--no-fail-fast"]).args(targets))
}

/// Runs `cargo test` and counts what it says.
pub(crate) fn counted_tests(cargo: &mut Command) -> Result<Tally, String> {
    counted_tests_and_said(cargo).map(|(tally, _)| tally)
}

/// The same, with what was printed.
pub(crate) fn counted_tests_and_said(cargo: &mut Command) -> Result<(Tally, String), String> {
    let (succeeded, said) = watched(cargo)?;
    let mut tally = test_output::count(&said);
    if !succeeded && tally.failed() == 0 {
        tally.fail("cargo test", "It failed before or between the tests: see the errors above.");
    }
    Ok((tally, said))
}
