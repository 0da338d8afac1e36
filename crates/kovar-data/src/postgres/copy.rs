//! Many rows at once, by `COPY` in its text format: the server reads each value as its column's type.

use std::fmt::Write as _;

use bytes::{Bytes, BytesMut};
use futures_util::SinkExt as _;
use tokio_postgres::{Client, CopyInSink};

use super::failure::Failure;
use crate::error::{Error, Kind as ErrorKind};
use crate::parameter::{Kind, Parameter};

/// How much is sent at a time.
const PIECE: usize = 64 * 1024;

/// Copies rows into `target`: a table, and its columns in parentheses. Gives their number.
pub(super) async fn copy(client: &Client, target: &str, rows: &[Vec<Parameter>]) -> Result<u64, Failure> {
    let failed = |cause: tokio_postgres::Error| Failure::of(&cause);
    let sink: CopyInSink<Bytes> = client.copy_in(&format!("copy {target} from stdin")).await.map_err(failed)?;
    let mut sink = std::pin::pin!(sink);
    let mut piece = BytesMut::with_capacity(PIECE + 1024);
    for row in rows {
        push_row(&mut piece, row).map_err(Failure::local)?;
        if piece.len() >= PIECE {
            sink.send(piece.split().freeze()).await.map_err(failed)?;
        }
    }
    sink.send(piece.freeze()).await.map_err(failed)?;
    sink.finish().await.map_err(failed)
}

fn push_row(out: &mut BytesMut, row: &[Parameter]) -> Result<(), Error> {
    for (column, value) in row.iter().enumerate() {
        if column > 0 {
            out.extend_from_slice(b"\t");
        }
        push(out, value).map_err(|reason| Error::parameter(column + 1, reason))?;
    }
    out.extend_from_slice(b"\n");
    Ok(())
}

/// PostgreSQL's manual, `COPY`, "Text Format".
fn push(out: &mut BytesMut, value: &Parameter) -> Result<(), &'static str> {
    let _ = match &value.0 {
        Kind::Null => out.write_str("\\N"),
        Kind::Bool(value) => out.write_str(if *value { "t" } else { "f" }),
        Kind::Integer(value) => write!(out, "{value}"),
        Kind::Unsigned(value) => write!(out, "{value}"),
        Kind::Real(value) if value.is_infinite() => out.write_str(if *value > 0.0 { "Infinity" } else { "-Infinity" }),
        Kind::Real(value) => write!(out, "{value:?}"),
        Kind::Text(text) if text.contains('\0') => return Err("PostgreSQL's text has no zero byte"),
        Kind::Text(text) => push_escaped(out, text),
        Kind::Blob(bytes) => push_bytes(out, bytes),
        Kind::Uuid(value) => write!(out, "{}", value.hyphenated()),
        Kind::Decimal(value) => write!(out, "{value}"),
        Kind::Timestamp(value) => write!(out, "{value}"),
        Kind::Date(value) => write!(out, "{value}"),
        Kind::List(_) => return Err("a list is for `in`"),
        Kind::Refused(reason) => return Err(reason),
    };
    Ok(())
}

fn push_escaped(out: &mut BytesMut, text: &str) -> std::fmt::Result {
    for part in text.split_inclusive(['\\', '\n', '\r', '\t']) {
        let (plain, escape) = match part.chars().last() {
            Some('\\') => (&part[..part.len() - 1], "\\\\"),
            Some('\n') => (&part[..part.len() - 1], "\\n"),
            Some('\r') => (&part[..part.len() - 1], "\\r"),
            Some('\t') => (&part[..part.len() - 1], "\\t"),
            _ => (part, ""),
        };
        out.write_str(plain)?;
        out.write_str(escape)?;
    }
    Ok(())
}

fn push_bytes(out: &mut BytesMut, bytes: &[u8]) -> std::fmt::Result {
    out.write_str("\\\\x")?;
    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
}

/// A table and columns have no values in them.
pub(super) fn no_values() -> Error {
    Error::new(
        ErrorKind::Other,
        "rows go into a table and its columns, as in sql!(\"products (id, name)\"), without values",
    )
}
