//! `openapi-typescript`, and the strict TypeScript compiler over what it wrote.

use std::path::Path;

use super::LIMIT;
use crate::checks::documents::Document;
use crate::command::run;
use crate::temporary::emptied;
use crate::toolbox::NodeTools;
use crate::workshop::Workshop;

pub(super) fn generate_and_check(workshop: &Workshop, document: &Document) -> Result<(), String> {
    let node = workshop.node()?;
    let folder = node.folder().join("generated").join(document.name);
    emptied(&folder)?;
    let mut generator = node.program("openapi-typescript", LIMIT);
    run(generator.arg(&document.path).args(["--output", "api.d.ts"]).current_dir(&folder))?;
    check(node, &folder, &["--noEmit", "api.d.ts"])
}

/// `tsc --strict` in `folder`, looking into declaration files, too.
pub(super) fn check(node: &NodeTools, folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut tsc = node.program("tsc", LIMIT);
    tsc.args(["--strict", "--skipLibCheck", "false", "--target", "es2022", "--module", "nodenext", "--types", "node"]);
    run(tsc.args(arguments).current_dir(folder)).map(drop)
}
