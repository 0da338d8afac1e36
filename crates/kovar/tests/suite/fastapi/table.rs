//! The table of `coming-from-fastapi.md` is complete, and every test that it names exists.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/src/coming-from-fastapi.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows by their numbers, each with its cells.
fn rows(page: &str) -> BTreeMap<u32, Vec<String>> {
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = page.lines().filter(|line| line.starts_with("| ")).map(cells);
    rows.filter_map(|cells| Some((cells.first()?.parse().ok()?, cells))).collect()
}

/// The tests that a cell names, as `path::name` in code.
fn tests(cell: &str) -> impl Iterator<Item = (&str, &str)> {
    cell.split('`').skip(1).step_by(2).filter_map(|code| code.split_once(".rs::"))
}

/// Paths are below this suite's folder, or from the root.
fn source(path: &str) -> Option<String> {
    let below = root().join("crates/kovar/tests/suite").join(format!("{path}.rs"));
    let whole = root().join(format!("{path}.rs"));
    fs::read_to_string(below).or_else(|_| fs::read_to_string(whole)).ok()
}

#[test]
fn there_are_eighty_six_rows_and_every_test_exists() {
    let page = fs::read_to_string(root().join(PAGE)).expect("the page is there");
    let rows = rows(&page);
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), (1..=86).collect::<Vec<_>>());
    let mut problems = Vec::new();
    for (number, cells) in &rows {
        let [_, theirs, ours, proof] = cells.as_slice() else {
            problems.push(format!("row {number} has {} cells", cells.len()));
            continue;
        };
        if theirs.is_empty() || ours.is_empty() || proof.is_empty() {
            problems.push(format!("row {number} has an empty cell"));
        }
        let is_explained = ["Comes with", "Deliberately", "Not there"].iter().any(|word| ours.contains(word));
        if tests(proof).next().is_none() && !is_explained {
            problems.push(format!("row {number} has no test and no reason"));
        }
        for (path, name) in tests(proof) {
            let has_test = |source: String| source.contains(&format!("fn {name}("));
            if !source(path).is_some_and(has_test) {
                problems.push(format!("row {number}: there is no {path}.rs::{name}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
