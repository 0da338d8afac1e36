//! Rows on their way from a database to the app's types.
//!
//! A connection's thread only copies values out; `serde` turns them into types on the thread that asked. So the one
//! writer does not spend its time on the app's types, and nothing here is generic but the last step.

mod column;
mod refusal;
mod row;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::{Error, Kind};
use row::Row;

/// One value of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Value {
    #[default]
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
    // What SQLite has no kind for.
    Bool(bool),
    Decimal(Decimal),
    Uuid(Uuid),
    Timestamp(Timestamp),
    Date(Date),
    Json(String),
    List(Vec<Value>),
}

/// What a statement returned: the values of all rows, one row after the other.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl Rows {
    pub(crate) fn count(&self) -> u64 {
        self.values.len().checked_div(self.columns.len()).unwrap_or(0) as u64
    }

    /// The one row there is.
    pub(crate) fn one<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.optional()?.ok_or_else(|| Error::new(Kind::NotFound, "no row was found where one was expected"))
    }

    /// The row, if there is one; more than one is an error.
    pub(crate) fn optional<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        if self.values.len() > self.columns.len() {
            return Err(Error::new(Kind::Mapping, "more than one row was found where at most one was expected"));
        }
        Ok(self.all()?.pop())
    }

    /// All rows.
    pub(crate) fn all<T: DeserializeOwned>(mut self) -> Result<Vec<T>, Error> {
        // A statement without columns has no rows either, and a chunk cannot be empty.
        let width = self.columns.len().max(1);
        self.values.chunks_mut(width).map(|values| read(&self.columns, values)).collect()
    }
}

fn read<T: DeserializeOwned>(columns: &[String], values: &mut [Value]) -> Result<T, Error> {
    T::deserialize(Row::new(columns, values)).map_err(|refusal| {
        let target = std::any::type_name::<T>();
        Error::new(Kind::Mapping, format!("a row does not fit {target}: {refusal}"))
    })
}

#[cfg(test)]
mod tests;
