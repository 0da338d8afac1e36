//! One connection, with the statements that it has prepared.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::TryStreamExt as _;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, RowStream};

use super::bind::Bound;
use super::failure::{Failure, Remedy};
use super::server::{Role, Server};
use super::value::Received;
use crate::Statement;
use crate::engine::{Answer, Fetch};
use crate::error::{Error, Kind};
use crate::rows::Rows;

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 1_000;

/// A connection to the server. Statements of several callers may be under way on it at a time: they are sent at once, and
/// answered in their order.
pub(super) struct Connection {
    client: Client,
    prepared: Mutex<HashMap<Arc<str>, Arc<OnceCell<Prepared>>>>,
}

/// A statement as the server knows it.
#[derive(Clone)]
struct Prepared {
    statement: tokio_postgres::Statement,
    columns: Arc<[String]>,
}

impl Connection {
    pub(super) async fn open(server: &Server, role: Role) -> Result<Self, Failure> {
        Ok(Self { client: server.connect(role).await?, prepared: Mutex::default() })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs a statement, whose text is given with it.
    pub(super) async fn run(&self, text: &str, statement: &Statement, fetch: Fetch) -> Result<Answer, Failure> {
        let prepared = self.prepare(text).await?;
        self.remember(text, self.run_prepared(&prepared, statement, fetch).await)
    }

    /// Runs a statement that may only read, in a transaction that goes to the server with it.
    pub(super) async fn run_reading(&self, text: &str, statement: &Statement, fetch: Fetch) -> Result<Answer, Failure> {
        let prepared = self.prepare(text).await?;
        let (begun, outcome, ended) = tokio::join!(
            biased;
            self.client.batch_execute("begin read only"),
            self.run_prepared(&prepared, statement, fetch),
            self.client.batch_execute("rollback"),
        );
        let outcome = self.remember(text, outcome)?;
        begun.and(ended).map_err(|cause| Failure::of(&cause))?;
        Ok(outcome)
    }

    /// Forgets a statement that the server has forgotten.
    fn remember(&self, text: &str, outcome: Result<Answer, Failure>) -> Result<Answer, Failure> {
        if outcome.as_ref().is_err_and(|failure| failure.remedy == Remedy::Prepare) {
            self.prepared.lock().unwrap_or_else(PoisonError::into_inner).remove(text);
        }
        outcome
    }

    async fn run_prepared(&self, prepared: &Prepared, statement: &Statement, fetch: Fetch) -> Result<Answer, Failure> {
        let wanted = prepared.statement.params();
        let parameters: Vec<_> = statement.parameters().map(Bound).collect();
        if parameters.len() != wanted.len() {
            let message = "the text has a placeholder of its own: values go in as {value}";
            return Err(Failure::new(Error::new(Kind::Other, message), Remedy::None));
        }
        let rows = self.client.query_raw(&prepared.statement, parameters).await.map_err(|cause| Failure::of(&cause))?;
        read(rows, Arc::clone(&prepared.columns), fetch).await
    }

    /// The statement as the server knows it. Whoever asks for it while it is being prepared waits for that.
    async fn prepare(&self, text: &str) -> Result<Prepared, Failure> {
        let cell = self.cell(text);
        let prepared = cell.get_or_try_init(|| async {
            let statement = self.client.prepare(text).await.map_err(|cause| not_prepared(&cause))?;
            let columns = statement.columns().iter().map(|column| column.name().to_owned()).collect();
            Ok(Prepared { statement, columns })
        });
        prepared.await.cloned()
    }

    fn cell(&self, text: &str) -> Arc<OnceCell<Prepared>> {
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = prepared.get(text) {
            return Arc::clone(cell);
        }
        if prepared.len() >= STATEMENTS {
            prepared.clear();
        }
        Arc::clone(prepared.entry(text.into()).or_default())
    }
}

/// Preparing does nothing, so that a connection that is lost meanwhile leaves no doubt.
fn not_prepared(cause: &tokio_postgres::Error) -> Failure {
    let failure = Failure::of(cause);
    match failure.remedy {
        Remedy::Lost => Failure::new(failure.error.of_kind(Kind::Unavailable), Remedy::Connect),
        // A statement that cannot be prepared can never be.
        Remedy::Prepare => Failure::new(failure.error, Remedy::None),
        _ => failure,
    }
}

async fn read(rows: RowStream, columns: Arc<[String]>, fetch: Fetch) -> Result<Answer, Failure> {
    let mut rows = pin!(rows);
    let mut wanted = match fetch {
        Fetch::Nothing => 0,
        Fetch::UpToTwo => 2,
        Fetch::All => usize::MAX,
    };
    let mut values = Vec::new();
    let mut refused = None;
    while let Some(row) = rows.try_next().await.map_err(|cause| Failure::of(&cause))? {
        if wanted == 0 || refused.is_some() {
            continue;
        }
        wanted -= 1;
        for (column, name) in columns.iter().enumerate() {
            match row.try_get::<_, Received>(column) {
                Ok(Received(value)) => values.push(value),
                Err(cause) => refused = refused.or_else(|| Some(not_read(name, &cause))),
            }
        }
    }
    match refused {
        Some(error) => Err(Failure::new(error, Remedy::None)),
        None => Ok(Answer { rows: Rows { columns, values }, changed: rows.rows_affected().unwrap_or(0) }),
    }
}

fn not_read(column: &str, cause: &tokio_postgres::Error) -> Error {
    let reason = std::error::Error::source(cause).map(ToString::to_string).unwrap_or_default();
    Error::new(Kind::Mapping, format!("column `{column}`: {reason}"))
}
