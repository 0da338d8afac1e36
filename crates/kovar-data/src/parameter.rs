//! Parameters: the values that `sql!` binds.
//!
//! A parameter keeps what the value *is* (a decimal, a timestamp) and each database decides how to hold it. Turning
//! values into SQLite's five kinds here would be shorter, and would have to be undone for PostgreSQL, which has all of
//! them as types.

mod list;
mod serialised;

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use uuid::Uuid;

pub use list::{List, ToRow};
pub use serialised::{AsJson, AsText};

/// A value that a `{…}` in [`sql!`](crate::sql!) can bind.
///
/// | Rust | SQLite holds it as | PostgreSQL |
/// |---|---|---|
/// | `bool` | INTEGER 0 or 1 | `boolean` |
/// | integers | INTEGER; a `u64` above `i64::MAX` is refused | `smallint` to `bigint`, `numeric`; also a float that is exact |
/// | `f32`, `f64` | REAL; NaN is refused, because SQLite would store NULL | `real`, `double precision`, `numeric` |
/// | `str`, `String`, `Cow<str>` | TEXT | `text`, and any other type in its written form; a zero byte is refused |
/// | `[u8]`, `Vec<u8>`, `[u8; N]` | BLOB | `bytea` |
/// | `Option<T>` | NULL or the value | NULL or the value |
/// | [`Uuid`] | TEXT, lower case with hyphens | `uuid`, `text` |
/// | [`Timestamp`] | TEXT, RFC 3339 in UTC with nine digits of fraction, so that text order is time order | `timestamptz`, to the microsecond |
/// | [`Date`] | TEXT, `2026-11-20` | `date` |
/// | [`Decimal`] | INTEGER when whole, otherwise REAL | `numeric`; also an integer or a float that it fits |
/// | anything `serde` | TEXT, through [`AsText`] or [`AsJson`] | an enum, `json`, `jsonb`, `text` |
///
/// On PostgreSQL the server says which type a parameter has. A value that does not fit that type is refused, never cut:
/// the error is [`is_parameter_refused`](crate::Error::is_parameter_refused).
///
/// # Decimals in SQLite
///
/// SQLite has no decimal type. A `Decimal` is bound as a number, so that `price >= {minimum}`, `order by price` and
/// `sum(price)` do what they say, on columns and on expressions alike. Every decimal of up to 15 significant digits
/// survives the way into a REAL and back exactly; whole numbers do in the range of an `i64`. Anything else is refused
/// when the statement runs ([`Error::is_parameter_refused`](crate::Error::is_parameter_refused)), and never rounded.
///
/// Declare the column `numeric`. A `real` one turns whole numbers above 2⁵³ into others, and a `text` one compares as
/// text and writes the number out in SQLite's own way, with digits that were not there. To hold more than 15 digits,
/// bind `value.to_string()` into a `text` column, and do without comparing in SQL; it reads back as a `Decimal`.
/// Trailing zeros are not kept: 12.50 comes back as 12.5, which is equal. Arithmetic in SQL is that of floating
/// point: ask for `round(sum(price), 2)`.
///
/// # Timestamps in SQLite
///
/// Years before 0 are refused: their text would not sort. A column that SQL itself fills should use the same form,
/// `strftime('%Y-%m-%dT%H:%M:%f000000Z')`.
///
/// # Your own types
///
/// A newtype passes on what it wraps:
///
/// ```
/// use kovar_data::{Parameter, ToParameter};
///
/// struct ProductId(i64);
///
/// impl ToParameter for ProductId {
///     fn to_parameter(&self) -> Parameter {
///         self.0.to_parameter()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be bound as a parameter of SQL",
    label = "this value has no form in a database",
    note = "bind a type that serde writes as a string with `{{AsText(&value)}}`, any other with `{{AsJson(&value)}}`",
    note = "or implement `ToParameter` for your own type by passing on what it wraps"
)]
pub trait ToParameter {
    /// The value as a parameter. Whether the database can hold it is found out when the statement runs.
    fn to_parameter(&self) -> Parameter;
}

/// A value on its way into a statement. Made by [`ToParameter::to_parameter`].
#[derive(Clone)]
pub struct Parameter(pub(crate) Kind);

/// What a parameter is, before any database has a say.
#[derive(Clone)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Integer(i64),
    Unsigned(u64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
    Uuid(Uuid),
    Decimal(Decimal),
    Timestamp(Timestamp),
    Date(Date),
    /// Becomes as many parameters in a statement.
    List(Vec<Parameter>),
    /// The value could not be brought into a form at all; says why.
    Refused(&'static str),
}

impl Kind {
    /// An order of values, the same everywhere. Of those of different kinds, and of reals, it means nothing.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one.cmp(other),
            (Self::Integer(one), Self::Integer(other)) => one.cmp(other),
            (Self::Unsigned(one), Self::Unsigned(other)) => one.cmp(other),
            (Self::Real(one), Self::Real(other)) => one.total_cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Blob(one), Self::Blob(other)) => one.cmp(other),
            (Self::Uuid(one), Self::Uuid(other)) => one.cmp(other),
            (Self::Decimal(one), Self::Decimal(other)) => one.cmp(other),
            (Self::Timestamp(one), Self::Timestamp(other)) => one.cmp(other),
            (Self::Date(one), Self::Date(other)) => one.cmp(other),
            (one, other) => one.name().cmp(other.name()),
        }
    }

    /// What to call it in an error.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Unsigned(_) => "an integer",
            Self::Real(_) => "a real",
            Self::Text(_) => "text",
            Self::Blob(_) => "a blob",
            Self::Uuid(_) => "a UUID",
            Self::Decimal(_) => "a decimal",
            Self::Timestamp(_) => "a timestamp",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Refused(_) => "a value",
        }
    }
}

/// Does not show the value, which may be a secret.
impl std::fmt::Debug for Parameter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Parameter(…)")
    }
}

impl ToParameter for Parameter {
    fn to_parameter(&self) -> Parameter {
        self.clone()
    }
}

impl<T: ToParameter + ?Sized> ToParameter for &T {
    fn to_parameter(&self) -> Parameter {
        T::to_parameter(self)
    }
}

impl<T: ToParameter> ToParameter for Option<T> {
    fn to_parameter(&self) -> Parameter {
        self.as_ref().map_or(Parameter(Kind::Null), T::to_parameter)
    }
}

impl<const N: usize> ToParameter for [u8; N] {
    fn to_parameter(&self) -> Parameter {
        self.as_slice().to_parameter()
    }
}

/// Implements [`ToParameter`] for types that are one [`Kind`].
macro_rules! parameters {
    ($($type:ty => |$value:ident| $kind:expr;)*) => {$(
        impl ToParameter for $type {
            fn to_parameter(&self) -> Parameter {
                let $value = self;
                Parameter($kind)
            }
        }
    )*};
}

parameters! {
    bool => |value| Kind::Bool(*value);
    i8 => |value| Kind::Integer((*value).into());
    i16 => |value| Kind::Integer((*value).into());
    i32 => |value| Kind::Integer((*value).into());
    i64 => |value| Kind::Integer(*value);
    isize => |value| Kind::Integer(*value as i64);
    u8 => |value| Kind::Integer((*value).into());
    u16 => |value| Kind::Integer((*value).into());
    u32 => |value| Kind::Integer((*value).into());
    u64 => |value| Kind::Unsigned(*value);
    usize => |value| Kind::Unsigned(*value as u64);
    f32 => |value| Kind::Real((*value).into());
    f64 => |value| Kind::Real(*value);
    str => |value| Kind::Text(value.to_owned());
    String => |value| Kind::Text(value.clone());
    Cow<'_, str> => |value| Kind::Text(value.clone().into_owned());
    [u8] => |value| Kind::Blob(value.to_owned());
    Vec<u8> => |value| Kind::Blob(value.clone());
    Uuid => |value| Kind::Uuid(*value);
    Decimal => |value| Kind::Decimal(*value);
    Timestamp => |value| Kind::Timestamp(*value);
    Date => |value| Kind::Date(*value);
}
