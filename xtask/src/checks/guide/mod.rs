//! Every link of the guide, and of the pages at the root, leads to something that exists, and every sample is as in its
//! file; with `KOVAR_BLESS=1` samples are written anew.
//!
//! `mdbook` is not needed for this, and would not do it: it does not check links. Links to other sites are not followed,
//! since a test must not fail with someone else's server.

mod markdown;
mod samples;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use crate::tally::Tally;
use crate::workshop::Workshop;
use markdown::{Reference, anchors, references};

/// One case for each page.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let is_blessed = std::env::var_os("KOVAR_BLESS").is_some();
    let mut tally = Tally::default();
    for page in pages(workshop.root())? {
        let problems = problems(&page, is_blessed)?;
        let name = page.strip_prefix(workshop.root()).unwrap_or(&page).display().to_string();
        tally.case(&name, if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) });
    }
    match tally.passed() + tally.failed() {
        0 => Err("There is no page at the root or below `docs`: is this the workspace?".to_owned()),
        _ => Ok(tally),
    }
}

/// The Markdown files at the root and, at any depth, below `docs`.
fn pages(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found: Vec<PathBuf> = entries(root)?.into_iter().filter(|path| is_page(path)).collect();
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            match path.is_dir() {
                true => folders.push(path),
                false if is_page(&path) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unable = |error: std::io::Error| format!("Could not list {}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(unable)?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(unable)).collect()
}

fn is_page(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "md")
}

/// What is wrong with one page, a line for each link that leads nowhere and for each sample that is not as in its file.
fn problems(page: &Path, is_blessed: bool) -> Result<Vec<String>, String> {
    let text = read(page)?;
    let mut problems = match samples::renewed(page, &text) {
        Ok((renewed, different)) if is_blessed && !different.is_empty() => {
            write(page, &renewed)?;
            Vec::new()
        }
        Ok((_, different)) => different.into_iter().map(is_different).collect(),
        Err(problems) => problems,
    };
    for (line, reference) in references(&text) {
        if let Err(problem) = check(page, &text, &reference) {
            problems.push(format!("line {line}: {problem}"));
        }
    }
    Ok(problems)
}

fn is_different(line: usize) -> String {
    format!("line {line}: the sample is not as in its file; `KOVAR_BLESS=1 cargo xtask test --only guide` writes it.")
}

fn check(page: &Path, text: &str, reference: &Reference) -> Result<(), String> {
    match reference {
        Reference::Link { target } => check_link(page, text, target),
        Reference::Undefined { label } => Err(format!("`[{label}]` is defined nowhere on the page.")),
    }
}

fn check_link(page: &Path, text: &str, target: &str) -> Result<(), String> {
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let file = if path.is_empty() { page.to_owned() } else { beside(page, path) };
    if !file.exists() {
        return Err(format!("`{target}` links to nothing: there is no {}.", file.display()));
    }
    let Some(anchor) = anchor.filter(|_| is_page(&file)) else {
        return Ok(());
    };
    let known = if path.is_empty() { anchors(text) } else { anchors(&read(&file)?) };
    match known.iter().any(|known| known == anchor) {
        true => Ok(()),
        false => Err(format!("`{target}`: the page has no heading `#{anchor}`, only #{}.", known.join(", #"))),
    }
}

fn beside(page: &Path, path: &str) -> PathBuf {
    page.parent().unwrap_or(page).join(path)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("Could not read {}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("Could not write {}: {error}", path.display()))
}
