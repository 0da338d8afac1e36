//! What the framework costs, in instructions and not in seconds: `cargo bench` under valgrind's callgrind.
//!
//! Times on a shared CI machine differ by tens of percent from run to run; instruction counts by less than one.

use crate::tally::Tally;
use crate::workshop::Workshop;

/// Not measured yet: there is no benchmark in the workspace.
#[expect(clippy::unnecessary_wraps, reason = "it will fail once there is something to measure")]
pub(crate) fn run(_workshop: &Workshop) -> Result<Tally, String> {
    let mut tally = Tally::default();
    tally.note("no benchmark yet");
    Ok(tally)
}
