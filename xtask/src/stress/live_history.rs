//! What many heard on channels, held against what was said: the test of that name, for longer than a step may take.

use crate::checks::rust::counted_tests;
use crate::tally::Tally;
use crate::toolbox::apt;
use crate::workshop::Workshop;

pub(crate) const FULL: u64 = 1_000_000;

/// # Errors
/// When Redis or the tests cannot be started.
pub(crate) fn run(workshop: &Workshop, messages: u64) -> Result<Tally, String> {
    for program in ["redis-server", "redis-cli"] {
        apt::program(&[program], &["redis-server", "redis-tools"])?;
    }
    let mut cargo = workshop.cargo();
    cargo.args(["test", "--release", "--package", "chat", "--test", "redis", "what_is_heard", "--", "--nocapture"]);
    let mut tally = counted_tests(cargo.env("CHAT_TEST_MESSAGES", messages.to_string()))?;
    tally.note(format!("{messages} messages"));
    Ok(tally)
}
