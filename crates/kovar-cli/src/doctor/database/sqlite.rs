//! A file of SQLite: whether it can be written, and whether it is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fs::{Access, access};

use super::super::disk::folder_of;
use super::super::finding::Finding;

/// To look through a bigger file would take longer than a person waits: 1 GiB.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// How long another program may hold the file.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a database said about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    journal_mode: String,
    /// `ok`, the first thing that is wrong, or nothing where it was not looked at.
    integrity: Option<String>,
}

pub(in super::super) fn check(path: &Path) -> Finding {
    let folder = folder_of(path);
    if access(folder, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        return not_writable(folder);
    }
    match fs::metadata(path) {
        Err(_) => Finding::ok(format!("{} will be made when the app starts", path.display())),
        Ok(metadata) if !metadata.is_file() => {
            Finding::fail(format!("{} is no file", path.display()), "name another file with DATABASE_URL")
        }
        Ok(_) if access(path, Access::READ_OK | Access::WRITE_OK).is_err() => not_writable(path),
        Ok(metadata) => judge(path, read(path, metadata.len() <= LARGEST)),
    }
}

fn not_writable(path: &Path) -> Finding {
    let advice = "let the app's user write it; SQLite writes files beside the database, so the folder, too";
    Finding::fail(format!("{} cannot be written", path.display()), advice)
}

/// Never makes the file: that is the app's to do.
fn read(path: &Path, is_small: bool) -> rusqlite::Result<State> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // The last to close a database writes its log (WAL) into the file. That, too, is the app's to do.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, log_of(path).exists())?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch("pragma query_only = on")?;
    let text = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, String>(0));
    let journal_mode = text("pragma journal_mode")?;
    let integrity = is_small.then(|| text("pragma integrity_check(1)")).transpose()?;
    Ok(State { journal_mode, integrity })
}

fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

fn judge(path: &Path, state: rusqlite::Result<State>) -> Finding {
    let name = path.display();
    match state {
        Ok(State { integrity: Some(wrong), .. }) if wrong != "ok" => {
            Finding::fail(format!("{name} is damaged: {wrong}"), "stop the app, and restore the file from a backup")
        }
        Ok(State { journal_mode, integrity }) => {
            let integrity = integrity.map_or("too large to be looked through here", |_| "whole");
            Finding::ok(format!("{name} is {integrity}; journal mode {journal_mode}{}", mode_note(&journal_mode)))
        }
        Err(cause) => match cause.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Finding::warn(format!("{name} is held by another program"), "end what holds it (`fuser` names it)")
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Finding::fail(format!("{name} is no database: {cause}"), "name another file, or restore a backup")
            }
            _ => Finding::fail(format!("{name} cannot be opened: {cause}"), "see what SQLite says"),
        },
    }
}

fn mode_note(journal_mode: &str) -> &'static str {
    if journal_mode == "wal" { "" } else { ", which the app changes to wal" }
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::{Verdict, assert_finding};
    use super::*;

    fn database(folder: &Path, journal_mode: &str) -> PathBuf {
        let path = folder.join("app.db");
        let connection = Connection::open(&path).unwrap();
        let sql = format!(
            "pragma journal_mode = {journal_mode}; create table notes (id integer primary key, body text);
             create index notes_by_body on notes (body);
             insert into notes (body) select hex(randomblob(2000)) from (values (1), (2), (3), (4), (5), (6))"
        );
        connection.execute_batch(&sql).unwrap();
        path
    }

    #[test]
    fn a_database_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/app.db");
        assert_finding(&check(&path), Verdict::Ok, "will be made when the app starts");
        assert!(!path.parent().unwrap().exists());
    }

    #[test]
    fn a_whole_database_tells_its_mode_and_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path(), "wal");
        let before = fs::read(&path).unwrap();
        assert_finding(&check(&path), Verdict::Ok, "is whole; journal mode wal");
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_log_that_an_app_left_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path(), "wal");
        let app = Connection::open(&path).unwrap();
        app.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        app.execute_batch("insert into notes (body) values ('in the log')").unwrap();
        drop(app);
        let before = (fs::read(&path).unwrap(), fs::read(log_of(&path)).unwrap());
        assert_finding(&check(&path), Verdict::Ok, "is whole");
        assert!((fs::read(&path).unwrap(), fs::read(log_of(&path)).unwrap()) == before);
    }

    #[test]
    fn another_mode_is_changed_by_the_app() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path(), "delete");
        assert_finding(&check(&path), Verdict::Ok, "journal mode delete, which the app changes");
    }

    #[test]
    fn damage_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path(), "delete");
        let mut bytes = fs::read(&path).unwrap();
        let (page, last) = (4096, bytes.len() / 4096 - 1);
        bytes[last * page..].fill(0xa5);
        fs::write(&path, bytes).unwrap();
        assert_finding(&check(&path), Verdict::Fail, "backup");
    }

    #[test]
    fn what_is_no_database_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        fs::write(&path, "Dear diary, ".repeat(100)).unwrap();
        assert_finding(&check(&path), Verdict::Fail, "is no database");
        assert_finding(&check(folder.path()), Verdict::Fail, "is no file");
    }

    #[test]
    fn what_is_held_or_too_large_is_told() {
        let held = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None);
        assert_finding(&judge(Path::new("app.db"), Err(held)), Verdict::Warn, "held by another program");
        let large = State { journal_mode: "wal".to_owned(), integrity: None };
        assert_finding(&judge(Path::new("app.db"), Ok(large)), Verdict::Ok, "too large to be looked through");
        assert_finding(&not_writable(Path::new("data")), Verdict::Fail, "the folder, too");
    }
}
