//! One connection, with the statements that it has prepared.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use futures_util::future::maybe_done;
use futures_util::{FutureExt as _, TryStreamExt as _};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Row, RowStream};

use super::bind::{Bound, type_of};
use super::copy::{copy, no_values};
use super::failure::{Failure, Remedy};
use super::placeholder;
use super::server::{Role, Server};
use super::value::Received;
use super::wire::Pace;
use crate::engine::{Answer, Fetch};
use crate::error::{Error, Kind};
use crate::hash::QuickMap;
use crate::rows::{Rows, Value};
use crate::{Parameter, Statement};

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 1_000;

/// A connection to the server. Statements of several callers may be under way on it at a time: they are sent at once, and
/// answered in their order.
pub(super) struct Connection {
    client: Client,
    prepared: Mutex<QuickMap<Arc<str>, Arc<OnceCell<Prepared>>>>,
    /// Whether the session is not its own, so that nothing can be prepared in it.
    is_pooled: bool,
}

/// A statement as the server knows it.
#[derive(Clone)]
pub(super) enum Prepared {
    Named {
        statement: tokio_postgres::Statement,
        columns: Columns,
    },
    /// It is parsed each time.
    Unnamed,
}

/// The names of a statement's columns.
pub(super) type Columns = Arc<[String]>;

impl Connection {
    pub(super) async fn open(server: &Server, role: Role, pace: Arc<Pace>) -> Result<Self, Failure> {
        let client = server.connect(role, pace).await?;
        Ok(Self { client, prepared: Mutex::default(), is_pooled: server.is_pooled() })
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
        self.remember(text, self.run_prepared(&prepared, text, statement, fetch).await)
    }

    /// Runs a statement that may only read, in a transaction that goes to the server with it.
    pub(super) async fn run_reading(&self, text: &str, statement: &Statement, fetch: Fetch) -> Result<Answer, Failure> {
        let prepared = self.prepare(text).await?;
        let (begun, outcome, ended) = tokio::join!(
            biased;
            self.client.batch_execute("begin read only"),
            self.run_prepared(&prepared, text, statement, fetch),
            // What it has told others with `pg_notify` goes out with it.
            self.client.batch_execute("commit"),
        );
        let outcome = self.remember(text, outcome)?;
        begun.and(ended).map_err(|cause| Failure::of(&cause))?;
        Ok(outcome)
    }

    /// Runs statements in one transaction, which goes to the server at once. Gives how many rows each has changed.
    pub(super) async fn run_all(&self, statements: &[Arc<Statement>]) -> Result<Vec<u64>, Error> {
        let mut all = Vec::with_capacity(statements.len());
        for statement in statements {
            let text = statement.render(placeholder);
            let prepared = self.prepare(&text).await.map_err(|failure| failure.error.at(statement.origin()))?;
            all.push((statement, text, prepared));
        }
        let runs = all.iter().map(|(statement, text, prepared)| async move {
            let outcome = self.run_prepared(prepared, text, statement, Fetch::Nothing).await;
            outcome.map(|answer| answer.changed).map_err(|failure| failure.error.at(statement.origin()))
        });
        let (begun, changed, ended) = tokio::join!(
            biased;
            self.client.batch_execute("begin"),
            in_order(runs.collect()),
            self.client.batch_execute("commit"),
        );
        begun.map_err(|cause| Failure::of(&cause).error)?;
        let changed = changed.into_iter().collect::<Result<Vec<_>, _>>()?;
        ended.map_err(|cause| Failure::of(&cause).error)?;
        Ok(changed)
    }

    /// Runs statements in one transaction, which goes to the server at once. If it fails, nothing has happened, unless the
    /// connection was lost.
    pub(super) async fn run_group(&self, group: &[(&str, &Statement, Fetch)]) -> Result<Vec<Answer>, Failure> {
        let mut all = Vec::with_capacity(group.len());
        for (text, statement, fetch) in group {
            all.push((self.prepare(text).await?, text, statement, fetch));
        }
        let runs = all.iter().map(|(prepared, text, statement, fetch)| async move {
            self.remember(text, self.run_prepared(prepared, text, statement, **fetch).await)
        });
        let (begun, answers, ended) = tokio::join!(
            biased;
            self.client.batch_execute("begin"),
            in_order(runs.collect()),
            self.client.batch_execute("commit"),
        );
        begun.map_err(|cause| Failure::of(&cause))?;
        // A commit after a failure is a rollback; one that is refused, too.
        ended.map_err(|cause| Failure::of(&cause))?;
        answers.into_iter().collect()
    }

    /// Copies rows into a table and its columns.
    pub(super) async fn copy(&self, target: &Statement, rows: &[Vec<Parameter>]) -> Result<u64, Failure> {
        if target.parameters().next().is_some() {
            return Err(Failure::local(no_values()));
        }
        copy(&self.client, &target.render(placeholder), rows).await
    }

    /// The same, in a transaction that may take its time.
    pub(super) async fn copy_alone(&self, target: &Statement, rows: &[Vec<Parameter>]) -> Result<u64, Error> {
        self.begin_at_leisure("begin").await?;
        let copied = self.copy(target, rows).await.map_err(|failure| failure.error)?;
        self.client.batch_execute("commit").await.map_err(|cause| Failure::of(&cause).error)?;
        Ok(copied)
    }

    /// Begins a transaction whose statements may take their time.
    pub(super) async fn begin_at_leisure(&self, begin: &str) -> Result<(), Error> {
        let text = format!("{begin}; set local statement_timeout = 0");
        self.client.batch_execute(&text).await.map_err(|cause| Failure::of(&cause).error)
    }

    /// Sends a statement, and gives its rows as they come, with the names of their columns if those are known before.
    pub(super) async fn stream(&self, statement: &Statement) -> Result<(RowStream, Option<Columns>), Failure> {
        let text = statement.render(placeholder);
        let prepared = self.prepare(&text).await?;
        Ok((self.send(&prepared, &text, statement).await?, prepared.columns()))
    }

    /// Forgets a statement that the server has forgotten.
    fn remember(&self, text: &str, outcome: Result<Answer, Failure>) -> Result<Answer, Failure> {
        if outcome.as_ref().is_err_and(|failure| failure.remedy == Remedy::Prepare) {
            self.prepared.lock().unwrap_or_else(PoisonError::into_inner).remove(text);
        }
        outcome
    }

    async fn run_prepared(
        &self,
        prepared: &Prepared,
        text: &str,
        statement: &Statement,
        fetch: Fetch,
    ) -> Result<Answer, Failure> {
        let rows = self.send(prepared, text, statement).await?;
        read(rows, prepared.columns(), fetch).await
    }

    async fn send(&self, prepared: &Prepared, text: &str, statement: &Statement) -> Result<RowStream, Failure> {
        let parameters = statement.parameters();
        let sent = match prepared {
            Prepared::Named { statement: prepared, .. } => {
                let parameters: Vec<_> = parameters.map(Bound).collect();
                if parameters.len() != prepared.params().len() {
                    let message = "the text has a placeholder of its own: values go in as {value}";
                    return Err(Failure::local(Error::new(Kind::Other, message)));
                }
                self.client.query_raw(prepared, parameters).await
            }
            Prepared::Unnamed => {
                let typed = parameters.map(|parameter| (Bound(parameter), type_of(parameter)));
                self.client.query_typed_raw(text, typed).await
            }
        };
        sent.map_err(|cause| Failure::of(&cause))
    }

    /// The statement as the server knows it. Whoever asks for it while it is being prepared waits for that.
    async fn prepare(&self, text: &str) -> Result<Prepared, Failure> {
        if self.is_pooled {
            return Ok(Prepared::Unnamed);
        }
        let cell = self.cell(text);
        if let Some(prepared) = cell.get() {
            return Ok(prepared.clone());
        }
        let prepared = cell.get_or_try_init(|| async {
            let statement = self.client.prepare(text).await.map_err(|cause| not_prepared(&cause))?;
            let columns = statement.columns().iter().map(|column| column.name().to_owned()).collect();
            Ok(Prepared::Named { statement, columns })
        });
        prepared.boxed().await.cloned()
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

impl Prepared {
    fn columns(&self) -> Option<Columns> {
        match self {
            Self::Named { columns, .. } => Some(Arc::clone(columns)),
            Self::Unnamed => None,
        }
    }
}

/// Preparing does nothing, so that a connection that is lost meanwhile leaves no doubt.
fn not_prepared(cause: &tokio_postgres::Error) -> Failure {
    let failure = Failure::of(cause);
    match failure.remedy {
        Remedy::Lost => Failure::new(failure.error.of_kind(Kind::Unavailable), Remedy::Connect),
        // A statement that cannot be prepared can never be.
        Remedy::Prepare => Failure::local(failure.error),
        _ => failure,
    }
}

async fn read(rows: RowStream, mut columns: Option<Columns>, fetch: Fetch) -> Result<Answer, Failure> {
    let mut rows = pin!(rows);
    let mut wanted = match fetch {
        Fetch::Nothing => 0,
        Fetch::UpToTwo => 2,
        Fetch::All => usize::MAX,
    };
    let mut values = Vec::new();
    let mut refused = None;
    while let Some(row) = rows.try_next().await.map_err(|cause| Failure::of(&cause))? {
        if wanted > 0 && refused.is_none() {
            wanted -= 1;
            refused = push_row(&mut values, &row, columns.get_or_insert_with(|| columns_of(&row))).err();
        }
    }
    match refused {
        Some(error) => Err(Failure::local(error)),
        None => {
            let rows_affected = rows.rows_affected().unwrap_or(0);
            Ok(Answer { rows: Rows { columns: columns.unwrap_or_default(), values }, changed: rows_affected })
        }
    }
}

pub(super) fn columns_of(row: &Row) -> Columns {
    row.columns().iter().map(|column| column.name().to_owned()).collect()
}

/// Adds the values of a row.
pub(super) fn push_row(values: &mut Vec<Value>, row: &Row, columns: &[String]) -> Result<(), Error> {
    values.reserve(columns.len());
    for (column, name) in columns.iter().enumerate() {
        let Received(value) = row.try_get(column).map_err(|cause| not_read(name, &cause))?;
        values.push(value);
    }
    Ok(())
}

/// Polls futures in their order, so that what they send is sent in it.
async fn in_order<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| Box::pin(maybe_done(future))).collect();
    poll_fn(|context| {
        let mut is_done = true;
        for future in &mut futures {
            is_done &= future.as_mut().poll(context).is_ready();
        }
        if is_done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    futures.iter_mut().filter_map(|future| future.as_mut().take_output()).collect()
}

fn not_read(column: &str, cause: &tokio_postgres::Error) -> Error {
    let reason = std::error::Error::source(cause).map(ToString::to_string).unwrap_or_default();
    Error::new(Kind::Mapping, format!("column `{column}`: {reason}"))
}
