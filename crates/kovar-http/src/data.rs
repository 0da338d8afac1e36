//! The database as values of an app: `Db` for all, `Tx` for one request.

use std::any::TypeId;
use std::sync::Arc;

use kovar_data::{Db, Tx};

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
