use rusqlite::types::{ToSqlOutput, Value};
use rust_decimal::Decimal;

use super::bind;
use crate::{AsJson, AsText, ToParameter};

/// Checks what SQLite gets; `None` is for a refusal.
#[expect(clippy::needless_pass_by_value, reason = "the calls below read better")]
#[track_caller]
fn check(value: &dyn ToParameter, expected: Option<Value>) {
    let parameter = value.to_parameter();
    let bound = bind(&parameter).ok().map(|bound| match bound {
        ToSqlOutput::Borrowed(value) => Value::try_from(value).unwrap(),
        ToSqlOutput::Owned(value) => value,
        other => panic!("{other:?}"),
    });
    assert_eq!(bound, expected);
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

#[test]
fn decimals_are_numbers_or_refused() {
    check(&decimal("12.50"), Some(Value::Real(12.5)));
    check(&decimal("12.00"), Some(Value::Integer(12)));
    check(&decimal("-0.1"), Some(Value::Real(-0.1)));
    check(&decimal("9223372036854775807"), Some(Value::Integer(i64::MAX)));
    check(&decimal("100000000000000000000"), Some(Value::Real(1e20)));
    check(&decimal("0.123456789012345"), Some(Value::Real(0.123_456_789_012_345)));
    check(&decimal("0.1234567890123456"), None);
    check(&decimal("9223372036854775808"), None);
    check(&Decimal::MAX, None);
    check(&Decimal::ZERO, Some(Value::Integer(0)));
}

#[test]
fn what_sqlite_cannot_hold_is_refused() {
    check(&f64::NAN, None);
    check(&f64::INFINITY, Some(Value::Real(f64::INFINITY)));
    check(&u64::MAX, None);
    check(&(i64::MAX as u64), Some(Value::Integer(i64::MAX)));
    check(&jiff::Timestamp::MIN, None);
    check(&AsText([1, 2]), None);
    check(&AsJson(std::collections::BTreeMap::from([([1], 2)])), None);
}

#[test]
fn times_have_a_fixed_width() {
    check(&"2026-11-20T01:02:03+01:00".parse::<jiff::Timestamp>().unwrap(), text("2026-11-20T00:02:03.000000000Z"));
    check(&"2026-11-20T00:02:03.5Z".parse::<jiff::Timestamp>().unwrap(), text("2026-11-20T00:02:03.500000000Z"));
    check(&"0000-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap(), text("0000-01-01T00:00:00.000000000Z"));
    check(&jiff::civil::date(2026, 1, 2), text("2026-01-02"));
}

#[test]
fn a_uuid_is_lower_case_with_hyphens() {
    let id: uuid::Uuid = "67E5504410B1426F9247BB680E5FE0C8".parse().unwrap();
    check(&id, text("67e55044-10b1-426f-9247-bb680e5fe0c8"));
}

#[test]
fn options_and_references_are_what_they_hold() {
    check(&None::<i64>, Some(Value::Null));
    check(&Some("a"), text("a"));
    check(&&&7_u8, Some(Value::Integer(7)));
    check(&true, Some(Value::Integer(1)));
}
