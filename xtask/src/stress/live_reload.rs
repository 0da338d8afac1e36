//! Channels through a reload: the test of that name, with more people than in the step `brokers`.

use crate::checks::rust::counted_tests_and_said;
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
    let (mut tally, said) = counted_tests_and_said(cargo.env("CHAT_TEST_CROWD", connections.to_string()))?;
    let told = said.lines().find_map(|line| line.strip_prefix("live reload: "));
    tally.note(told.map_or_else(|| format!("{connections} connections"), str::to_owned));
    Ok(tally)
}
