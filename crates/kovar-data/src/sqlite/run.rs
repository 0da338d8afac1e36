//! Running one statement on one connection.

use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection};

use crate::Statement;
use crate::engine::{Answer, Fetch};
use crate::error::{Error, Kind};
use crate::rows::{Rows, Value};
use crate::sqlite::bind::bind;

/// A statement, and what is wanted of it.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) statement: Arc<Statement>,
    pub(super) fetch: Fetch,
}

/// Runs a statement that is a transaction of its own.
pub(super) fn run_alone(connection: &Connection, run: &Run) -> Result<Answer, Error> {
    let prepared = prepare(connection, run)?;
    execute_alone(connection, prepared, run)
}

/// Runs a prepared statement that is a transaction of its own.
pub(super) fn execute_alone(
    connection: &Connection,
    prepared: CachedStatement<'_>,
    run: &Run,
) -> Result<Answer, Error> {
    let answer = execute(connection, prepared, run);
    if connection.is_autocommit() {
        return answer;
    }
    // A `begin` would put everybody else's statements into its transaction.
    connection.execute_batch("rollback")?;
    Err(Error::new(Kind::Other, "a transaction is begun with `db.begin()`, not by a statement"))
}

/// Runs a statement inside the connection's open transaction.
pub(super) fn run_inside(connection: &Connection, run: &Run) -> Result<Answer, Error> {
    let answer = execute(connection, prepare(connection, run)?, run)?;
    if connection.is_autocommit() {
        let message = "a transaction is ended with `tx.commit()` or `tx.rollback()`, not by a statement";
        return Err(Error::new(Kind::Closed, message));
    }
    Ok(answer)
}

/// Without a number, so that a `?` of the text's own adds to their count, and is found out.
pub(crate) fn placeholder(text: &mut String, _: usize) {
    text.push('?');
}

pub(super) fn prepare<'c>(connection: &'c Connection, run: &Run) -> Result<CachedStatement<'c>, Error> {
    let text = run.statement.render(placeholder);
    Ok(connection.prepare_cached(&text)?)
}

/// Prepares that SQLite tells how it would run a statement.
pub(super) fn prepare_explained<'c>(connection: &'c Connection, run: &Run) -> Result<rusqlite::Statement<'c>, Error> {
    let text = run.statement.render(placeholder);
    Ok(connection.prepare(&format!("explain query plan {text}"))?)
}

fn execute(connection: &Connection, mut prepared: CachedStatement<'_>, run: &Run) -> Result<Answer, Error> {
    bind_all(&mut prepared, &run.statement)?;
    let before = connection.total_changes();
    let rows = fetch(&mut prepared, run.fetch)?;
    // SQLite's count is of the last statement that changed rows, which need not be this one.
    let changed = if connection.total_changes() == before { 0 } else { connection.changes() };
    Ok(Answer { rows, changed })
}

fn bind_all(prepared: &mut CachedStatement<'_>, statement: &Statement) -> Result<(), Error> {
    let mut count = 0;
    for parameter in statement.parameters() {
        count += 1;
        let value = bind(parameter).map_err(|reason| Error::parameter(count, reason))?;
        prepared.raw_bind_parameter(count, value)?;
    }
    if prepared.parameter_count() != count {
        return Err(Error::new(Kind::Other, "the text has a placeholder of its own: values go in as {value}"));
    }
    Ok(())
}

fn fetch(prepared: &mut CachedStatement<'_>, fetch: Fetch) -> Result<Rows, Error> {
    let writes = !prepared.readonly();
    let mut rows = Rows::default();
    let mut wanted = match fetch {
        Fetch::Nothing => 0,
        Fetch::UpToTwo => 2,
        Fetch::All => usize::MAX,
    };
    let mut cursor = prepared.raw_query();
    while let Some(row) = cursor.next()? {
        if wanted == 0 && !writes {
            break;
        }
        if wanted > 0 {
            wanted -= 1;
            push(&mut rows, row)?;
        }
    }
    Ok(rows)
}

/// Gives a statement's rows a few at a time, until there are no more or they are not wanted.
pub(super) fn fetch_batches(
    prepared: &mut CachedStatement<'_>,
    run: &Run,
    size: usize,
    mut is_wanted: impl FnMut(Result<Rows, Error>) -> bool,
) -> Result<(), Error> {
    bind_all(prepared, &run.statement)?;
    let (mut rows, mut count) = (Rows::default(), 0);
    let mut cursor = prepared.raw_query();
    while let Some(row) = cursor.next()? {
        push(&mut rows, row)?;
        count += 1;
        if count == size {
            if !is_wanted(Ok(std::mem::take(&mut rows))) {
                return Ok(());
            }
            count = 0;
        }
    }
    if count > 0 {
        is_wanted(Ok(rows));
    }
    Ok(())
}

fn push(rows: &mut Rows, row: &rusqlite::Row<'_>) -> Result<(), Error> {
    if rows.columns.is_empty() {
        // Not before the first row: until then a cached statement may still know the columns of an older schema.
        rows.columns = row.as_ref().column_names().into_iter().map(str::to_owned).collect();
    }
    for column in 0..rows.columns.len() {
        rows.values.push(value(row.get_ref(column)?));
    }
    Ok(())
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Blob(value) => Value::Blob(value.to_owned()),
        // SQLite does not check that text is UTF-8. What is not cannot be a `String`.
        ValueRef::Text(value) => match str::from_utf8(value) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Blob(value.to_owned()),
        },
    }
}
