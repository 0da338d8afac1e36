//! Our own TypeScript client of channels, compiled strictly and run against the chat: in Node, and in Chromium.
//!
//! The cases are one file, which both run. They kill the program and cut its connections, so they start it themselves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::typescript;
use crate::checks::script_output::run_script;
use crate::command::{self, limited};
use crate::tally::Tally;
use crate::temporary::emptied;
use crate::workshop::Workshop;

/// A silent server is given up after 37 s, and every other case takes a few.
const LIMIT: Duration = Duration::from_secs(240);

const SCRIPTS: [&str; 5] = ["chat_cases.ts", "chat_server.ts", "chat_node.ts", "chat_browser.ts", "chat_page.ts"];

pub(super) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut node = script(workshop, "chat_node.js")?;
    Ok(run_script("chat in Node", node.arg(workshop.chat()?)))
}

/// The same in a browser, whose profile goes into a folder.
///
/// # Errors
/// When the chat or the client cannot be built.
pub(crate) fn run_in_browser(workshop: &Workshop, chromium: &Path, profile: &Path) -> Result<Tally, String> {
    let mut node = script(workshop, "chat_browser.js")?;
    Ok(run_script("chat in Chromium", node.arg(workshop.chat()?).arg(chromium).arg(profile)))
}

/// The chat's page, in windows of a browser; what they look like goes into a folder.
///
/// # Errors
/// When the chat or the script cannot be built.
pub(crate) fn run_page(workshop: &Workshop, chromium: &Path, screenshots: &Path) -> Result<Tally, String> {
    let mut node = script(workshop, "chat_page.js")?;
    Ok(run_script("chat page", node.arg(workshop.chat()?).arg(chromium).arg(screenshots)))
}

fn script(workshop: &Workshop, name: &str) -> Result<Command, String> {
    let compiled = compiled(workshop)?;
    let mut node = limited("node", LIMIT);
    // Node before 22 has its WebSocket only if asked for it.
    node.args(["--no-warnings", "--experimental-websocket"]).arg(compiled.join(name));
    Ok(node)
}

/// The client as `chat client typescript` writes it, and what uses it.
fn compiled(workshop: &Workshop) -> Result<PathBuf, String> {
    let node = workshop.node()?;
    let folder = node.folder().join("generated/chat");
    emptied(&folder)?;
    let mut chat = limited(workshop.chat()?, LIMIT);
    command::run(chat.args(["client", "typescript", "--out"]).arg(folder.join("client")))?;
    let sample = workshop.root().join("docs/samples/typescript/room.ts");
    for source in SCRIPTS.iter().map(|name| workshop.source("scripts").join(name)).chain([sample]) {
        let copy = folder.join(source.file_name().unwrap_or_default());
        std::fs::copy(&source, copy).map_err(|error| format!("Could not copy {}: {error}", source.display()))?;
    }
    std::fs::write(folder.join("package.json"), r#"{"type":"module"}"#).map_err(|error| error.to_string())?;
    typescript::check(node, &folder, &["--outDir", "compiled", "chat_node.ts", "chat_browser.ts", "chat_page.ts"])?;
    Ok(folder.join("compiled"))
}
