//! Our `OpenAPI` and `AsyncAPI` documents, before validators that know nothing of Kovar.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::command::{self, limited};
use crate::tally::Tally;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(120);

/// One document of ours.
pub(crate) struct Document {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
}

/// The documents that every generator and validator has to take: of products, and of the app that uses every feature.
pub(crate) fn documents(workshop: &Workshop) -> [Document; 2] {
    [
        Document { name: "products", path: workshop.root().join("examples/products/openapi.json") },
        Document {
            name: "everything",
            path: workshop.root().join("crates/kovar/tests/golden/everything.openapi.json"),
        },
    ]
}

/// Those of channels: of the chat, and of the app that uses every feature.
fn of_channels(workshop: &Workshop) -> [Document; 2] {
    [
        Document { name: "chat", path: workshop.root().join("examples/chat/asyncapi.json") },
        Document {
            name: "everything",
            path: workshop.root().join("crates/kovar/tests/golden/everything.asyncapi.json"),
        },
    ]
}

pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let [products, chat] = [&documents(workshop)[0], &of_channels(workshop)[0]].map(|document| document.path.clone());
    let outcome = workshop.products().and_then(|binary| is_current(binary, "openapi", &products));
    tally.case("the committed products document is the one the binary prints", outcome);
    let outcome = workshop.example("chat").and_then(|binary| is_current(&binary, "asyncapi", &chat));
    tally.case("the committed chat document is the one the binary prints", outcome);
    for document in documents(workshop) {
        tally.case(&format!("openapi-spec-validator: {}", document.name), validate(workshop, &document));
        tally.case(&format!("redocly lint: {}", document.name), lint(workshop, &document));
    }
    for document in of_channels(workshop) {
        tally.case(&format!("@asyncapi/parser: {}", document.name), parse(workshop, &document));
    }
    Ok(tally)
}

fn is_current(binary: &Path, command: &str, committed: &Path) -> Result<(), String> {
    let printed = command::run(limited(binary, LIMIT).arg(command))?;
    let text =
        fs::read_to_string(committed).map_err(|error| format!("Could not read {}: {error}", committed.display()))?;
    match printed.trim_end() == text.trim_end() {
        true => Ok(()),
        false => Err(format!("It differs: {} {command} > {}", binary.display(), committed.display())),
    }
}

/// What is no error is shown: the parser recommends newer versions of `AsyncAPI` than the one that we write.
fn parse(workshop: &Workshop, document: &Document) -> Result<(), String> {
    let mut parser = workshop.node()?.script(&workshop.source("scripts/asyncapi.mjs"), LIMIT)?;
    let said = command::run(parser.arg(&document.path))?;
    print!("{said}");
    Ok(())
}

fn validate(workshop: &Workshop, document: &Document) -> Result<(), String> {
    let mut validator = workshop.python()?.program("openapi-spec-validator", LIMIT);
    command::run(validator.args(["--validation-errors", "all"]).arg(&document.path)).map(drop)
}

fn lint(workshop: &Workshop, document: &Document) -> Result<(), String> {
    let mut redocly = workshop.node()?.program("redocly", LIMIT);
    redocly.arg("lint").arg("--config").arg(workshop.source("node/redocly.yaml"));
    let said = command::run(redocly.arg("--format=stylish").arg(&document.path))?;
    // Redocly exits with 0 when there are only warnings, and then prints nothing but them on its standard output.
    // To us a warning is a defect, or its rule is turned off with a reason.
    match said.trim() {
        "" => Ok(()),
        warnings => Err(warnings.to_owned()),
    }
}
