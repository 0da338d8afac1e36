//! What channels of several nodes promise, with real brokers between them, and a real proxy before them.

use crate::checks::rust::counted_tests;
use crate::tally::Tally;
use crate::toolbox::apt;
use crate::workshop::Workshop;

/// The tests start servers of their own, and stop them, in the middle of things.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    for program in ["redis-server", "redis-cli"] {
        apt::program(&[program], &["redis-server", "redis-tools"])?;
    }
    apt::program(&["nginx"], &["nginx-light"])?;
    let mut cargo = workshop.cargo();
    cargo.args(["test", "--package", "chat", "--test", "redis", "--no-fail-fast"]);
    counted_tests(&mut cargo)
}
