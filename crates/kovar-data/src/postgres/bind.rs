//! How PostgreSQL is sent each kind of parameter. The table and its reasons stand at [`ToParameter`](crate::ToParameter).
//!
//! The server says which types a statement's parameters have, and each value is brought into that type or refused: a
//! number that does not fit is never cut, and a value is never guessed into a type of another kind. Text is the
//! exception, and goes as text into whatever the type is, as it would in `psql`: so enums, `inet`, `interval` and the
//! like need no types of their own here.

use std::error::Error as StdError;

use bytes::BytesMut;
use jiff::tz::Offset;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use tokio_postgres::types::{Format, IsNull, Kind as TypeKind, ToSql, Type, to_sql_checked};

use crate::Parameter;
use crate::parameter::Kind;

/// A parameter on its way to the server.
#[derive(Debug)]
pub(super) struct Bound<'p>(pub(super) &'p Parameter);

type Outcome = Result<IsNull, Box<dyn StdError + Sync + Send>>;

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Outcome {
        let ty = base_of(ty);
        match &self.0.0 {
            Kind::Null => Ok(IsNull::Yes),
            Kind::Bool(value) => boolean(*value, ty, out),
            Kind::Integer(value) => integer(i128::from(*value), ty, out),
            Kind::Unsigned(value) => integer(i128::from(*value), ty, out),
            Kind::Real(value) => real(*value, ty, out),
            Kind::Text(value) => text(value, out),
            Kind::Blob(value) if *ty == Type::BYTEA => value.as_slice().to_sql(ty, out),
            Kind::Uuid(value) if *ty == Type::UUID => value.to_sql(ty, out),
            Kind::Uuid(value) => written(&value.hyphenated(), ty, out),
            Kind::Decimal(value) => decimal(*value, ty, out),
            Kind::Timestamp(value) if *ty == Type::TIMESTAMPTZ => value.to_sql(ty, out),
            Kind::Timestamp(value) if *ty == Type::TIMESTAMP => Offset::UTC.to_datetime(*value).to_sql(ty, out),
            Kind::Timestamp(value) => written(value, ty, out),
            Kind::Date(value) if *ty == Type::DATE => value.to_sql(ty, out),
            Kind::Date(value) => written(value, ty, out),
            Kind::Refused(reason) => Err((*reason).into()),
            Kind::Blob(_) | Kind::List(_) => Err(refused(self.0, ty)),
        }
    }

    /// Whether it fits depends on the value.
    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        match &self.0.0 {
            Kind::Text(_) => Format::Text,
            _ => Format::Binary,
        }
    }

    to_sql_checked!();
}

/// The type that a value is sent as where the server is not asked. Text is left to the server.
pub(super) fn type_of(parameter: &Parameter) -> Type {
    match &parameter.0 {
        Kind::Null | Kind::Text(_) | Kind::List(_) | Kind::Refused(_) => Type::UNKNOWN,
        Kind::Bool(_) => Type::BOOL,
        Kind::Unsigned(value) if i64::try_from(*value).is_err() => Type::NUMERIC,
        Kind::Integer(_) | Kind::Unsigned(_) => Type::INT8,
        Kind::Real(_) => Type::FLOAT8,
        Kind::Blob(_) => Type::BYTEA,
        Kind::Uuid(_) => Type::UUID,
        Kind::Decimal(_) => Type::NUMERIC,
        Kind::Timestamp(_) => Type::TIMESTAMPTZ,
        Kind::Date(_) => Type::DATE,
    }
}

/// What a domain is made of.
fn base_of(mut ty: &Type) -> &Type {
    while let TypeKind::Domain(base) = ty.kind() {
        ty = base;
    }
    ty
}

fn is_text(ty: &Type) -> bool {
    [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME, Type::UNKNOWN].contains(ty)
}

fn refused(parameter: &Parameter, ty: &Type) -> Box<dyn StdError + Sync + Send> {
    let what = parameter.0.name();
    format!("{what} cannot be stored as `{ty}`").into()
}

/// What is not text goes into text in its written form, and into nothing else.
fn written(value: &dyn std::fmt::Display, ty: &Type, out: &mut BytesMut) -> Outcome {
    if is_text(ty) {
        return value.to_string().to_sql(&Type::TEXT, out);
    }
    Err(format!("the value cannot be stored as `{ty}`").into())
}

fn boolean(value: bool, ty: &Type, out: &mut BytesMut) -> Outcome {
    match ty {
        &Type::BOOL => value.to_sql(ty, out),
        _ => integer(i128::from(value), ty, out),
    }
}

/// The format says whether these bytes are the type's own form or its written one.
fn text(value: &str, out: &mut BytesMut) -> Outcome {
    if value.contains('\0') {
        return Err("PostgreSQL's text has no zero byte".into());
    }
    out.extend_from_slice(value.as_bytes());
    Ok(IsNull::No)
}

fn integer(value: i128, ty: &Type, out: &mut BytesMut) -> Outcome {
    let too_large = |_| format!("the number does not fit into `{ty}`");
    match *ty {
        Type::INT8 => i64::try_from(value).map_err(too_large)?.to_sql(ty, out),
        Type::INT4 => i32::try_from(value).map_err(too_large)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(value).map_err(too_large)?.to_sql(ty, out),
        Type::OID => u32::try_from(value).map_err(too_large)?.to_sql(ty, out),
        Type::NUMERIC => Decimal::from_i128_with_scale(value, 0).to_sql(ty, out),
        Type::FLOAT4 | Type::FLOAT8 => float(value as f64, value, ty, out),
        _ => written(&value, ty, out),
    }
}

/// Whole numbers that a float holds exactly.
fn float(float: f64, value: i128, ty: &Type, out: &mut BytesMut) -> Outcome {
    let bits = if *ty == Type::FLOAT4 { f32::MANTISSA_DIGITS } else { f64::MANTISSA_DIGITS };
    if value.unsigned_abs() > 1 << bits {
        return Err(format!("the number is not exact as `{ty}`").into());
    }
    real(float, ty, out)
}

fn real(value: f64, ty: &Type, out: &mut BytesMut) -> Outcome {
    match *ty {
        Type::FLOAT8 => value.to_sql(ty, out),
        Type::FLOAT4 => (value as f32).to_sql(ty, out),
        // The shortest text that is this number, as it is written anywhere else.
        Type::NUMERIC => {
            let text = value.to_string();
            text.parse::<Decimal>().map_err(|_| "the number is no decimal of 28 digits")?.to_sql(ty, out)
        }
        _ => written(&value, ty, out),
    }
}

fn decimal(value: Decimal, ty: &Type, out: &mut BytesMut) -> Outcome {
    match *ty {
        Type::NUMERIC => value.to_sql(ty, out),
        Type::FLOAT4 | Type::FLOAT8 => real(value.to_f64().ok_or("the decimal is no number")?, ty, out),
        Type::INT2 | Type::INT4 | Type::INT8 => {
            let whole = value.normalize();
            if whole.scale() > 0 {
                return Err(format!("a decimal with a fraction cannot be stored as `{ty}`").into());
            }
            integer(whole.mantissa(), ty, out)
        }
        _ => written(&value, ty, out),
    }
}
