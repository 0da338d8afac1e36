use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Rows, Value};

fn rows(columns: &[&str], values: &[Value]) -> Rows {
    Rows { columns: columns.iter().map(|&name| name.to_owned()).collect(), values: values.to_vec() }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Checks what one column becomes.
#[expect(clippy::needless_pass_by_value, reason = "the calls below read better")]
#[track_caller]
fn check<T: DeserializeOwned + PartialEq + std::fmt::Debug>(value: Value, expected: T) {
    assert_eq!(rows(&["value"], &[value]).one::<T>().unwrap(), expected);
}

/// Checks how one column is refused: the text behind the name of the type.
#[track_caller]
fn check_refusal<T: DeserializeOwned + std::fmt::Debug>(value: Value, expected: &str) {
    let error = rows(&["value"], &[value]).one::<T>().unwrap_err();
    assert!(error.is_mapping());
    assert_eq!(error.to_string().split_once(": ").unwrap().1, expected);
}

#[derive(Debug, Deserialize, PartialEq)]
struct Product {
    id: i64,
    name: String,
    price: Option<f64>,
    #[serde(default)]
    stock: u32,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum State {
    InStock,
    Until { day: String },
}

#[derive(Debug, Deserialize, PartialEq)]
struct Name(String);

#[test]
fn a_struct_is_read_by_column_names() {
    let found = rows(&["name", "id", "other"], &[text("Lamp"), Value::Integer(1), Value::Null]);
    let expected = Product { id: 1, name: "Lamp".to_owned(), price: None, stock: 0 };
    assert_eq!(found.one::<Product>().unwrap(), expected);
}

#[test]
fn tuples_and_maps_are_read_too() {
    let two = || rows(&["a", "b"], &[Value::Integer(1), text("x"), Value::Integer(2), text("y")]);
    assert_eq!(two().all::<(u8, String)>().unwrap(), [(1, "x".to_owned()), (2, "y".to_owned())]);
    let object = serde_json::json!({"a": 2, "b": "y"});
    assert_eq!(two().all::<serde_json::Value>().unwrap().pop(), Some(object));
    let error = two().all::<(u8, String, u8)>().unwrap_err();
    assert!(error.to_string().ends_with("found 2 values, expected a tuple of size 3"), "{error}");
}

#[test]
fn scalars_are_read_from_the_only_column() {
    check(Value::Integer(-5), -5_i64);
    check(Value::Integer(5), 5.0_f64);
    check(Value::Real(0.5), 0.5_f64);
    check(Value::Integer(1), true);
    check(text("a"), "a".to_owned());
    check(text("a"), Name("a".to_owned()));
    check(Value::Null, None::<i64>);
    check(Value::Integer(1), Some(1_u8));
    check(Value::Blob(vec![1, 2]), vec![1_u8, 2]);
    check(text("in_stock"), State::InStock);
}

#[test]
fn types_with_a_text_form_are_read_from_it() {
    let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    check(text(id), id.parse::<uuid::Uuid>().unwrap());
    check(text("2026-11-20T00:02:03.000000000Z"), "2026-11-20T00:02:03Z".parse::<jiff::Timestamp>().unwrap());
    check(text("2026-11-20"), jiff::civil::date(2026, 11, 20));
}

#[test]
fn decimals_are_read_from_every_storage() {
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    check(Value::Integer(i64::MAX), decimal("9223372036854775807"));
    check(Value::Real(0.1), decimal("0.1"));
    check(Value::Real(999_999_999_999.999), decimal("999999999999.999"));
    check(Value::Real(1e20), decimal("100000000000000000000"));
    check(text("12.3456789012345678901234567"), decimal("12.3456789012345678901234567"));
    check(Value::Real(0.1), Some(decimal("0.1")));
    check_refusal::<Decimal>(
        Value::Real(1e300),
        "column `value`: found a real that is not allowed here, expected a \
        Decimal type representing a fixed-point number",
    );
}

#[test]
fn json_text_becomes_what_the_field_asks_for() {
    check(text("[1, 2]"), vec![1, 2]);
    check(text(r#"{"until": {"day": "monday"}}"#), State::Until { day: "monday".to_owned() });
    check(text(r#""in_stock""#), State::InStock);
    check_refusal::<Vec<i32>>(text("[1, 2"), "column `value`: found text that is not JSON, at line 1 column 5 of it");
    check_refusal::<Vec<i32>>(text("[1] 2"), "column `value`: found text that is not JSON, at line 1 column 5 of it");
    check_refusal::<Vec<i32>>(
        text(r#"["secret"]"#),
        "column `value`: found JSON text that does not fit the field's type, at line 1 column 9 of it",
    );
}

#[test]
fn fields_may_be_maps_and_arrays() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Document {
        tags: BTreeMap<String, i64>,
        colour: [u8; 3],
    }

    let found = rows(&["tags", "colour"], &[text(r#"{"a": 1}"#), Value::Blob(vec![1, 2, 3])]);
    let expected = Document { tags: BTreeMap::from([("a".to_owned(), 1)]), colour: [1, 2, 3] };
    assert_eq!(found.one::<Document>().unwrap(), expected);
}

#[test]
fn refusals_name_column_and_kinds_and_no_values() {
    check_refusal::<i64>(text("secret"), "column `value`: found text, expected i64");
    check_refusal::<String>(Value::Integer(77), "column `value`: found an integer, expected a string");
    check_refusal::<i64>(Value::Null, "column `value`: found NULL, expected i64");
    check_refusal::<u8>(Value::Integer(300), "column `value`: found an integer that is not allowed here, expected u8");
    check_refusal::<bool>(
        Value::Integer(2),
        "column `value`: found an integer that is not allowed here, expected 0 or 1",
    );
    check_refusal::<uuid::Uuid>(text("secret"), "column `value`: found text, which the field's type refuses");
    check_refusal::<jiff::Timestamp>(text("secret"), "column `value`: found text, which the field's type refuses");
    check_refusal::<State>(text("secret"), "column `value`: found text that is none of `in_stock`, `until`");
}

#[test]
fn a_struct_says_which_column_is_at_fault() {
    let refusal = |columns: &[&str], values: &[Value]| rows(columns, values).one::<Product>().unwrap_err().to_string();
    let missing = refusal(&["id"], &[Value::Integer(1)]);
    assert!(missing.ends_with("tests::Product: no column is called `name`"), "{missing}");
    let twice = refusal(&["id", "id"], &[Value::Integer(1), Value::Integer(1)]);
    assert!(twice.ends_with("two columns are called `id`"), "{twice}");
    let wrong = refusal(&["id", "name"], &[Value::Integer(1), Value::Null]);
    assert!(wrong.ends_with("column `name`: found NULL, expected a string"), "{wrong}");
}

#[test]
fn one_row_is_neither_none_nor_two() {
    let none = || rows(&[], &[]);
    assert!(none().one::<i64>().unwrap_err().is_not_found());
    assert_eq!(none().optional::<i64>().unwrap(), None);
    assert!(none().all::<i64>().unwrap().is_empty());
    let two = rows(&["a"], &[Value::Integer(1), Value::Integer(2)]);
    assert!(two.optional::<i64>().unwrap_err().is_mapping());
}
