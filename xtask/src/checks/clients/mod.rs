//! Clients generated from our documents: by the generators that others use, and by our own binary.

mod live;
mod python;
mod typescript;

use std::time::Duration;

use super::documents::documents;
use crate::tally::Tally;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(180);

pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut tally = Tally::default();
    for document in documents(workshop) {
        let typescript = typescript::generate_and_check(workshop, &document);
        tally.case(&format!("openapi-typescript and tsc: {}", document.name), typescript);
        let python = python::generate_and_check(workshop, &document);
        tally.case(&format!("openapi-python-client and mypy: {}", document.name), python);
    }
    match live::run(workshop) {
        Ok(live) => tally += live,
        Err(problem) => tally.fail("our TypeScript client compiles and runs", &problem),
    }
    Ok(tally)
}
