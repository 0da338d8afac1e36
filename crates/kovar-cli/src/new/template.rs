//! The files of a new app, with the places for names in them filled.
//!
//! A place is written `{{name}}`. The templates' own files are named so that neither Cargo nor Git takes them for its
//! own: a folder with a `Cargo.toml` would be left out when this crate is packaged.

use super::dependency::Dependency;
use super::name::Name;

/// A file of the new app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Where it lies in the app's folder.
    pub(super) path: String,
    /// What it says.
    pub(super) text: String,
}

macro_rules! templates {
    ($($path:literal from $source:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/app/", $source)))),*]
    };
}

/// Where each file lies in the app, and what it says.
const TEMPLATES: &[(&str, &str)] = templates![
    ".dockerignore" from "dockerignore",
    ".env.example" from "env.example",
    ".github/workflows/ci.yml" from "github/workflows/ci.yml",
    ".gitignore" from "gitignore",
    "Cargo.toml" from "Cargo.toml.template",
    "Dockerfile" from "Dockerfile",
    "README.md" from "README.md",
    "deploy/kubernetes.yaml" from "deploy/kubernetes.yaml",
    "deploy/{{name}}.service" from "deploy/unit.service",
    "migrations/0001_create_notes.sql" from "migrations/0001_create_notes.sql",
    "openapi.json" from "openapi.json",
    "src/clock.rs" from "src/clock.rs",
    "src/lib.rs" from "src/lib.rs",
    "src/main.rs" from "src/main.rs",
    "src/notes.rs" from "src/notes.rs",
    "tests/main.rs" from "tests/main.rs",
];

/// The files of an app of this name.
pub(super) fn files(name: &Name, dependency: &Dependency) -> Vec<File> {
    let (crate_name, label, kovar) = (name.in_rust(), name.as_label(), dependency.in_manifest());
    let values = [
        ("name", name.as_str()),
        ("crate", &crate_name),
        ("label", &label),
        ("kovar", &kovar),
        ("rust_version", env!("CARGO_PKG_RUST_VERSION")),
    ];
    TEMPLATES.iter().map(|(path, text)| File { path: fill(path, &values), text: fill(text, &values) }).collect()
}

/// Fills each place once; what a value says is not read again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, place, after)) = next_place(rest) {
        let value = values.iter().find(|(key, _)| *key == place).map(|(_, value)| *value);
        filled.push_str(before);
        filled.push_str(value.unwrap_or_else(|| panic!("a template has `{{{{{place}}}}}`, which nothing fills")));
        rest = after;
    }
    filled + rest
}

fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (place, after) = rest.split_once("}}")?;
    Some((before, place, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        let values = [("name", "{{other}}"), ("other", "x")];
        assert_eq!(fill("a {{name}} b {{other}}{{other}}", &values), "a {{other}} b xx");
        assert_eq!(fill("no place { } }}", &values), "no place { } }}");
    }

    #[test]
    fn no_place_is_left() {
        for dependency in [Dependency::Registry, Dependency::Path("/kovar".to_owned())] {
            for file in files(&"my-shop".parse().unwrap(), &dependency) {
                assert!(!file.text.contains("{{") && !file.path.contains("{{"), "{}", file.path);
            }
        }
    }

    #[test]
    fn every_template_is_in_the_table() {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/app");
        assert_eq!(count(folder.as_ref()), TEMPLATES.len());
    }
}
