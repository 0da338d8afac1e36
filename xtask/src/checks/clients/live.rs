//! Our own TypeScript client, compiled strictly and run against the live app.

use std::path::Path;

use super::{LIMIT, typescript};
use crate::checks::script_output::run_script;
use crate::command::{self, limited};
use crate::products::Products;
use crate::tally::Tally;
use crate::temporary::emptied;
use crate::workshop::Workshop;

pub(super) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let node = workshop.node()?;
    let folder = node.folder().join("generated/live");
    emptied(&folder)?;
    generate(workshop, &folder.join("client"))?;
    let script = workshop.source("scripts/live_client.ts");
    std::fs::copy(&script, folder.join("live_client.ts"))
        .map_err(|error| format!("Could not copy {}: {error}", script.display()))?;
    std::fs::write(folder.join("package.json"), r#"{"type":"module"}"#).map_err(|error| error.to_string())?;
    typescript::check(node, &folder, &["--outDir", "compiled", "live_client.ts"])?;

    let mut app = Products::start(workshop, "clients")?;
    let mut node = limited("node", LIMIT);
    node.arg("compiled/live_client.js").args([app.url(), app.token("admin")?]).current_dir(&folder);
    let mut tally = run_script("live TypeScript client", &mut node);
    tally.case("the app survived its own client", app.survived());
    Ok(tally)
}

fn generate(workshop: &Workshop, folder: &Path) -> Result<(), String> {
    let mut products = limited(workshop.products()?, LIMIT);
    command::run(products.args(["client", "typescript", "--out"]).arg(folder)).map(drop)
}
