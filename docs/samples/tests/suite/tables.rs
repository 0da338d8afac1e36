//! The tables of the guide have a row for each thing there is.

use std::fs;
use std::path::{Path, PathBuf};

use kovar::contract::compat::Code;
use kovar::http::problem::builtin;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_code_of_the_readme_is_that_of_the_example() {
    let sources = ["lib.rs", "main.rs", "products.rs", "tokens.rs"];
    let sources: String = sources.iter().map(|file| read(&format!("examples/products/src/{file}"))).collect();
    let first_code = |page: &str, fence: &str| {
        let text = read(page);
        let code = text.split(fence).nth(1).and_then(|rest| rest.split("```").next());
        code.unwrap_or_else(|| panic!("{page} has no code")).to_owned()
    };
    for code in [first_code("README.md", "```rust\n"), first_code("docs/src/getting-started.md", "```rust,ignore\n")] {
        for part in code.split("\n\n") {
            assert!(sources.contains(part.trim_end()), "not in the example:\n{part}");
        }
    }
}

#[test]
fn every_builtin_problem_is_listed() {
    let chapter = read("docs/src/responses.md");
    let of_some = builtin::OF_FILES.iter().chain(builtin::OF_CHANNELS);
    for problem in builtin::ALL.iter().chain(builtin::OF_LAYERS).chain(of_some) {
        let row = format!("| {} | `{}` | {} | {} |", problem.status, problem.kind, problem.title, problem.when);
        assert!(chapter.contains(&row), "missing in responses.md:\n{row}");
    }
}

#[test]
fn every_code_of_compat_is_listed() {
    let chapter = read("docs/src/program.md");
    for code in Code::ALL {
        let (accepted, sent) = (code.severity_accepted(), code.severity_sent());
        let row = format!("| `{code}` | {accepted} | {sent} | {} |", code.reason());
        assert!(chapter.contains(&row), "missing in program.md:\n{row}");
    }
}

#[test]
fn every_rule_is_listed() {
    let source = read("crates/kovar-macros/src/schema/rules.rs");
    let known = source.split("KNOWN: &[&str] = &[").nth(1).and_then(|rest| rest.split("];").next());
    let chapter = read("docs/src/schemas.md");
    for rule in known.expect("the rules are listed there").split('"').skip(1).step_by(2) {
        assert!(chapter.contains(&format!("| `{rule}")), "missing in schemas.md: {rule}");
    }
}

#[test]
fn every_name_of_the_prelude_is_listed() {
    let source = read("crates/kovar/src/lib.rs");
    let prelude = source.split("pub mod prelude {").nth(1).and_then(|rest| rest.split("\n}").next());
    let chapter = read("docs/src/your-own-app.md");
    for statement in prelude.expect("it is there").split("pub use ").skip(1) {
        let (path, _) = statement.split_once(';').expect("it ends");
        let (_, names) = path.split_once('{').unwrap_or_else(|| path.rsplit_once("::").expect("it has a crate"));
        for name in names.trim_end_matches('}').split(',').filter_map(|name| name.split_whitespace().next()) {
            let is_listed = [format!("`{name}`"), format!("`{name}!`")].iter().any(|cell| chapter.contains(cell));
            assert!(is_listed, "missing in your-own-app.md: {name}");
        }
    }
}

#[test]
fn no_sample_is_longer_than_forty_lines() {
    let mut folders = vec![root().join("docs/samples/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the entry is there").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let lines = fs::read_to_string(&path).expect("a sample is text");
            let lines = lines.lines().filter(|line| !line.starts_with("// ANCHOR")).count();
            assert!(lines <= 40, "{} has {lines} lines", path.display());
        }
    }
}
