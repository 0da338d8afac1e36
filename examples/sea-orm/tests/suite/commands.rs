//! The commands of the binary, run in a folder of their own.

use std::process::Command;

use tempfile::TempDir;

fn said(folder: &TempDir, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_products-sea-orm"));
    let output = command.current_dir(folder).env_remove("DATABASE_URL").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_token_is_made_in_the_database_that_is_named() {
    let folder = TempDir::new().unwrap();
    let create = ["token", "create", "--user", "ada", "--role", "admin"];
    assert!(said(&folder, &create).starts_with("The token of ada, shown only now: "));
    said(&folder, &[&create[..], &["--database", "sqlite://elsewhere/shop.db"]].concat());
    // What is closed is one file.
    for (name, file) in [("data", "products-sea-orm.db"), ("elsewhere", "shop.db")] {
        let files: Vec<_> =
            folder.path().join(name).read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, [file]);
    }
}

#[test]
fn the_help_has_the_database() {
    assert!(said(&TempDir::new().unwrap(), &["--help"]).contains("--database <URL>"));
}
