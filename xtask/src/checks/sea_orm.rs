//! The example on SeaORM, a workspace of its own, so that nobody builds an ORM who does not want to.

use std::process::Command;

use crate::checks::rust::{counted_tests, one_case};
use crate::tally::Tally;
use crate::workshop::Workshop;

pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut tally = one_case(cargo(workshop).args(["fmt", "--check"]), "cargo fmt in examples/sea-orm mends it")?;
    let mut clippy = cargo(workshop);
    tally += one_case(clippy.args(["clippy", "--all-targets", "--", "-D", "warnings"]), "see the warnings above")?;
    tally += counted_tests(&mut test(workshop))?;
    Ok(tally)
}

/// The tests of the example.
pub(crate) fn test(workshop: &Workshop) -> Command {
    let mut cargo = cargo(workshop);
    cargo.args(["test", "--no-fail-fast"]);
    cargo
}

/// What both workspaces build alike is built once.
fn cargo(workshop: &Workshop) -> Command {
    let mut cargo = workshop.cargo();
    cargo.current_dir(workshop.root().join("examples/sea-orm")).env("CARGO_TARGET_DIR", workshop.target(""));
    cargo
}
