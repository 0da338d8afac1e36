//! What PostgreSQL sends, as a value of a row.

use std::error::Error as StdError;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use tokio_postgres::types::{FromSql, Kind, Type};
use uuid::Uuid;

use crate::rows::Value;

type Outcome = Result<Value, Box<dyn StdError + Sync + Send>>;

/// A column's value, whatever its type: so a row is read as a row of these.
pub(super) struct Received(pub(super) Value);

impl<'a> FromSql<'a> for Received {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        read(ty, raw).map(Self)
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn read(ty: &Type, raw: &[u8]) -> Outcome {
    Ok(match *ty {
        Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
        Type::INT2 => Value::Integer(i16::from_sql(ty, raw)?.into()),
        Type::INT4 => Value::Integer(i32::from_sql(ty, raw)?.into()),
        Type::INT8 => Value::Integer(i64::from_sql(ty, raw)?),
        Type::OID => Value::Integer(u32::from_sql(ty, raw)?.into()),
        // Through its text, so that 0.1 is 0.1 and not the digits that a double would add.
        Type::FLOAT4 => Value::Real(f32::from_sql(ty, raw)?.to_string().parse()?),
        Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
        Type::NUMERIC => Value::Decimal(decimal(ty, raw)?),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::XML => text(raw)?,
        Type::JSON => json(raw)?,
        Type::JSONB => json(raw.strip_prefix(&[1]).ok_or("its JSON is of an unknown version")?)?,
        Type::BYTEA => Value::Blob(raw.to_owned()),
        Type::UUID => Value::Uuid(Uuid::from_sql(ty, raw)?),
        Type::TIMESTAMPTZ => Value::Timestamp(moment(|| Timestamp::from_sql(ty, raw), raw)?),
        Type::TIMESTAMP => Value::Text(moment(|| DateTime::from_sql(ty, raw), raw)?.to_string()),
        Type::DATE => {
            Value::Date(Date::from_sql(ty, raw).map_err(|_| "its date is not one of the years -9999 to 9999")?)
        }
        Type::TIME => Value::Text(Time::from_sql(ty, raw)?.to_string()),
        Type::VOID => Value::Null,
        _ => return of_kind(ty, raw),
    })
}

fn of_kind(ty: &Type, raw: &[u8]) -> Outcome {
    match ty.kind() {
        Kind::Enum(_) => text(raw),
        Kind::Domain(base) => read(base, raw),
        Kind::Array(_) => array(ty, raw),
        _ => Err(format!("`{ty}` cannot be read: let the statement turn it into text, as in `column::text`").into()),
    }
}

fn text(raw: &[u8]) -> Outcome {
    Ok(Value::Text(str::from_utf8(raw)?.to_owned()))
}

fn json(raw: &[u8]) -> Outcome {
    Ok(Value::Json(str::from_utf8(raw)?.to_owned()))
}

fn decimal(ty: &Type, raw: &[u8]) -> Result<Decimal, Box<dyn StdError + Sync + Send>> {
    Decimal::from_sql(ty, raw).map_err(|_| "its number is no decimal of 28 digits".into())
}

/// A time as PostgreSQL has it, which may be `infinity`.
fn moment<T>(
    read: impl FnOnce() -> Result<T, Box<dyn StdError + Sync + Send>>,
    raw: &[u8],
) -> Result<T, Box<dyn StdError + Sync + Send>> {
    match raw.first_chunk().map(|bytes| i64::from_be_bytes(*bytes)) {
        Some(i64::MAX | i64::MIN) => Err("it is infinite".into()),
        _ => read(),
    }
}

fn array(ty: &Type, raw: &[u8]) -> Outcome {
    let values = Vec::<Received>::from_sql(ty, raw)?;
    Ok(Value::List(values.into_iter().map(|Received(value)| value).collect()))
}
