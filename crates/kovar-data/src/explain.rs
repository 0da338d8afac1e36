//! How a database goes about a statement.

/// From how many rows on a table is large enough for an index to matter.
pub(crate) const LARGE: i64 = 10_000;

/// What a database says about a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// In the database's own words, without the statement's values.
    pub(crate) text: String,
    pub(crate) hint: Option<String>,
}

/// What to do about a large table that is read as a whole to find some of its rows.
pub(crate) fn hint(rows: &str, table: &str, sought: &str) -> String {
    format!("It reads {rows} of `{table}` to find {sought}: an index on what is compared would save that.")
}
