//! Why a row did not fit its type.
//!
//! `serde`'s own messages quote the value (`invalid type: string "hunter2"`), and so do those of the types it calls.
//! A row may hold anything, and errors go to logs: these messages name kinds only.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

/// A mapping error: which column, what was found there, and what was expected.
#[derive(Debug)]
pub(super) struct Refusal {
    column: Option<String>,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    /// The type refused in words of its own, which may quote the value and are dropped.
    Unsaid,
    Said(String),
}

impl Refusal {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { column: None, reason: Reason::Said(reason.into()) }
    }

    /// Names the column in which `found` was refused.
    pub(super) fn in_column(mut self, column: &str, found: &str) -> Self {
        self.column.get_or_insert_with(|| column.to_owned());
        if let Reason::Unsaid = self.reason {
            self.reason = Reason::Said(format!("found {found}, which the field's type refuses"));
        }
        self
    }

    /// For text that was to be read as JSON.
    pub(super) fn json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self::new(match error.classify() {
            serde_json::error::Category::Data => {
                format!("found JSON text that does not fit the field's type, at line {line} column {column} of it")
            }
            _ => format!("found text that is not JSON, at line {line} column {column} of it"),
        })
    }
}

impl Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(formatter, "column `{column}`: ")?;
        }
        match &self.reason {
            Reason::Unsaid => formatter.write_str("the type refuses it"),
            Reason::Said(reason) => formatter.write_str(reason),
        }
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: Display>(_: T) -> Self {
        Self { column: None, reason: Reason::Unsaid }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("found {}, expected {expected}", kind(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("found {} that is not allowed here, expected {expected}", kind(found)))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("found {length} values, expected {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("found text that is none of `{}`", expected.join("`, `")))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::new(format!("the column `{field}` is not a field"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("no column is called `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("two columns are called `{field}`"))
    }
}

fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Unit | Unexpected::Option => "NULL",
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a real",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Bytes(_) => "a blob",
        _ => "a value of another shape",
    }
}
