//! What SQLite makes of a statement.

use rusqlite::Connection;

use super::run::{Run, prepare_explained};
use crate::Error;
use crate::explain::{LARGE, Plan, hint};

/// One line of a plan.
struct Line {
    number: i64,
    /// The line that it belongs to.
    parent: i64,
    detail: String,
}

/// Its plan has no values in it.
pub(super) fn explain(connection: &Connection, run: &Run) -> Result<Plan, Error> {
    // A plan is made without a look at the file: this is the look, after which the connection knows today's indices.
    connection.query_row("select count(*) from sqlite_schema", (), |_| Ok(()))?;
    let mut prepared = prepare_explained(connection, run)?;
    let mut rows = prepared.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(Line { number: row.get(0)?, parent: row.get(1)?, detail: row.get(3)? });
    }
    let looks_for_some = run.statement.normalised().to_ascii_lowercase().contains("where");
    let scanned = lines.iter().filter_map(|line| scanned(&line.detail)).filter(|_| looks_for_some);
    let large = scanned.into_iter().find(|table| is_large(connection, table));
    Ok(Plan { text: outline(&lines, 0, 0), hint: large.map(|table| hint("all rows", table, "some of them")) })
}

fn outline(lines: &[Line], parent: i64, depth: usize) -> String {
    let children = lines.iter().filter(|line| line.parent == parent);
    let entry = |line: &Line| format!("{:depth$}{}\n{}", "", line.detail, outline(lines, line.number, depth + 2));
    children.map(entry).collect()
}

/// The table that a line reads as a whole, and not along an index.
fn scanned(detail: &str) -> Option<&str> {
    let table = detail.strip_prefix("SCAN ")?;
    table.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(table)
}

/// The name may be an alias, of which SQLite knows nothing.
fn is_large(connection: &Connection, table: &str) -> bool {
    let text = format!("select count(*) from (select 1 from \"{table}\" limit {LARGE})");
    connection.query_row(&text, (), |row| row.get::<_, i64>(0)).is_ok_and(|rows| rows >= LARGE)
}
