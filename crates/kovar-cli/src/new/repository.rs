//! A Git repository for the new app, if there is Git and it is not inside a repository already.

use std::path::Path;
use std::process::{Command, Stdio};

use super::name::Name;

/// Makes the repository. An app without one works as well, so a failure is told and ends nothing.
pub(super) fn create(folder: &Path, name: &Name) {
    if is_inside_a_repository(folder) {
        return;
    }
    // `main`, because the app's CI compares the contract with that branch.
    let made = git(folder, &["init", "--quiet", "--initial-branch=main", "--", name.as_str()]);
    if made == Some(false) {
        println!("note: `git init` failed; the app is there all the same");
    }
}

fn is_inside_a_repository(folder: &Path) -> bool {
    git(folder, &["rev-parse", "--is-inside-work-tree"]) == Some(true)
}

/// Whether Git did it; nothing where there is no Git.
fn git(folder: &Path, arguments: &[&str]) -> Option<bool> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok().map(|status| status.success())
}
