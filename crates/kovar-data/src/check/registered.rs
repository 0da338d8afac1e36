//! A `sql!` as the macro knows it.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Mismatch, RowShape};
use crate::{AsJson, AsText, Dialect, Origin, postgres, sqlite};

/// The words with which what can be prepared begins. Others change the schema, or end transactions.
const WHOLE: [&str; 9] = ["select", "with", "values", "table", "insert", "replace", "update", "delete", "merge"];

/// Words that begin a statement and no part of one.
const OTHER: [&str; 14] = [
    "create",
    "drop",
    "alter",
    "pragma",
    "analyze",
    "vacuum",
    "savepoint",
    "release",
    "rollback",
    "commit",
    "begin",
    "explain",
    "truncate",
    "notify",
];

/// A `sql!` of the program.
#[derive(Debug)]
pub struct Registered {
    /// The module that it stands in.
    pub module: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line on which it begins.
    pub line: u32,
    /// The SQL around the parameters.
    pub pieces: &'static [&'static str],
    /// Of each parameter what it is, if its type is named.
    pub parameters: &'static [Option<ParameterKind>],
    /// What its rows are read as, if that is named.
    pub rows: Option<fn() -> RowShape>,
    /// Which database it is for.
    pub only: Only,
}

inventory::collect!(Registered);

/// Which database a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// All of them.
    Any,
    /// `SQLite`.
    Sqlite,
    /// `PostgreSQL`.
    Postgres,
    /// None that is known when the app is checked.
    Unchecked,
}

/// What a parameter's type is to a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterKind {
    /// `bool`
    Bool,
    /// A whole number of so many bits.
    Integer(u32),
    /// `f32`, `f64`
    Real,
    /// `str`, and what is written as text
    Text,
    /// `[u8]`
    Bytes,
    /// `Uuid`
    Uuid,
    /// `Decimal`
    Decimal,
    /// `Timestamp`
    Timestamp,
    /// `Date`
    Date,
}

/// A type that a parameter of [`sql!`](crate::sql!) can name, as in `{id: ProductId}`: then the app's `check` compares it
/// with the database's.
///
/// ```
/// use kovar_data::{Parameter, ParameterKind, ParameterType, ToParameter};
///
/// struct ProductId(i64);
///
/// impl ToParameter for ProductId {
///     fn to_parameter(&self) -> Parameter {
///         self.0.to_parameter()
///     }
/// }
///
/// impl ParameterType for ProductId {
///     const KIND: ParameterKind = i64::KIND;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what it is to a database",
    note = "implement `ParameterType` for it by passing on what it wraps, or leave the type of the parameter out"
)]
pub trait ParameterType {
    /// What it is.
    const KIND: ParameterKind;
}

macro_rules! kinds {
    ($($type:ty => $kind:expr;)*) => {$(
        impl ParameterType for $type {
            const KIND: ParameterKind = $kind;
        }
    )*};
}

kinds! {
    bool => ParameterKind::Bool;
    i8 => ParameterKind::Integer(8);
    i16 => ParameterKind::Integer(16);
    i32 => ParameterKind::Integer(32);
    i64 => ParameterKind::Integer(64);
    isize => ParameterKind::Integer(64);
    // Signed, so that all of its values fit.
    u8 => ParameterKind::Integer(16);
    u16 => ParameterKind::Integer(32);
    u32 => ParameterKind::Integer(64);
    u64 => ParameterKind::Integer(64);
    usize => ParameterKind::Integer(64);
    f32 => ParameterKind::Real;
    f64 => ParameterKind::Real;
    str => ParameterKind::Text;
    String => ParameterKind::Text;
    Cow<'_, str> => ParameterKind::Text;
    [u8] => ParameterKind::Bytes;
    Vec<u8> => ParameterKind::Bytes;
    Uuid => ParameterKind::Uuid;
    Decimal => ParameterKind::Decimal;
    Timestamp => ParameterKind::Timestamp;
    Date => ParameterKind::Date;
}

impl<T: ParameterType + ?Sized> ParameterType for &T {
    const KIND: ParameterKind = T::KIND;
}

impl<T: ParameterType> ParameterType for Option<T> {
    const KIND: ParameterKind = T::KIND;
}

impl<const N: usize> ParameterType for [u8; N] {
    const KIND: ParameterKind = ParameterKind::Bytes;
}

impl<T> ParameterType for AsText<T> {
    const KIND: ParameterKind = ParameterKind::Text;
}

impl<T> ParameterType for AsJson<T> {
    const KIND: ParameterKind = ParameterKind::Text;
}

impl Registered {
    pub(super) fn is_for(&self, dialect: Dialect) -> bool {
        let is_of_dialect = match self.only {
            Only::Any => true,
            Only::Sqlite => dialect == Dialect::Sqlite,
            Only::Postgres => dialect == Dialect::Postgres,
            Only::Unchecked => false,
        };
        is_of_dialect && !self.begins_with(&OTHER)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.begins_with(&WHOLE)
    }

    fn begins_with(&self, words: &[&str]) -> bool {
        let text = self.pieces.first().unwrap_or(&"").trim_start();
        let word = text.split(|character: char| !character.is_ascii_alphabetic()).next().unwrap_or_default();
        words.iter().any(|known| word.eq_ignore_ascii_case(known))
    }

    /// Its text, with placeholders from a number on.
    pub(super) fn text(&self, dialect: Dialect, first: usize) -> String {
        let placeholder = match dialect {
            Dialect::Sqlite => sqlite::placeholder,
            Dialect::Postgres => postgres::placeholder,
        };
        let mut text = String::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            if index > 0 {
                let word = text.split_ascii_whitespace().next_back().unwrap_or_default();
                let is_list = ["in", "values"].iter().any(|before| word.eq_ignore_ascii_case(before));
                text.push_str(if is_list { "(" } else { "" });
                placeholder(&mut text, first + index - 1);
                text.push_str(if is_list { ")" } else { "" });
            }
            text.push_str(piece);
        }
        text
    }

    /// The ways in which this part may stand behind a statement.
    pub(super) fn behind(&self, base: &Self, dialect: Dialect) -> [String; 3] {
        let (before, part) = (base.text(dialect, 1), self.text(dialect, base.parameters.len() + 1));
        [format!("{before} and ({part})"), format!("{before} {part}"), format!("{before} where {part}")]
    }

    /// The insertion of rows into this part, if it is a table and its columns.
    pub(super) fn as_target(&self, dialect: Dialect) -> Option<String> {
        let text = self.text(dialect, 1);
        let columns = text.trim_end().strip_suffix(')')?.split_once('(')?.1;
        let values = vec!["null"; columns.split(',').count()].join(", ");
        (self.parameters.is_empty() && !columns.contains('(')).then(|| format!("insert into {text} values ({values})"))
    }

    pub(super) fn mismatch(&self, reason: String) -> Mismatch {
        Mismatch { origin: Origin::new(self.file, self.line), text: self.pieces.join("{}"), reason }
    }
}
