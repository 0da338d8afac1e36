use std::fs;
use std::path::PathBuf;

use super::markdown::{Reference, anchors, references};
use super::problems;

fn link(target: &str) -> Reference {
    Reference::Link { target: target.to_owned() }
}

fn check(page: &str, expected: &[Reference]) {
    let found: Vec<Reference> = references(page).into_iter().map(|(_, reference)| reference).collect();
    assert_eq!(found, expected, "{page}");
}

#[test]
fn links_of_every_form_are_found() {
    check("see [a](a.md) and ![b](b.png \"title\")", &[link("a.md"), link("b.png")]);
    check("[![badge](badge.svg)](page.md#top)", &[link("badge.svg"), link("page.md#top")]);
    check("[wiki](a_(b).md).", &[link("a_(b).md")]);
    check("[a]: ../a.md \"title\"", &[link("../a.md")]);
    check("[here](#below)", &[link("#below")]);
}

#[test]
fn other_sites_are_not_followed() {
    check("[a](https://example.com) [b](mailto:a@b.example)\n[c]: http://example.com", &[]);
}

#[test]
fn code_holds_no_links() {
    check("`[a](a.md)` and ``x``", &[]);
    check("```rust\n[a](a.md)\n```\n[b](b.md)", &[link("b.md")]);
    check("~~~\n```\n[a](a.md)\n~~~", &[]);
    check("`#[get(\"/\")]` [b](b.md) a lone ` tick", &[link("b.md")]);
}

#[test]
fn a_label_has_to_be_defined() {
    check("[text][Known]\n\n[known]: known.md", &[link("known.md")]);
    check("[text][unknown]", &[Reference::Undefined { label: "unknown".to_owned() }]);
}

#[test]
fn line_numbers_start_at_one() {
    assert_eq!(references("a\n[b](b.md)"), [(2, link("b.md"))]);
}

#[test]
fn anchors_are_those_of_the_rendered_headings() {
    let page = "# The `Json` type, in full\n## Why?\n## Why?\n```\n# not a heading\n```\n#neither\n### Größe & more_so";
    assert_eq!(anchors(page), ["the-json-type-in-full", "why", "why-1", "größe--more_so"]);
}

/// A folder with a page that includes and links, removed when the test ends.
struct Guide(PathBuf);

impl Guide {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("kovar-xtask-guide-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(folder.join("other.md"), "# Other\n\n## Part two\n").expect("a page can be written");
        fs::write(folder.join("sample.rs"), "// ANCHOR: main\nfn main() {}\n// ANCHOR_END: main\n// ANCHOR: open\n")
            .expect("a sample can be written");
        Self(folder)
    }

    fn check(&self, page: &str, expected: &[&str]) {
        let path = self.0.join("page.md");
        fs::write(&path, page).expect("a page can be written");
        let found = problems(&path, false).expect("the page can be read");
        assert_eq!(found.len(), expected.len(), "{page}: {found:?}");
        for (problem, part) in found.iter().zip(expected) {
            assert!(problem.contains(part), "{page}: {problem}");
        }
    }
}

impl Drop for Guide {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_exists_is_fine() {
    let guide = Guide::new("fine");
    guide.check("# Top\n[a](other.md) [b](other.md#part-two) [c](#top) [d](sample.rs) [e](.)", &[]);
    guide.check("<!-- sample: sample.rs:main -->\n```rust\nfn main() {}\n```\n", &[]);
    guide.check("<!-- sample: sample.rs -->\n```\nfn main() {}\n```\n", &[]);
}

#[test]
fn what_does_not_is_named_with_its_line() {
    let guide = Guide::new("broken");
    guide.check("\n[a](missing.md)", &["line 2: `missing.md`"]);
    guide.check("[a](other.md#part-three)", &["#part-three"]);
    guide.check("[a](#nowhere)", &["#nowhere"]);
    guide.check("```\n{{#include missing.rs}}\n```", &["missing.rs"]);
    guide.check("<!-- sample: sample.rs:other -->\n```\n```", &["`ANCHOR: other`"]);
    guide.check("<!-- sample: sample.rs:open -->\n```\n```", &["`ANCHOR_END: open`"]);
    guide.check("a\n<!-- sample: sample.rs:main -->\n```\nfn\n```", &["line 2: the sample is not as in its file"]);
    guide.check("```\n{{#include sample.rs:main}}\n```", &["line 1: the sample is not as in its file"]);
    guide.check("{{#include sample.rs:main}}", &["line 1: an include"]);
}

#[test]
fn samples_are_written_when_blessed() {
    let guide = Guide::new("blessed");
    let path = guide.0.join("page.md");
    let written = "<!-- sample: sample.rs:main -->\n```rust\nfn main() {}\n```\n";
    for page in [
        "```rust\n{{#include sample.rs:main}}\n```\n",
        "<!-- sample: sample.rs:main -->\n```rust\nfn\n\nfn\n```\n",
        written,
    ] {
        fs::write(&path, format!("{page}after\n")).expect("a page can be written");
        assert_eq!(problems(&path, true), Ok(Vec::new()), "{page}");
        assert_eq!(fs::read_to_string(&path).as_deref().ok(), Some(format!("{written}after\n").as_str()));
    }
}
