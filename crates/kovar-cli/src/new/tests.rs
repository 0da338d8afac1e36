use super::*;

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn files_are_written_with_their_folders() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app");
    create(&app, &[file("a", "1"), file("b/c/d", "2")]).unwrap();
    assert_eq!(fs::read_to_string(app.join("a")).unwrap(), "1");
    assert_eq!(fs::read_to_string(app.join("b/c/d")).unwrap(), "2");
}

#[test]
fn nothing_that_is_there_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "mine").unwrap();
    let refused = create(folder.path(), &[file("a", "1"), file("b", "2")]).unwrap_err();
    assert!(refused.contains("exists already") && refused.contains("choose another name"), "{refused}");
    assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "mine");
    assert!(!folder.path().join("b").exists());
}

#[test]
fn a_half_made_app_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let refused = create(&folder.path().join("app"), &[file("a", "1"), file("a", "2")]).unwrap_err();
    assert!(refused.contains("is not whole: remove it"), "{refused}");
}

#[test]
fn a_workspace_around_it_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("crates");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("Cargo.toml"), "[package]\nname = \"inner\"\n").unwrap();
    let manifest = folder.path().join("Cargo.toml");
    fs::write(&manifest, "[workspace]\nmembers = []\n").unwrap();
    assert_eq!(enclosing_workspace(&inner), Some(manifest));
}

#[test]
fn what_to_do_next_is_three_lines() {
    assert_eq!(next_steps(&"demo".parse().unwrap()).lines().count(), 3);
}
