//! A file system of little space, and writing until there is none.

use std::path::Path;
use std::process::Command;

use futures_util::future::join_all;
use kovar_data::{Db, Error, sql};
use tempfile::TempDir;

/// It is in memory, and goes when the test does.
pub(crate) struct Disk(TempDir);

impl Disk {
    /// One of so many kilobytes; `None`, with the reason said, where this process may not mount one.
    pub(crate) fn of_kilobytes(kilobytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={kilobytes}k,mode=0755");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        match mount {
            Ok(output) if output.status.success() => Some(Self(folder)),
            Ok(output) => skip(&String::from_utf8_lossy(&output.stderr)),
            Err(error) => skip(&error.to_string()),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// A test that passes without having been one says so.
fn skip(reason: &str) -> Option<Disk> {
    eprintln!("skipped: no file system of its own: {reason}");
    None
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Writes one row of 20 kB into the table `blobs (n, bytes)`.
pub(crate) async fn insert(db: &Db, n: i64) -> Result<u64, Error> {
    db.execute(sql!("insert into blobs values ({n}, {vec![0_u8; 20_000]})")).await
}

/// Writes until there is no more room: alone, in a transaction, many rows at once, and together. Whatever was acknowledged
/// must be there, and nothing else. Gives the first refusal.
pub(crate) async fn fill_up(db: &Db) -> Error {
    let mut acknowledged = Vec::new();
    let refused = loop {
        let n = acknowledged.len() as i64;
        match insert(db, n).await {
            Ok(_) => acknowledged.push(n),
            Err(error) => break error,
        }
    };
    assert!(refused.is_unwritable() && refused.is_passing(), "{refused}");

    let rows: Vec<_> = (1_000..1_100_i64).map(|n| (n, vec![0_u8; 20_000])).collect();
    let tx = db.begin().await.unwrap();
    let outcome = async {
        for (n, bytes) in &rows {
            tx.execute(sql!("insert into blobs values ({n}, {bytes})")).await?;
        }
        Ok::<_, Error>(())
    };
    let outcome = outcome.await;
    assert!(outcome.as_ref().is_err_and(Error::is_unwritable), "{outcome:?}");
    assert!(tx.commit().await.unwrap_err().is_closed());
    let outcome = db.insert_many(sql!("blobs (n, bytes)"), &rows).await;
    assert!(outcome.as_ref().is_err_and(Error::is_unwritable), "{outcome:?}");

    for (n, outcome) in join_all((2_000..2_100).map(|n| insert(db, n))).await.into_iter().enumerate() {
        match outcome {
            Ok(_) => acknowledged.push(2_000 + n as i64),
            Err(error) => assert!(error.is_unwritable(), "{error}"),
        }
    }
    assert_eq!(db.all::<i64>(sql!("select n from blobs order by n")).await.unwrap(), acknowledged);
    refused
}
