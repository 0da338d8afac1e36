//! Channels through a reload: the test of that name, with more people than a step may have.

use crate::checks::rust::counted_tests;
use crate::tally::Tally;
use crate::toolbox::apt;
use crate::workshop::Workshop;

pub(crate) const FULL: u64 = 10_000;

/// # Errors
/// When Redis or the tests cannot be started.
pub(crate) fn run(workshop: &Workshop, connections: u64) -> Result<Tally, String> {
    for program in ["redis-server", "redis-cli"] {
        apt::program(&[program], &["redis-server", "redis-tools"])?;
    }
    let mut cargo = workshop.cargo();
    cargo.args(["test", "--release", "--package", "chat", "--test", "redis", "a_reload_sends", "--", "--nocapture"]);
    let mut tally = counted_tests(cargo.env("CHAT_TEST_CROWD", connections.to_string()))?;
    tally.note(format!("{connections} connections"));
    Ok(tally)
}
