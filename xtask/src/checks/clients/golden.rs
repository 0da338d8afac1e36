//! The golden clients of `kovar-contract`, compiled with the strictest flags and driven against servers that misbehave.

use super::LIMIT;
use crate::checks::script_output::run_script;
use crate::command::limited;
use crate::tally::Tally;
use crate::workshop::Workshop;

pub(super) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let modules = workshop.node()?.folder().join("node_modules");
    let script = workshop.root().join("crates/kovar-contract/tests/typescript/check.mjs");
    Ok(run_script("golden TypeScript clients", limited("node", LIMIT).arg(script).arg(modules)))
}
