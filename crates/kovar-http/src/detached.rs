//! Work that goes on when its client has gone.
//!
//! A connection's task owns the work of its requests, so that it ends with the client. Detached work
//! runs in a task of its own, on the runtime that built the app: those of the workers end with
//! their last connection.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// The work of an app's detached operations; clones are the same.
#[derive(Clone, Default)]
pub struct DetachedTasks {
    tracker: TaskTracker,
    runtime: Arc<OnceLock<Handle>>,
}

impl DetachedTasks {
    /// The work is to run where this is called. Without a runtime, it runs on that of its request.
    pub(crate) fn run_on_this_runtime(&self) {
        if let Ok(runtime) = Handle::try_current() {
            let _ = self.runtime.set(runtime);
        }
    }

    /// Runs work to its end, whoever waits for it. `None` if it was broken off: its runtime has ended.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let runtime = self.runtime.get().cloned().unwrap_or_else(Handle::current);
        self.tracker.spawn_on(work, &runtime).await.ok()
    }

    /// Waits until none is left. New ones may still begin before.
    pub async fn finished(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

impl fmt::Debug for DetachedTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetachedTasks").field("running", &self.tracker.len()).finish()
    }
}
