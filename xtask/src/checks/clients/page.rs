//! The page of `examples/chat`: what is served is what its TypeScript compiles to, so that nobody needs a compiler to run it.

use std::fs;
use std::path::Path;

use super::typescript;
use crate::tally::Tally;
use crate::temporary::emptied;
use crate::workshop::Workshop;

/// What is compiled, and what comes out: `chat.ts` imports the rest.
const SCRIPTS: [&str; 4] = ["chat", "room", "timeline", "words"];
const CLIENT: [&str; 3] = ["types", "client", "live"];

/// Where `KOVAR_BLESS` is set, the compiled files are written anew.
pub(super) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let page = workshop.root().join("examples/chat/page");
    let compiled = compiled(workshop, &page)?;
    let mut tally = Tally::default();
    for name in
        SCRIPTS.iter().map(|name| format!("{name}.js")).chain(["client/client.js", "client/live.js"].map(str::to_owned))
    {
        let outcome = is_current(&compiled.join(&name), &page.join("built").join(&name));
        tally.case(&format!("the chat's page: {name} is compiled"), outcome);
    }
    Ok(tally)
}

fn compiled(workshop: &Workshop, page: &Path) -> Result<std::path::PathBuf, String> {
    let node = workshop.node()?;
    let folder = node.folder().join("generated/chat-page");
    emptied(&folder)?;
    emptied(&folder.join("client"))?;
    let sources =
        SCRIPTS.iter().map(|name| format!("{name}.ts")).chain(CLIENT.iter().map(|name| format!("client/{name}.ts")));
    for source in sources {
        let from = page.join(&source);
        fs::copy(&from, folder.join(&source)).map_err(|error| format!("Could not copy {}: {error}", from.display()))?;
    }
    fs::write(folder.join("package.json"), r#"{"type":"module"}"#).map_err(|error| error.to_string())?;
    typescript::check(node, &folder, &["--outDir", "built", "chat.ts"])?;
    Ok(folder.join("built"))
}

fn is_current(compiled: &Path, committed: &Path) -> Result<(), String> {
    let wanted = read(compiled)?;
    if std::env::var_os("KOVAR_BLESS").is_some() {
        committed.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| error.to_string())?;
        fs::write(committed, &wanted).map_err(|error| format!("Could not write {}: {error}", committed.display()))?;
    }
    match read(committed).is_ok_and(|committed| committed == wanted) {
        true => Ok(()),
        false => Err(format!("{} is another: write it anew with KOVAR_BLESS=1.", committed.display())),
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("Could not read {}: {error}", path.display()))
}
