//! A copy of a database that is in use.
//!
//! SQLite copies page by page. The copy has a connection and a read transaction of its own: so all pages are of one
//! moment, nobody waits for it, and what others write does not begin it anew. `vacuum into` was refused: it writes all
//! tables anew, cannot be broken off, does not wait for the disk, and may renumber rows without a key of their own.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use crate::error::{Error, Kind};

/// How many pages are copied until it is looked whether anybody still waits for them.
const STEP: i32 = 256;

/// Copies a database into a new file, on a thread of its own.
pub(super) async fn backup(from: PathBuf, to: PathBuf) -> Result<(), Error> {
    let is_unwanted = Arc::new(AtomicBool::new(false));
    let _unwanted_when_dropped = Unwanted(Arc::clone(&is_unwanted));
    let copied = tokio::task::spawn_blocking(move || {
        copy(&from, &to, &is_unwanted).map_err(|error| error.about(&format!("the backup {}", to.display())))
    });
    copied.await.map_err(|_| Error::closed())?
}

/// A caller whose future is dropped.
struct Unwanted(Arc<AtomicBool>);

impl Drop for Unwanted {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// A file that is not whole yet, or has another name by now.
struct Partial(PathBuf);

impl Partial {
    fn beside(path: &Path) -> Result<Self, Error> {
        let mut name = OsString::from(path);
        name.push(format!(".{}.partial", Uuid::now_v7().simple()));
        File::create_new(&name).map_err(|cause| not_written(&cause))?;
        Ok(Self(name.into()))
    }

    /// Gives the file its name, unless another has it.
    fn publish(self, path: &Path) -> io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        match fs::hard_link(&self.0, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // Not every file system gives a file a second name.
            Err(_) if !path.exists() => fs::rename(&self.0, path)?,
            outcome => outcome?,
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn copy(from: &Path, to: &Path, is_unwanted: &AtomicBool) -> Result<(), Error> {
    if to.exists() {
        return Err(not_written(&"there is a file of this name"));
    }
    let partial = Partial::beside(to)?;
    copy_pages(from, &partial.0, is_unwanted)?;
    partial.publish(to).map_err(|cause| not_written(&cause))
}

fn copy_pages(from: &Path, to: &Path, is_unwanted: &AtomicBool) -> Result<(), Error> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // A transaction sees the moment of its first read.
    source.execute_batch("begin; select count(*) from sqlite_schema")?;
    let mut copy = Connection::open(to)?;
    // What is not whole is thrown away, and what is gets synced at the end.
    copy.execute_batch("pragma journal_mode = off; pragma synchronous = off")?;
    let backup = Backup::new(&source, &mut copy)?;
    while !is_unwanted.load(Relaxed) {
        match backup.step(STEP)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => return Err(Error::new(Kind::Busy, "the database was busy")),
        }
    }
    Err(not_written(&"nobody waits for it"))
}

fn not_written(cause: &dyn std::fmt::Display) -> Error {
    Error::new(Kind::Other, format!("it cannot be written: {cause}"))
}
