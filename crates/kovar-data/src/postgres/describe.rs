//! What the server says of a statement that it has prepared.

use std::collections::HashMap;

use tokio_postgres::Client;
use tokio_postgres::types::{Kind, Type};

use super::failure::Failure;
use super::pool::Lent;
use crate::Error;
use crate::check::{Class, Described, DescribedColumn, SqlType};

/// In a transaction, so that a pooler leaves the session alone.
pub(super) async fn describe(lent: Lent, text: &str) -> Result<Described, Error> {
    let client = lent.connection().ok_or_else(Error::closed)?.client();
    lent.is_busy();
    let described = read(client, text).await.map_err(|cause| Failure::of(&cause).error);
    client.batch_execute("rollback").await.map_err(|cause| Failure::of(&cause).error)?;
    lent.is_free();
    described
}

async fn read(client: &Client, text: &str) -> Result<Described, tokio_postgres::Error> {
    client.batch_execute("begin read only").await?;
    let statement = client.prepare(text).await?;
    let is_required = required_columns(client, statement.columns()).await?;
    let columns = statement.columns().iter().map(|column| DescribedColumn {
        name: column.name().to_owned(),
        sql_type: Some(sql_type(column.type_())),
        is_nullable: place(column).and_then(|place| is_required.get(&place)).map(|is_required| !is_required),
    });
    let parameters = statement.params().iter().map(sql_type).map(Some);
    Ok(Described { parameters: parameters.collect(), columns: columns.collect() })
}

/// The table and the number of the column in it, of a column that is one of a table.
fn place(column: &tokio_postgres::Column) -> Option<(u32, i16)> {
    Some((column.table_oid()?, column.column_id()?))
}

async fn required_columns(
    client: &Client,
    columns: &[tokio_postgres::Column],
) -> Result<HashMap<(u32, i16), bool>, tokio_postgres::Error> {
    let mut tables: Vec<u32> = columns.iter().filter_map(tokio_postgres::Column::table_oid).collect();
    tables.sort_unstable();
    tables.dedup();
    let mut required = HashMap::new();
    for table in tables {
        // A view's columns have no constraint, and say nothing of what can stand in them.
        let text = "select a.attnum, a.attnotnull from pg_attribute a join pg_class c on c.oid = a.attrelid \
                    where a.attrelid = $1 and a.attnum > 0 and c.relkind in ('r', 'p')";
        for row in client.query(text, &[&table]).await? {
            required.insert((table, row.try_get(0)?), row.try_get(1)?);
        }
    }
    Ok(required)
}

fn sql_type(ty: &Type) -> SqlType {
    SqlType::new(ty.to_string(), class(ty))
}

fn class(ty: &Type) -> Class {
    match *ty {
        Type::BOOL => Class::Bool,
        Type::INT2 => Class::Integer(16),
        Type::INT4 => Class::Integer(32),
        Type::INT8 | Type::OID => Class::Integer(64),
        Type::FLOAT4 | Type::FLOAT8 => Class::Float,
        Type::NUMERIC => Class::Numeric,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::XML => Class::Text,
        Type::BYTEA => Class::Bytes,
        Type::UUID => Class::Uuid,
        Type::TIMESTAMPTZ => Class::Timestamp,
        Type::TIMESTAMP => Class::DateTime,
        Type::DATE => Class::Date,
        Type::TIME => Class::Time,
        Type::JSON | Type::JSONB => Class::Json,
        _ => match ty.kind() {
            Kind::Enum(labels) => Class::Enum(labels.clone()),
            Kind::Domain(base) => class(base),
            Kind::Array(_) => Class::Array,
            _ => Class::Other,
        },
    }
}
