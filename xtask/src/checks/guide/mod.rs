//! Every link and every include of the guide, and of the pages at the root, leads to something that exists.
//!
//! `mdbook` is not needed for this, and would not do it: it does not check links, and an include of a missing file is
//! only a warning to it. Links to other sites are not followed, since a test must not fail with someone else's server.

mod markdown;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use crate::tally::Tally;
use crate::workshop::Workshop;
use markdown::{Reference, anchors, references};

/// One case for each page.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut tally = Tally::default();
    for page in pages(workshop.root())? {
        let problems = problems(&page)?;
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

/// What is wrong with one page, a line for each reference that leads nowhere.
fn problems(page: &Path) -> Result<Vec<String>, String> {
    let text = read(page)?;
    let mut problems = Vec::new();
    for (line, reference) in references(&text) {
        if let Err(problem) = check(page, &text, &reference) {
            problems.push(format!("line {line}: {problem}"));
        }
    }
    Ok(problems)
}

fn check(page: &Path, text: &str, reference: &Reference) -> Result<(), String> {
    match reference {
        Reference::Link { target } => check_link(page, text, target),
        Reference::Include { path, part } => check_include(page, path, part.as_deref()),
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

fn check_include(page: &Path, path: &str, part: Option<&str>) -> Result<(), String> {
    let file = beside(page, path);
    let text = read(&file)?;
    match part {
        // Line numbers: mdBook takes what there is, and an empty sample would go unnoticed.
        Some(part) if part.starts_with(|first: char| first.is_ascii_digit() || first == ':') => {
            let last = part.split(':').filter_map(|number| number.parse::<usize>().ok()).max().unwrap_or(0);
            let lines = text.lines().count();
            if last <= lines { Ok(()) } else { Err(format!("{path} has {lines} lines, and `{part}` is asked for.")) }
        }
        Some(anchor) => {
            let has = |word: &str| {
                text.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().ends_with(&[word, anchor]))
            };
            match has("ANCHOR:") && has("ANCHOR_END:") {
                true => Ok(()),
                false => Err(format!("{path} has no `ANCHOR: {anchor}` with an `ANCHOR_END: {anchor}`.")),
            }
        }
        None => Ok(()),
    }
}

fn beside(page: &Path, path: &str) -> PathBuf {
    page.parent().unwrap_or(page).join(path)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("Could not read {}: {error}", path.display()))
}
