//! A statement as a database knows it.

use std::fmt;

/// What a database says of a statement that it has prepared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Described {
    /// In their order; `None` of what the database takes as it comes.
    pub(crate) parameters: Vec<Option<SqlType>>,
    pub(crate) columns: Vec<DescribedColumn>,
}

#[derive(Clone, Debug)]
pub(crate) struct DescribedColumn {
    pub(crate) name: String,
    /// `None` of an expression in SQLite, which has any type.
    pub(crate) sql_type: Option<SqlType>,
    /// Whether NULL may stand in the table's column. Of an expression nobody knows.
    pub(crate) is_nullable: Option<bool>,
}

/// A type of a database, as far as a program can tell its values apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SqlType {
    /// As the database writes it.
    pub(crate) name: String,
    pub(crate) class: Class,
}

/// Of SQLite's integers, which are as wide as each value, and hold booleans.
pub(crate) const ANY_WIDTH: u32 = 0;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Bool,
    /// A whole number of so many bits.
    Integer(u32),
    Float,
    Numeric,
    Text,
    Bytes,
    Uuid,
    Timestamp,
    DateTime,
    Date,
    Time,
    Json,
    Array,
    /// One of these texts.
    Enum(Vec<String>),
    Other,
}

impl SqlType {
    pub(crate) fn new(name: impl Into<String>, class: Class) -> Self {
        Self { name: name.into(), class }
    }
}

impl fmt::Display for SqlType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}
