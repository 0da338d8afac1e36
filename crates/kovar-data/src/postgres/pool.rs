//! Connections that one caller has to itself: for transactions, and for statements that would hold others up.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

use super::connection::Connection;
use super::connector::Connector;
use super::failure::Remedy;
use super::server::{Role, Server};
use super::wait::{Backoff, Wait};
use crate::Error;

/// How long a connection that was given back in the middle of something may take to be of use again.
const RECOVERY: Duration = Duration::from_secs(5);

/// How long what was given up may go on by itself.
const PATIENCE: Duration = Duration::from_millis(20);

pub(super) struct Pool {
    server: Arc<Server>,
    size: usize,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    is_closed: watch::Sender<bool>,
}

/// A connection that nobody has, and the runtime that drives it.
struct Idle {
    connection: Connection,
    home: Id,
}

/// A connection that somebody has. Dropped, it goes back; what was under way on it is broken off and undone before.
pub(super) struct Lent {
    idle: Option<Idle>,
    pool: Arc<Pool>,
    permit: Option<OwnedSemaphorePermit>,
    /// Whether a statement or a transaction is under way.
    is_busy: AtomicBool,
}

impl Pool {
    pub(super) fn new(server: Arc<Server>, size: usize) -> Self {
        Self {
            server,
            size,
            permits: Arc::new(Semaphore::new(size)),
            idle: Mutex::default(),
            is_closed: watch::Sender::new(false),
        }
    }

    pub(super) async fn take(self: &Arc<Self>, wait: &Wait) -> Result<Lent, Error> {
        let permit = self.permit(wait).await?;
        let home = Handle::current().id();
        let idle = match self.take_idle(home) {
            Some(idle) => idle,
            None => Idle { connection: self.connect(wait).await?, home },
        };
        Ok(Lent { idle: Some(idle), pool: Arc::clone(self), permit: Some(permit), is_busy: AtomicBool::new(false) })
    }

    /// A place for a connection that is no use to anybody else.
    pub(super) async fn reserve(&self, wait: &Wait) -> Result<OwnedSemaphorePermit, Error> {
        let permit = self.permit(wait).await?;
        self.make_room(&mut self.idle());
        Ok(permit)
    }

    async fn permit(&self, wait: &Wait) -> Result<OwnedSemaphorePermit, Error> {
        wait.turn(Arc::clone(&self.permits).acquire_owned()).await?.map_err(|_| Error::closed())
    }

    /// Ready when nothing more is lent.
    pub(super) fn closed(&self) -> impl Future<Output = ()> + use<> {
        let mut is_closed = self.is_closed.subscribe();
        async move { drop(is_closed.wait_for(|is_closed| *is_closed).await) }
    }

    /// One of this runtime, if there is one. Another runtime may be stuck, and its connections with it; where as many are
    /// open as may be, one of them makes room.
    fn take_idle(&self, home: Id) -> Option<Idle> {
        let mut idle = self.idle();
        idle.retain(|idle| !idle.connection.is_lost());
        if let Some(place) = idle.iter().rposition(|idle| idle.home == home) {
            return Some(idle.swap_remove(place));
        }
        self.make_room(&mut idle);
        None
    }

    /// Where as many are open as may be, one of them goes.
    fn make_room(&self, idle: &mut Vec<Idle>) {
        if idle.len() > self.permits.available_permits() {
            idle.remove(0);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections somebody has, and how many there may be.
    pub(super) fn lent(&self) -> (usize, usize) {
        (self.size - self.permits.available_permits().min(self.size), self.size)
    }

    async fn connect(&self, wait: &Wait) -> Result<Connection, Error> {
        let mut backoff = Backoff::new();
        loop {
            match wait.reach(Connection::open(&self.server, Role::Any, Arc::default())).await {
                Ok(connection) => return Ok(connection),
                Err(failure) if failure.remedy == Remedy::Connect => wait.pause(&mut backoff, failure).await?,
                Err(failure) => return Err(failure.error),
            }
        }
    }

    pub(super) fn close(&self) {
        self.permits.close();
        self.is_closed.send_replace(true);
        self.idle().clear();
    }

    fn put_back(&self, idle: Idle) {
        if !self.permits.is_closed() && !idle.connection.is_lost() {
            self.idle().push(idle);
        }
    }
}

impl Lent {
    /// The connection; `None` never comes to pass before the drop.
    pub(super) fn connection(&self) -> Option<&Connection> {
        self.idle.as_ref().map(|idle| &idle.connection)
    }

    /// Says that something is under way, and must be undone if this is dropped.
    pub(super) fn is_busy(&self) {
        self.is_busy.store(true, Relaxed);
    }

    pub(super) fn is_free(&self) {
        self.is_busy.store(false, Relaxed);
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let (Some(idle), pool, permit) = (self.idle.take(), Arc::clone(&self.pool), self.permit.take()) else { return };
        if !self.is_busy.load(Relaxed) {
            pool.put_back(idle);
        } else if pool.server.is_pooled() {
            // A PgBouncer ends the session of whoever hangs up in the middle. Its version 1.18 does not survive that a
            // statement is broken off at the same time as its client goes.
            drop(idle);
        } else if let Ok(runtime) = Handle::try_current() {
            // Its place is free again when the connection is.
            runtime.spawn(async move {
                match timeout(RECOVERY, recover(&idle.connection, pool.server.connector(Role::Any, Arc::default())))
                    .await
                {
                    Ok(true) => pool.put_back(idle),
                    _ => drop(idle),
                }
                drop(permit);
            });
        }
    }
}

/// Undoes what was under way, and gives whether the connection is of use to others. What does not end by itself is broken
/// off, and the connection ends with it: nobody knows when the server gets a cancellation, which would break off whatever
/// runs there then.
async fn recover(connection: &Connection, connector: Connector) -> bool {
    let client = connection.client();
    let mut undone = pin!(client.batch_execute("rollback"));
    if let Ok(outcome) = timeout(PATIENCE, &mut undone).await {
        return outcome.is_ok();
    }
    let _ = client.cancel_token().cancel_query(connector).await;
    let _ = undone.await;
    false
}
