//! What a person reads who uses the commands around the database.

use super::Folder;

#[test]
fn migrations_are_shown_and_redone() {
    let folder = Folder::new();
    let missing = folder.run("migrate status").failed();
    assert_eq!(missing, format!("error: {}: there is no such file", folder.url()));
    assert!(folder.names().is_empty());

    assert!(folder.run("migrate").said().ends_with(": 2 applied\n"));
    assert!(folder.run("migrate up").said().ends_with(": nothing to apply\n"));
    let status = folder.run("migrate status").said();
    let states: Vec<_> = status.lines().map(|line| (&line[..15], line.rsplit_once("  ").unwrap().1)).collect();
    let expected = [("MIGRATION      ", "STATE"), ("0001_visits.sql", "applied"), ("0002_towns.sql ", "applied")];
    assert_eq!(states, expected);

    let asked = folder.run("migrate redo");
    assert!(asked.stdout.contains("to redo 0002_towns.sql, it is undone with\n\ndrop table towns\n\n"), "{asked:?}");
    assert!(asked.failed().starts_with("error: nothing was done: what this drops is gone; with `--yes` it is done"));
    let done = folder.run("migrate redo --yes").said();
    assert!(done.ends_with("/visits.db: 0002_towns.sql was undone and applied again\n"), "{done}");
    assert_eq!(folder.names(), ["visits.db"]);
}

#[test]
fn a_copy_is_made_once() {
    let folder = Folder::new();
    let copy = folder.path("copy.db");
    assert!(folder.run(&format!("backup {copy}")).failed().ends_with("visits.db: there is no such file"));
    folder.run("migrate").said();
    let said = folder.run(&format!("backup {copy}")).said();
    assert!(said.starts_with(&folder.url()) && said.ends_with(" bytes\n"), "{said}");
    let again = folder.run(&format!("backup {copy}")).failed();
    assert_eq!(again, format!("error: the backup {copy}: it cannot be written: there is a file of this name"));
    assert_eq!(folder.names(), ["copy.db", "visits.db"]);
}
