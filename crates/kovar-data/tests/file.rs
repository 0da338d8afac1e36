//! A database in a folder of its own, which goes when the test does.

use std::path::PathBuf;
use std::time::Duration;

use kovar_data::{Db, Options, sql};
use tempfile::TempDir;

pub(crate) struct File {
    folder: TempDir,
}

impl File {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Where the database and the files beside it are; it does not exist yet.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}/test.db", self.folder().display())
    }

    pub(crate) async fn open(&self) -> Db {
        Db::open(&self.url()).await.unwrap()
    }

    /// Opens it so that a statement without a turn gives up after 100 ms.
    pub(crate) async fn open_impatient(&self) -> Db {
        impatient().open(&self.url()).await.unwrap()
    }

    /// Opens it, and creates the table `numbers (n integer primary key)`.
    pub(crate) async fn with_numbers(&self) -> Db {
        let db = self.open_impatient().await;
        db.execute(sql!("create table numbers (n integer primary key)")).await.unwrap();
        db
    }
}

pub(crate) fn impatient() -> Options {
    Db::options().wait(Duration::from_millis(100))
}

pub(crate) async fn count(db: &Db) -> i64 {
    db.one(sql!("select count(*) from numbers")).await.unwrap()
}

/// An empty database, and what keeps it.
pub(crate) async fn empty() -> (Db, File) {
    let file = File::new();
    (file.open().await, file)
}
