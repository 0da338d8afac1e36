//! What SQLite says of a statement that it has prepared.
//!
//! A value has its own type in SQLite, and a parameter takes any. What is known is what a column was declared as.

use rusqlite::Connection;

use crate::Error;
use crate::check::{ANY_WIDTH, Class, Described, DescribedColumn, SqlType};

pub(super) fn describe(connection: &Connection, text: &str) -> Result<Described, Error> {
    let statement = connection.prepare(text)?;
    let columns = statement.columns_with_metadata().into_iter().map(|column| {
        let declared = column_type(connection, column.table_name(), column.origin_name());
        let (sql_type, is_nullable) =
            declared.map_or((None, None), |(name, nullable)| (sql_type(&name), Some(nullable)));
        DescribedColumn { name: column.name().to_owned(), sql_type, is_nullable }
    });
    Ok(Described { parameters: vec![None; statement.parameter_count()], columns: columns.collect() })
}

/// What a column of a table was declared as, and whether NULL may stand in it.
fn column_type(connection: &Connection, table: Option<&str>, column: Option<&str>) -> Option<(String, bool)> {
    // SQLite lets NULL into a primary key by an old mistake that it keeps. Nobody means that.
    let text = "select type, \"notnull\" = 0 and pk = 0 from pragma_table_info(?1) where name = ?2";
    connection.query_row(text, (table?, column?), |row| Ok((row.get(0)?, row.get(1)?))).ok()
}

/// By the rules of SQLite's affinities, but that a type of no known word is anything.
fn sql_type(declared: &str) -> Option<SqlType> {
    let upper = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    let class = match () {
        () if has(&["INT"]) => Class::Integer(ANY_WIDTH),
        () if has(&["CHAR", "CLOB", "TEXT"]) => Class::Text,
        () if has(&["BLOB"]) => Class::Bytes,
        () if has(&["REAL", "FLOA", "DOUB"]) => Class::Float,
        () if has(&["NUM", "DEC"]) => Class::Numeric,
        () => return None,
    };
    Some(SqlType::new(upper, class))
}
