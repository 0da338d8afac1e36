//! What channels of several nodes promise, with real brokers between them, and a real proxy before them.

use crate::checks::rust::counted_tests;
use crate::tally::Tally;
use crate::toolbox::apt;
use crate::workshop::Workshop;

/// What both the example and the tests are built with: as other steps build it, so that it is built once.
const PACKAGE: [&str; 3] = ["--package", "kovar", "--all-features"];

/// The tests start servers of their own, and stop them, in the middle of things.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    install()?;
    let mut tally = test(workshop, &[], &[], &[])?;
    apt::program(&["redis-cli"], &["redis-tools"])?;
    apt::program(&["nginx"], &["nginx-light"])?;
    let mut chat = workshop.cargo();
    chat.args(["test", "--package", "chat", "--test", "redis", "--no-fail-fast"]);
    tally += counted_tests(&mut chat)?;
    Ok(tally)
}

/// Sees to it that the brokers are there.
pub(crate) fn install() -> Result<(), String> {
    apt::program(&["redis-server"], &["redis-server"])?;
    apt::program(&["nats-server"], &["nats-server"])?;
    Ok(())
}

/// Runs the tests of brokers, once the node that they start is built.
pub(crate) fn test(
    workshop: &Workshop,
    build: &[&str],
    tests: &[&str],
    environment: &[(&str, &str)],
) -> Result<Tally, String> {
    let mut node = workshop.cargo();
    node.arg("build").args(build).args(PACKAGE).args(["--example", "rooms"]);
    crate::command::run(&mut node)?;
    let mut cargo = workshop.cargo();
    cargo.arg("test").args(build).args(PACKAGE).args(["--test", "brokers", "--no-fail-fast"]).args(tests);
    counted_tests(cargo.envs(environment.iter().copied()))
}
