//! Clients generated from our documents: by the generators that others use, and by our own binary.

pub(crate) mod chat;
mod golden;
mod live;
mod page;
mod python;
mod typescript;

use std::time::Duration;

use super::documents::documents;
use crate::tally::Tally;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(180);

/// One of the clients.
type Check = fn(&Workshop) -> Result<Tally, String>;

pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut tally = Tally::default();
    for document in documents(workshop) {
        let typescript = typescript::generate_and_check(workshop, &document);
        tally.case(&format!("openapi-typescript and tsc: {}", document.name), typescript);
        let python = python::generate_and_check(workshop, &document);
        tally.case(&format!("openapi-python-client and mypy: {}", document.name), python);
    }
    let ours: [(&str, Check); 4] = [
        ("the golden TypeScript clients compile and run", golden::run),
        ("our TypeScript client compiles and runs", live::run),
        ("our TypeScript client of channels compiles and runs", chat::run),
        ("the chat's page is what its sources compile to", page::run),
    ];
    for (name, run) in ours {
        match run(workshop) {
            Ok(cases) => tally += cases,
            Err(problem) => tally.fail(name, &problem),
        }
    }
    Ok(tally)
}
