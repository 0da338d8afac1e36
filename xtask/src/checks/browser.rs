//! The documentation pages and the console in a real headless Chromium: `xtask/scripts/browser.mjs` looks and clicks. And
//! the client of channels, which keeps its connection there as it does in Node; and the chat's page, in two windows.

use std::fs;
use std::time::Duration;

use super::clients::chat;
use super::script_output::run_script;
use crate::products::Products;
use crate::running::Running;
use crate::tally::Tally;
use crate::workshop::Workshop;

/// A cold Chromium on a busy two-core machine takes seconds to start; all pages together well under a minute.
const LIMIT: Duration = Duration::from_secs(180);

pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let chromium = workshop.chromium()?;
    let mut script = workshop.node()?.script(&workshop.source("scripts/browser.mjs"), LIMIT)?;
    let screenshots = workshop.made("screenshots");
    fs::create_dir_all(&screenshots).map_err(|error| format!("Could not make {}: {error}", screenshots.display()))?;

    let mut app = Products::start(workshop, "browser")?;
    let mut chat = Running::start(workshop.chat()?, &[], workshop.temporary("browser-chat")?)?;
    script
        .args([&app.url(), &app.admin_url(), &app.token("admin")?, &chat.url(), &chat.admin_url()])
        .args([chromium, &screenshots])
        .arg(app.folder().join("profile"));
    let mut tally = run_script("browser", &mut script);
    tally.case("the app survived the browser", app.survived());
    tally.case("the chat survived the browser", chat.survived());
    match chat::run_in_browser(workshop, chromium, &app.folder().join("profile-of-chat")) {
        Ok(cases) => tally += cases,
        Err(problem) => tally.fail("our TypeScript client of channels runs in Chromium", &problem),
    }
    match chat::run_page(workshop, chromium, &screenshots) {
        Ok(cases) => tally += cases,
        Err(problem) => tally.fail("the chat's page runs in Chromium", &problem),
    }
    tally.note(format!("screenshots in {}", screenshots.display()));
    if tally.failed() > 0 {
        println!("The end of the app's log:\n{}\nThe end of the chat's:\n{}", app.log(), chat.log());
    }
    Ok(tally)
}
