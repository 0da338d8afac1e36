//! Rows that are read while the server still sends.

use std::pin::Pin;

use futures_util::StreamExt as _;
use futures_util::stream::ReadyChunks;
use tokio_postgres::RowStream;

use super::connection::{Columns, columns_of, push_row};
use super::failure::{Failure, Remedy};
use super::pool::Lent;
use crate::rows::Rows;
use crate::{Error, Statement};

/// How many rows are given at a time, at most.
const BATCH: usize = 256;

/// A connection that sends rows as fast as they are taken. Dropped before its end, the statement is broken off.
pub(crate) struct Streamed {
    rows: Pin<Box<ReadyChunks<RowStream>>>,
    columns: Option<Columns>,
    lent: Lent,
}

impl Streamed {
    pub(super) async fn begin(lent: Lent, statement: &Statement) -> Result<Self, Error> {
        lent.is_busy();
        let connection = lent.connection().ok_or_else(Error::closed)?;
        connection.begin_at_leisure("begin read only").await?;
        let (rows, columns) = connection.stream(statement).await.map_err(refused)?;
        Ok(Self { rows: Box::pin(rows.ready_chunks(BATCH)), columns, lent })
    }

    /// The next rows, as many as have come; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Rows>, Error> {
        let Some(rows) = self.rows.next().await else {
            let client = self.lent.connection().ok_or_else(Error::closed)?.client();
            client.batch_execute("commit").await.map_err(|cause| Failure::of(&cause).error)?;
            self.lent.is_free();
            return Ok(None);
        };
        let mut values = Vec::new();
        for row in rows {
            let row = row.map_err(|cause| refused(Failure::of(&cause)))?;
            push_row(&mut values, &row, self.columns.get_or_insert_with(|| columns_of(&row)))?;
        }
        Ok(Some(Rows { columns: self.columns.clone().unwrap_or_default(), values }))
    }
}

/// Its transaction only reads, which says nothing about the server.
fn refused(failure: Failure) -> Error {
    if failure.remedy == Remedy::Write { Error::streams_only_read() } else { failure.error }
}
