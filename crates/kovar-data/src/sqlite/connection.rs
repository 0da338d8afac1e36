//! Opening connections, each on a thread of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::{oneshot, watch};

use crate::error::{Error, Kind};
use crate::sqlite::Place;

/// How many prepared statements a connection keeps.
const STATEMENT_CACHE: usize = 256;

/// Between two attempts at turning WAL mode on, which SQLite does not wait for itself.
const WAL_RETRY: Duration = Duration::from_millis(10);

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Writer,
    Reader,
}

/// The connections of one role, to be waited for at the end.
#[derive(Clone, Debug)]
pub(super) struct Open(watch::Receiver<()>);

/// What a connection's thread holds while the connection is open.
pub(super) type Hold = Arc<watch::Sender<()>>;

impl Open {
    pub(super) fn new() -> (Hold, Self) {
        let (hold, open) = watch::channel(());
        (Arc::new(hold), Self(open))
    }

    /// Waits until none is open.
    pub(super) async fn closed(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

/// Starts a thread that opens a connection and then serves with it. Ready once the connection is open.
pub(super) async fn start(
    role: Role,
    place: &Place,
    wait: Option<Duration>,
    hold: Hold,
    serve: impl FnOnce(&Connection) + Send + 'static,
) -> Result<(), Error> {
    let (ready, opened) = oneshot::channel();
    let place = place.clone();
    let name = match role {
        Role::Writer => "kovar-sqlite-writer",
        Role::Reader => "kovar-sqlite-reader",
    };
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(move || match open(role, &place, wait) {
        Ok(connection) => {
            if ready.send(Ok(())).is_ok() {
                serve(&connection);
            }
            drop(connection);
            drop(hold);
        }
        Err(error) => {
            let _ = ready.send(Err(error));
        }
    });
    spawned.map_err(|error| Error::new(Kind::Other, format!("no thread for SQLite could be started: {error}")))?;
    opened.await.map_err(|_| Error::closed())?
}

fn open(role: Role, place: &Place, wait: Option<Duration>) -> Result<Connection, Error> {
    match place {
        Place::Memory => prepare(Connection::open_in_memory()?, role, wait),
        Place::File(path) => open_file(path, role, wait)
            .map_err(|error| error.about(&format!("the database {} cannot be opened", path.display()))),
    }
}

fn open_file(path: &Path, role: Role, wait: Option<Duration>) -> Result<Connection, Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| Error::new(Kind::Other, format!("its folder cannot be made: {error}")))?;
    }
    // The connection stays on its thread, so SQLite needs no mutex around it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    prepare(Connection::open_with_flags(path, flags)?, role, wait)
}

fn prepare(connection: Connection, role: Role, wait: Option<Duration>) -> Result<Connection, Error> {
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    set_busy_wait(&connection, wait)?;
    match role {
        Role::Writer => {
            turn_wal_on(&connection, wait)?;
            connection.execute_batch("pragma synchronous = full; pragma foreign_keys = on")?;
        }
        Role::Reader => connection.execute_batch("pragma query_only = on")?,
    }
    Ok(connection)
}

/// Sets how long SQLite waits for locks of other processes.
pub(super) fn set_busy_wait(connection: &Connection, wait: Option<Duration>) -> Result<(), Error> {
    let longest = Duration::from_millis(i32::MAX as u64);
    Ok(connection.busy_timeout(wait.map_or(longest, |wait| wait.min(longest)))?)
}

fn turn_wal_on(connection: &Connection, wait: Option<Duration>) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        match connection.query_row("pragma journal_mode = wal", [], |_| Ok(())) {
            Err(error) if is_locked(&error) && wait.is_none_or(|wait| begun.elapsed() < wait) => {
                thread::sleep(WAL_RETRY);
            }
            outcome => return Ok(outcome?),
        }
    }
}

fn is_locked(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
