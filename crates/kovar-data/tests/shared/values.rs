//! Every type goes into a column of its own kind and comes back the same.

use std::fmt::Debug;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kovar_data::{AsJson, AsText, Db, Statement, ToParameter, sql};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

async fn with_columns(db: &Db) {
    let table = sql!(
        "create table anything (
            flag boolean, small smallint, whole integer, large bigint, price numeric, ratio double precision,
            name text, bytes bytea, id uuid, at timestamptz, day date, data jsonb
        )"
    );
    db.execute(table).await.unwrap();
}

/// Checks that values come back equal, if there is one or none.
async fn check<T>(db: &Db, values: &[T], insert: impl Fn(Option<&T>) -> Statement)
where
    T: ToParameter + DeserializeOwned + PartialEq + Debug,
{
    for value in values {
        let back: T = db.one(insert(Some(value))).await.unwrap_or_else(|error| panic!("{value:?}: {error}"));
        assert_eq!(back, *value);
        let back: Option<T> = db.one(insert(Some(value))).await.unwrap();
        assert_eq!(back.as_ref(), Some(value));
    }
    assert_eq!(db.one::<Option<T>>(insert(None)).await.unwrap(), None);
    assert!(db.one::<T>(insert(None)).await.unwrap_err().is_mapping());
}

pub(crate) async fn every_type_comes_back(db: Db) {
    with_columns(&db).await;
    let db = &db;
    check(db, &[true, false], |v| sql!("insert into anything (flag) values ({v}) returning flag")).await;
    check(db, &[i16::MIN, 0, i16::MAX], |v| sql!("insert into anything (small) values ({v}) returning small")).await;
    check(db, &[u8::MAX], |v| sql!("insert into anything (small) values ({v}) returning small")).await;
    check(db, &[i32::MIN, 0, i32::MAX], |v| sql!("insert into anything (whole) values ({v}) returning whole")).await;
    check(db, &[i64::MIN, -1, i64::MAX], |v| sql!("insert into anything (large) values ({v}) returning large")).await;
    check(db, &[7_u64, i64::MAX as u64], |v| sql!("insert into anything (large) values ({v}) returning large")).await;
    check(db, &[7_usize], |v| sql!("insert into anything (whole) values ({v}) returning whole")).await;
    let ratios = [0.1, -0.0, 1e300, f64::MIN_POSITIVE, f64::INFINITY];
    check(db, &ratios, |v| sql!("insert into anything (ratio) values ({v}) returning ratio")).await;
    let texts = ["", "Größe 💡", "'; drop table anything; --", "\u{1}\u{7f}"].map(str::to_owned);
    check(db, &texts, |v| sql!("insert into anything (name) values ({v}) returning name")).await;
    let bytes = [vec![], vec![0, 255, 92, 39]];
    check(db, &bytes, |v| sql!("insert into anything (bytes) values ({v}) returning bytes")).await;
    let ids = [Uuid::nil(), Uuid::now_v7(), Uuid::max()];
    check(db, &ids, |v| sql!("insert into anything (id) values ({v}) returning id")).await;
    // PostgreSQL has microseconds, so more is not promised of both.
    let times: [Timestamp; 3] = ["2026-11-20T00:00:00.123456Z", "1900-01-01T00:00:00Z", "9999-12-30T00:00:00Z"]
        .map(|text| text.parse().unwrap());
    check(db, &times, |v| sql!("insert into anything (at) values ({v}) returning at")).await;
    let days: [Date; 2] = [date(2026, 11, 20), date(1582, 10, 15)];
    check(db, &days, |v| sql!("insert into anything (day) values ({v}) returning day")).await;
    let prices: [Decimal; 4] = ["0", "12.5", "-0.01", "999999999999.999"].map(|text| text.parse().unwrap());
    check(db, &prices, |v| sql!("insert into anything (price) values ({v}) returning price")).await;
}

#[derive(Debug, Deserialize, PartialEq)]
struct Anything {
    flag: Option<bool>,
    whole: Option<i32>,
    name: Option<String>,
    id: Option<Uuid>,
    at: Option<Timestamp>,
    data: Option<Size>,
}

pub(crate) async fn nothing_is_null(db: Db) {
    with_columns(&db).await;
    db.execute(sql!("insert into anything (small) values (1)")).await.unwrap();
    let row: Anything = db.one(sql!("select * from anything")).await.unwrap();
    assert_eq!(row, Anything { flag: None, whole: None, name: None, id: None, at: None, data: None });
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    InStock,
    SoldOut,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Size {
    width: u32,
    tags: Vec<String>,
}

pub(crate) async fn what_serde_writes_comes_back(db: Db) {
    with_columns(&db).await;
    for state in [State::InStock, State::SoldOut] {
        let back: State =
            db.one(sql!("insert into anything (name) values ({AsText(&state)}) returning name")).await.unwrap();
        assert_eq!(back, state);
    }
    let size = Size { width: 3, tags: vec!["a".to_owned(), "'\"\\".to_owned()] };
    let row: Anything = db.one(sql!("insert into anything (data) values ({AsJson(&size)}) returning *")).await.unwrap();
    assert_eq!(row.data, Some(size));
    let value: serde_json::Value = db.one(sql!("select data from anything where data is not null")).await.unwrap();
    let text = value.as_str().map(str::to_owned).unwrap_or_else(|| value.to_string());
    assert_eq!(serde_json::from_str::<Size>(&text).unwrap().width, 3);
}

pub(crate) async fn decimals_are_exact_and_sort_as_numbers(db: Db) {
    db.execute(sql!("create table prices (price numeric not null)")).await.unwrap();
    let decimals = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Decimal>>();
    for price in decimals(&["10", "9.99", "100.5", "0.1", "9.990"]) {
        db.execute(sql!("insert into prices values ({price})")).await.unwrap();
    }
    let sorted: Vec<Decimal> = db.all(sql!("select price from prices order by price")).await.unwrap();
    assert_eq!(sorted, decimals(&["0.1", "9.99", "9.99", "10", "100.5"]));
    let bound: Decimal = "9.99".parse().unwrap();
    let count = async |statement| db.one::<i64>(statement).await.unwrap();
    assert_eq!(count(sql!("select count(*) from prices where price = {bound}")).await, 2);
    assert_eq!(count(sql!("select count(*) from prices where price > {bound}")).await, 2);
    // An expression has no affinity in SQLite: a parameter that is text would be above every number.
    assert_eq!(count(sql!("select count(*) from prices where coalesce(price, 0) >= {bound}")).await, 4);
    assert_eq!(count(sql!("select count(*) from prices where {bound} < price + 0")).await, 2);
    let sum: Decimal = db.one(sql!("select round(sum(price), 2) from prices")).await.unwrap();
    assert_eq!(sum, "130.58".parse().unwrap());
}

pub(crate) async fn what_does_not_fit_is_a_mapping_error(db: Db) {
    with_columns(&db).await;
    db.execute(sql!("insert into anything (name, large) values ('text', 300)")).await.unwrap();
    let name = db.one::<i64>(sql!("select name from anything")).await.unwrap_err();
    assert!(name.is_mapping(), "{name}");
    for part in ["values.rs:", "column `name`", "found text", "i64"] {
        assert!(name.to_string().contains(part), "{name}");
    }
    assert!(db.one::<u8>(sql!("select large from anything")).await.unwrap_err().is_mapping());
    assert!(db.one::<(i64, i64)>(sql!("select large from anything")).await.unwrap_err().is_mapping());
    assert!(db.one::<State>(sql!("select name from anything")).await.unwrap_err().is_mapping());
}
