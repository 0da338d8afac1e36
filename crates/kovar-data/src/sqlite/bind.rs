//! How SQLite holds each kind of parameter. The table and its reasons stand at [`ToParameter`](crate::ToParameter).

use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::Parameter;
use crate::parameter::Kind;

/// The digits that any `f64` gives back as they went in (IEEE 754 binary64; C's `DBL_DIG`).
const EXACT_DIGITS: u32 = 15;

/// 0000-01-01T00:00:00Z, in seconds from 1970: the first moment whose RFC 3339 text sorts as time does.
const YEAR_ZERO_S: i64 = -62_167_219_200;

/// The value for SQLite, or the reason why it cannot hold it.
pub(super) fn bind(parameter: &Parameter) -> Result<ToSqlOutput<'_>, &'static str> {
    Ok(match &parameter.0 {
        Kind::Null => borrowed(ValueRef::Null),
        Kind::Bool(value) => borrowed(ValueRef::Integer((*value).into())),
        Kind::Integer(value) => borrowed(ValueRef::Integer(*value)),
        Kind::Unsigned(value) => borrowed(ValueRef::Integer(unsigned(*value)?)),
        Kind::Real(value) => borrowed(ValueRef::Real(real(*value)?)),
        Kind::Text(value) => borrowed(ValueRef::Text(value.as_bytes())),
        Kind::Blob(value) => borrowed(ValueRef::Blob(value)),
        Kind::Uuid(value) => text(uuid(value)),
        Kind::Decimal(value) => ToSqlOutput::Owned(decimal(*value)?),
        Kind::Timestamp(value) => text(timestamp(value)?),
        Kind::Date(value) => text(value.to_string()),
        Kind::List(_) => return Err("a list is for `in`"),
        Kind::Refused(reason) => return Err(reason),
    })
}

fn borrowed(value: ValueRef<'_>) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(value)
}

fn text(value: String) -> ToSqlOutput<'static> {
    ToSqlOutput::Owned(Value::Text(value))
}

fn unsigned(value: u64) -> Result<i64, &'static str> {
    i64::try_from(value).map_err(|_| "SQLite's integers end at 2^63 - 1")
}

fn real(value: f64) -> Result<f64, &'static str> {
    if value.is_nan() { Err("SQLite has no NaN") } else { Ok(value) }
}

fn uuid(value: &Uuid) -> String {
    value.hyphenated().to_string()
}

fn timestamp(value: &Timestamp) -> Result<String, &'static str> {
    if value.as_second() < YEAR_ZERO_S {
        return Err("a timestamp before the year 0 does not sort as text");
    }
    Ok(format!("{value:.9}"))
}

fn decimal(value: Decimal) -> Result<Value, &'static str> {
    let value = value.normalize();
    if value.scale() == 0
        && let Ok(whole) = i64::try_from(value)
    {
        return Ok(Value::Integer(whole));
    }
    if significant_digits(value) > EXACT_DIGITS {
        return Err("SQLite holds at most 15 significant digits of a decimal exactly");
    }
    // Through text, because that is rounded correctly.
    value.to_string().parse().map(Value::Real).map_err(|_| "the decimal is not a number")
}

fn significant_digits(normalized: Decimal) -> u32 {
    let mut mantissa = normalized.mantissa().unsigned_abs();
    // A whole number keeps its zeros when it is normalized.
    while mantissa != 0 && mantissa.is_multiple_of(10) {
        mantissa /= 10;
    }
    mantissa.checked_ilog10().map_or(1, |digits| digits + 1)
}

#[cfg(test)]
mod tests;
