//! `kovar new`, short of building what it makes.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{kovar, make_app, repository, stderr, stdout};

#[test]
fn a_wrong_name_is_refused_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, part: &str| {
        let refused = kovar(folder.path()).args(["new", "--", name]).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert!(stderr(&refused).contains(part), "{name}: {}", stderr(&refused));
    };
    check("", "a name has at least one letter");
    check("Demo", "a name has only small letters: try `demo`");
    check("../demo", "a name has only letters from a to z");
    check("2demo", "a name begins with a letter");
    check("demo-", "a name ends with a letter or a digit");
    check("my--demo", "a name has one `-` or `_` at a time");
    check("match", "`match` is a word of Rust: try `my-match`");
    check("test", "`test` is taken by Rust, Cargo or Kovar: try `my-test`");
    check(&"a".repeat(64), "a name has at most 63 characters");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_there_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    for is_folder in [true, false] {
        let path = folder.path().join("demo");
        let _ = fs::remove_dir(&path);
        let made = if is_folder { fs::create_dir(&path) } else { fs::write(&path, "mine") };
        made.unwrap();
        let refused = kovar(folder.path()).args(["new", "demo"]).output().unwrap();
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains("exists already, and nothing is overwritten"), "{}", stderr(&refused));
        assert!(if is_folder {
            fs::read_dir(&path).unwrap().count() == 0
        } else {
            fs::read(&path).unwrap() == b"mine"
        });
    }
}

#[test]
fn a_checkout_must_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let refused = kovar(folder.path()).args(["new", "demo", "--path-to-kovar", "."]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("no checkout of Kovar"), "{}", stderr(&refused));
    assert!(!folder.path().join("demo").exists());
}

#[test]
fn without_a_checkout_the_version_of_the_command_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let made = kovar(folder.path()).args(["new", "demo", "--no-git"]).output().unwrap();
    assert_eq!(stdout(&made).lines().next(), Some("cd demo"));
    assert_eq!(stdout(&made).lines().count(), 3);
    let manifest = fs::read_to_string(folder.path().join("demo/Cargo.toml")).unwrap();
    let expected = concat!("kovar = { version = \"", env!("CARGO_PKG_VERSION"), "\", features = [\"data\"] }");
    assert!(manifest.contains(expected), "{manifest}");
    assert!(!folder.path().join("demo/.git").exists());
}

#[test]
fn a_repository_is_made_where_there_is_none() {
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("skipped: there is no git");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(kovar(folder.path()).args(["new", "outer"]).output().unwrap().status.success());
    let outer = folder.path().join("outer");
    assert_eq!(fs::read_to_string(outer.join(".git/HEAD")).unwrap(), "ref: refs/heads/main\n");
    assert!(kovar(&outer).args(["new", "inner"]).output().unwrap().status.success());
    assert!(!outer.join("inner/.git").exists());
}

#[test]
fn a_workspace_around_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Cargo.toml"), "[workspace]\n").unwrap();
    let made = kovar(folder.path()).args(["new", "demo", "--no-git"]).output().unwrap();
    assert!(stdout(&made).contains("is a workspace: add demo to its `members`"), "{}", stdout(&made));
}

#[test]
fn the_code_is_formatted_whatever_the_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "zebra", "a-name-with-everything-that-a-name-may-have_and-63-characters99"] {
        let app = make_app(folder.path(), name);
        for file in ["src/main.rs", "src/lib.rs", "tests/main.rs"] {
            let formatted = rustfmt(&app.join(file));
            assert!(formatted.status.success(), "{name}: {}{}", stdout(&formatted), stderr(&formatted));
        }
    }
}

/// Looks at a file and at the modules that it names.
fn rustfmt(file: &Path) -> std::process::Output {
    Command::new("rustfmt").args(["--edition", "2024", "--check"]).arg(file).output().unwrap()
}

#[test]
fn nothing_of_this_machine_is_in_the_app() {
    let folder = tempfile::tempdir().unwrap();
    assert!(kovar(folder.path()).args(["new", "demo", "--no-git"]).output().unwrap().status.success());
    let grep = Command::new("grep").args(["-rF", "-e", repository().to_str().unwrap()]).arg(folder.path()).output();
    assert_eq!(stdout(&grep.unwrap()), "");
}
