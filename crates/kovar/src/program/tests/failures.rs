//! What a person reads whose database is not what it should be, and what a client gets.

use std::net::TcpListener;
use std::process::Command;

use super::{ARGUMENTS, Folder, PROGRAM};
use crate::running::{Finished, Running};

fn start_with(url: &str) -> Finished {
    Finished::of(PROGRAM, &[("DATABASE_URL", url)])
}

#[test]
fn a_file_that_is_no_database_stops_the_start() {
    let folder = Folder::new();
    let path = folder.path("visits.db");
    std::fs::write(&path, "not a database ".repeat(1_000)).unwrap();
    let reason = format!("{}: the database {path} cannot be opened: file is not a database", folder.url());
    assert_eq!(start_with(&folder.url()).failed(), format!("error: `Db` could not be made: {reason}"));
    assert_eq!(folder.run("migrate").failed(), format!("error: {reason}"));
    assert_eq!(folder.names(), ["visits.db"]);
}

#[test]
fn a_server_that_cannot_be_reached_is_named_without_its_password() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for (address, reason) in [(closed, "Connection refused"), (silent.local_addr().unwrap(), "it has not answered")] {
        let said = start_with(&format!("postgres://ada:hunter2@{address}/shop")).failed();
        let start =
            format!("error: `Db` could not be made: postgres://ada:***@{address}/shop: the database cannot be ");
        assert!(said.starts_with(&start) && said.contains(reason) && !said.contains("hunter2"), "{said}");
    }
}

/// Runs the program as somebody who may not write where its database is: whoever runs the tests may be root, for whom
/// nothing is read-only.
fn as_nobody(url: &str, arguments: &str) -> Option<Finished> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let starter: &[&str] = if is_root { &["setpriv", "--reuid", "65534", "--clear-groups"] } else { &[] };
    let finished = Finished::started_by(starter, PROGRAM, &[("DATABASE_URL", url), (ARGUMENTS, arguments)]);
    finished.map_err(|why| eprintln!("skipped: the program does not run as somebody else: {why}")).ok()
}

#[test]
fn what_may_not_be_written_stops_the_start() {
    let folder = Folder::new();
    let allow = |mode: u32, path: &str| {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    let (file, of_folder) = (folder.path("visits.db"), folder.path(""));
    allow(0o555, &of_folder);
    let Some(no_file) = as_nobody(&folder.url(), "") else { return };
    assert!(no_file.failed().contains(&format!("the database {file} cannot be opened: unable to open database file")));
    allow(0o755, &of_folder);
    folder.run("migrate").said();
    for (arguments, mode) in [("", 0o444), ("migrate", 0o444), ("", 0o555)] {
        allow(mode, &file);
        allow(0o555, &of_folder);
        let said = as_nobody(&folder.url(), arguments).unwrap().failed();
        let reason = format!("the database {file} cannot be opened: attempt to write a readonly database");
        assert!(said.starts_with("error: ") && said.ends_with(&reason), "{said}");
    }
    allow(0o755, &of_folder);
    allow(0o644, &file);
    assert!(folder.run("migrate").said().ends_with(": nothing to apply\n"));
}

#[test]
fn a_full_database_is_unavailable_until_there_is_room() {
    let folder = Folder::new();
    let mut running = Running::start(PROGRAM, &[("DATABASE_URL", &folder.url())]);
    assert_eq!(running.get("/visit", ""), "1");
    running.get("/fill", "");
    let problem = running.get("/luggage", "");
    assert!(problem.contains(r#""title":"Temporarily unavailable","status":503,"#), "{problem}");
    running.get("/make-room", "");
    assert_eq!(running.get("/luggage", ""), "");
    assert_eq!(running.get("/visit", ""), "3");
    let (_, log) = running.end();
    assert!(log.iter().any(|line| line.to_string().contains("database or disk is full")), "{log:?}");
    assert_eq!(folder.names(), ["visits.db"]);
}

/// Another process is as strange to the program as this one.
#[test]
fn a_database_that_another_process_holds_is_unavailable_until_it_lets_go() {
    let folder = Folder::new();
    let url = folder.url();
    let mut running = Running::start(PROGRAM, &[("DATABASE_URL", &url)]);
    assert_eq!(running.get("/visit", ""), "1");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let other = runtime.block_on(kovar_data::Db::open(&url)).unwrap();
    let tx = runtime.block_on(other.begin()).unwrap();
    let problem = running.get("/visit", "");
    assert!(problem.contains(r#""title":"Temporarily unavailable","status":503,"#), "{problem}");
    // What is started meanwhile has nothing to apply.
    let mut beside = Running::start(PROGRAM, &[("DATABASE_URL", &url)]);
    drop(tx);
    assert_eq!(beside.get("/visit", ""), "2");
    assert_eq!(running.get("/visit", ""), "3");
    beside.end();
    running.end();
}
