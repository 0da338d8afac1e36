//! What the framework costs, in instructions and not in seconds: `cargo bench` under valgrind's callgrind.
//!
//! Times on a shared CI machine differ by tens of percent from run to run; instruction counts by less than one.

use crate::command::watched;
use crate::tally::Tally;
use crate::toolbox::apt;
use crate::workshop::Workshop;

/// Runs the bench, which compares with its own bounds and fails past them.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    apt::program(&["valgrind"], &["valgrind"])?;
    let mut cargo = workshop.cargo();
    cargo.args(["bench", "--package", "bench", "--bench", "cost"]);
    let (succeeded, said) = watched(&mut cargo)?;
    let mut tally = Tally::default();
    let ratios: Vec<&str> = said.lines().filter(|line| line.contains("(at most")).collect();
    let outcome = if succeeded { Ok(()) } else { Err("a request costs more than it may: see above".to_owned()) };
    tally.case("a typed, validated POST costs no more than on axum, and diagnosing stays in bounds", outcome);
    ratios.into_iter().for_each(|ratio| tally.note(ratio));
    Ok(tally)
}
