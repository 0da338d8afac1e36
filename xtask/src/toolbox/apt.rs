//! Programs from Debian: found if present, installed if we may.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::download;
use crate::command::{limited, run};

/// The first of `programs` that is on the `PATH`, after installing `packages` when none is.
///
/// # Errors
/// When none is there and they cannot be installed: what to run by hand.
pub(crate) fn program(programs: &[&str], packages: &[&str]) -> Result<PathBuf, String> {
    if let Some(path) = on_path(programs) {
        return Ok(path);
    }
    install(packages).map_err(|why| by_hand(programs[0], packages, &why))?;
    on_path(programs).ok_or_else(|| by_hand(programs[0], packages, "it was installed but is not on the PATH"))
}

/// Installs Debian packages without asking anything.
///
/// # Errors
/// When this is not root on a Debian system, or apt fails.
pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    if on_path(&["apt-get"]).is_none() {
        return Err("this system has no apt-get".to_owned());
    }
    if run(limited("id", Duration::from_secs(5)).arg("-u"))?.trim() != "0" {
        return Err("only root may install packages".to_owned());
    }
    println!("Installing {} with apt-get.", packages.join(", "));
    download(apt_get(300).arg("update"))?;
    download(apt_get(900).args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt_get(limit_s: u64) -> Command {
    let mut apt_get = limited("apt-get", Duration::from_secs(limit_s));
    // Another apt may hold the lock, as unattended upgrades do on a machine that has just started.
    apt_get.args(["--quiet", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300"]);
    // Of what is a service, too, only the program is wanted: in this runlevel, invoke-rc.d(8) starts none.
    apt_get.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    apt_get
}

pub(crate) fn on_path(programs: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    programs.iter().find_map(|program| folders.iter().map(|folder| folder.join(program)).find(|path| path.is_file()))
}

fn by_hand(program: &str, packages: &[&str], why: &str) -> String {
    format!(
        "`{program}` is missing and could not be installed: {why}.\nAs root: apt-get update && apt-get install {}",
        packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::{by_hand, on_path};

    #[test]
    fn the_first_program_that_exists_is_taken() {
        let found = on_path(&["kovar-no-such-program", "sh"]).expect("there is always a shell");
        assert!(found.ends_with("sh"));
        assert_eq!(on_path(&["kovar-no-such-program"]), None);
    }

    #[test]
    fn the_problem_says_what_to_type() {
        let text = by_hand("chromium", &["chromium"], "only root may install packages");
        assert!(text.ends_with("As root: apt-get update && apt-get install chromium"), "{text}");
    }
}
