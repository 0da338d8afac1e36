use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;
use uuid::Uuid;

use super::{Field, RowShape, Wants, reflect};

#[derive(Deserialize)]
struct Name(#[expect(dead_code, reason = "it is read, and never looked at")] String);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    InStock,
    SoldOut,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is read, and never looked at")]
struct Everything {
    id: Uuid,
    name: Name,
    #[serde(rename = "cost")]
    price: Decimal,
    state: State,
    sold: Option<Timestamp>,
    count: u32,
    is_new: bool,
    picture: Vec<u8>,
    sizes: BTreeMap<String, f64>,
    #[serde(default)]
    weight: f64,
}

fn field(name: &str, rust_type: &str, wants: Wants, takes_null: bool) -> Field {
    Field { name: name.to_owned(), rust_type: rust_type.to_owned(), wants, takes_null }
}

#[test]
fn a_struct_is_known_by_its_fields() {
    let RowShape::Fields(fields, missing) = reflect::<Everything>() else { panic!("it is a struct") };
    let expected = [
        field("id", "Uuid", Wants::Text, false),
        field("name", "Name", Wants::Text, false),
        field("cost", "Decimal", Wants::Anything, false),
        field("state", "State", Wants::Enum(&["in_stock", "sold_out"]), false),
        field("sold", "Option<Timestamp>", Wants::Text, true),
        field("count", "u32", Wants::Integer(32), false),
        field("is_new", "bool", Wants::Bool, false),
        field("picture", "Vec<u8>", Wants::List, false),
        field("sizes", "BTreeMap<String, f64>", Wants::Object, false),
        field("weight", "f64", Wants::Float, false),
    ];
    assert_eq!(fields, expected);
    let all = ["id", "name", "cost", "state", "sold", "count", "is_new", "picture", "sizes", "weight"];
    assert_eq!(missing(&all), [""; 0]);
    assert_eq!(missing(&["id", "cost", "state", "count", "is_new", "sizes"]), ["name", "picture"]);
}

#[test]
fn what_takes_any_columns_is_not_known() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is read, and never looked at")]
    struct Flat {
        id: i64,
        #[serde(flatten)]
        rest: BTreeMap<String, String>,
    }
    let shapes = [reflect::<Flat>(), reflect::<BTreeMap<String, i64>>(), reflect::<serde_json::Value>()];
    assert!(shapes.iter().all(|shape| matches!(shape, RowShape::Unknown)), "{shapes:?}");
}

#[test]
fn tuples_and_scalars_are_known() {
    let RowShape::Columns(columns) = reflect::<(Uuid, i64, Option<Name>)>() else { panic!("it is a tuple") };
    let expected = [
        field("column 1", "Uuid", Wants::Text, false),
        field("column 2", "i64", Wants::Integer(64), false),
        field("column 3", "Option<Name>", Wants::Text, true),
    ];
    assert_eq!(columns, expected);
    let scalar = |shape| match shape {
        RowShape::Scalar(field) => (field.rust_type, field.wants, field.takes_null),
        other => panic!("{other:?} is no scalar"),
    };
    assert_eq!(scalar(reflect::<i32>()), ("i32".to_owned(), Wants::Integer(32), false));
    assert_eq!(scalar(reflect::<Option<Name>>()), ("Option<Name>".to_owned(), Wants::Text, true));
    assert_eq!(scalar(reflect::<State>()), ("State".to_owned(), Wants::Enum(&["in_stock", "sold_out"]), false));
}
