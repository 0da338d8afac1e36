//! The database as values of an app: `Db` for all, `Tx` for one request.

use std::any::TypeId;
use std::sync::{Arc, Mutex, PoisonError};

use kovar_data::{Db, Outbox, Publisher, RunningOutbox, Tx};

use crate::app::App;
use crate::dependency::{Dep, Outcome, Provider};
use crate::problem::InternalError;

/// A transaction for operations that ask for one; it needs a `Db`.
///
/// It begins when everything about the request has been accepted. It commits before a successful
/// response is sent, so no client sees a 201 for a commit that failed, and rolls back otherwise:
/// on a problem, a panic, the deadline, or a client that went away.
pub fn transactions() -> Provider {
    Provider::per_request(begin).finish(finish)
}

impl App {
    /// Publishes what transactions add to the outbox ([`Message::in_tx`](kovar_data::Message::in_tx)), from the start of the
    /// app to its end; it needs a `Db`.
    #[must_use]
    pub fn outbox<P: Publisher>(self, outbox: Outbox<P>) -> Self {
        self.metrics().watch_outbox(outbox.counts());
        let running: Arc<Mutex<Option<RunningOutbox>>> = Arc::default();
        let begun = Arc::clone(&running);
        let start = move |db: Dep<Db>| {
            let (outbox, begun) = (outbox.clone(), Arc::clone(&begun));
            async move {
                let outbox = outbox.start(&db).await?;
                *begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(outbox);
                Ok::<_, kovar_data::Error>(())
            }
        };
        let stop = move || {
            let outbox = running.lock().unwrap_or_else(PoisonError::into_inner).take();
            async move {
                if let Some(outbox) = outbox {
                    outbox.stop().await;
                }
                Ok::<_, kovar_data::Error>(())
            }
        };
        self.on_start(start).on_stop(stop)
    }
}

/// What an app without a database is told.
pub(crate) fn remedy(type_id: TypeId) -> Option<&'static str> {
    [TypeId::of::<Db>(), TypeId::of::<Tx>()].contains(&type_id).then_some(
        "give the program a database with `Program::database`; a test gives the app one with `App::provide`, \
         and `Tx` with `App::provider(kovar::http::data::transactions())`",
    )
}

async fn begin(database: Dep<Db>) -> Result<Tx, InternalError> {
    Ok(database.begin().await?)
}

async fn finish(transaction: Arc<Tx>, outcome: Outcome) -> Result<(), InternalError> {
    match outcome {
        Outcome::Success => transaction.commit().await?,
        Outcome::Failure => transaction.rollback().await?,
    }
    Ok(())
}
