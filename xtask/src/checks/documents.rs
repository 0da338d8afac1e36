//! Our `OpenAPI` documents, before validators that know nothing of Kovar.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::command::{self, limited};
use crate::tally::Tally;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(120);

/// One `OpenAPI` document of ours.
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

pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut tally = Tally::default();
    tally.case("the committed products document is the one the binary prints", is_current(workshop));
    for document in documents(workshop) {
        tally.case(&format!("openapi-spec-validator: {}", document.name), validate(workshop, &document));
        tally.case(&format!("redocly lint: {}", document.name), lint(workshop, &document));
    }
    Ok(tally)
}

fn is_current(workshop: &Workshop) -> Result<(), String> {
    let printed = command::run(limited(workshop.products()?, LIMIT).arg("openapi"))?;
    let committed = &documents(workshop)[0].path;
    let text =
        fs::read_to_string(committed).map_err(|error| format!("Could not read {}: {error}", committed.display()))?;
    match printed.trim_end() == text.trim_end() {
        true => Ok(()),
        false => Err("It differs: cargo run -p products -- openapi > examples/products/openapi.json".to_owned()),
    }
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
