//! Every type goes into a file and comes back the same.

use std::fmt::Debug;

use kovar_data::{AsJson, AsText, Db, ToParameter, sql};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    SoldOut,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Size {
    width: u32,
    tags: Vec<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Owner {
    value: Size,
}

/// Checks that a value comes back equal, through a column that takes it as it is.
async fn check<T: ToParameter + DeserializeOwned + PartialEq + Debug>(db: &Db, value: T) {
    let back: T = db.one(sql!("insert into anything values ({value}) returning value")).await.unwrap();
    assert_eq!(back, value);
}

async fn open() -> Db {
    let db = Db::open("sqlite::memory:").await.unwrap();
    db.execute(sql!("create table anything (value)")).await.unwrap();
    db
}

#[tokio::test]
async fn every_type_comes_back() {
    let db = open().await;
    for value in [i64::MIN, -1, 0, i64::MAX] {
        check(&db, value).await;
    }
    check(&db, (i8::MIN, 1).0).await;
    check(&db, i16::MAX).await;
    check(&db, i32::MIN).await;
    check(&db, isize::MAX).await;
    check(&db, u8::MAX).await;
    check(&db, u16::MAX).await;
    check(&db, u32::MAX).await;
    check(&db, i64::MAX as u64).await;
    check(&db, 7_usize).await;
    for value in [0.1, -0.0, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY] {
        check(&db, value).await;
    }
    check(&db, 0.1_f32).await;
    check(&db, true).await;
    check(&db, false).await;
    for value in ["", "Größe \u{1f4a1}", "a\0b", "'; drop table anything; --"] {
        check(&db, value.to_owned()).await;
    }
    check(&db, Vec::<u8>::new()).await;
    check(&db, vec![0_u8, 255]).await;
    check(&db, None::<String>).await;
    check(&db, Some("a".to_owned())).await;
    check(&db, uuid::Uuid::now_v7()).await;
    check(&db, jiff::Timestamp::now()).await;
    check(&db, "2026-11-20T00:00:00.123456789Z".parse::<jiff::Timestamp>().unwrap()).await;
    check(&db, jiff::civil::date(2026, 11, 20)).await;
}

#[tokio::test]
async fn what_serde_writes_comes_back() {
    let db = open().await;
    let (state, size) = (State::SoldOut, Size { width: 3, tags: vec!["a".to_owned()] });
    let back: State = db.one(sql!("select {AsText(&state)}")).await.unwrap();
    assert_eq!(back, state);
    let text: String = db.one(sql!("select {AsText(&state)}")).await.unwrap();
    assert_eq!(text, "sold_out");
    let back: Owner = db.one(sql!("select {AsJson(&size)} as value")).await.unwrap();
    assert_eq!(back.value, size);
    let ids = [2, 3];
    let listed: Vec<i64> = db
        .all(sql!(
            "select value from json_each('[1,2,3]') where value in (select value from json_each({AsJson(&ids)}))"
        ))
        .await
        .unwrap();
    assert_eq!(listed, ids);
}

#[tokio::test]
async fn decimals_come_back_from_each_kind_of_column() {
    let db = open().await;
    db.execute(sql!("create table prices (a numeric, b real, c)")).await.unwrap();
    for text in ["0", "12.5", "-0.01", "999999999999.999", "0.000000000000001", "123456789012345", "1000000.10"] {
        let value: Decimal = text.parse().unwrap();
        let back: (Decimal, Decimal, Decimal) =
            db.one(sql!("insert into prices values ({value}, {value}, {value}) returning *")).await.unwrap();
        assert_eq!(back, (value, value, value));
    }
    let largest = Decimal::from(i64::MAX);
    let back: Decimal = db.one(sql!("insert into prices (a) values ({largest}) returning a")).await.unwrap();
    assert_eq!(back, largest);
    let longest = "0.1234567890123456789012345678".to_owned();
    let back: Decimal = db.one(sql!("select {longest}")).await.unwrap();
    assert_eq!(back.to_string(), longest);
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused_and_not_shown() {
    let db = open().await;
    let secret: Decimal = "0.1234567890123456".parse().unwrap();
    let error = db.execute(sql!("insert into anything values ({1}), ({secret})")).await.unwrap_err();
    assert!(error.is_parameter_refused());
    let text = format!("{error} {error:?}");
    assert!(text.contains("parameter 2") && !text.contains("0.123"), "{text}");
    assert!(db.execute(sql!("insert into anything values ({f64::NAN})")).await.unwrap_err().is_parameter_refused());
    let rows: i64 = db.one(sql!("select count(*) from anything")).await.unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn timestamps_sort_as_text() {
    let db = open().await;
    for text in ["2026-11-20T00:00:00Z", "2026-11-20T00:00:00.5Z", "2026-11-20T00:00:00.25Z", "0001-01-01T00:00:00Z"] {
        let at: jiff::Timestamp = text.parse().unwrap();
        db.execute(sql!("insert into anything values ({at})")).await.unwrap();
    }
    let found: Vec<jiff::Timestamp> = db.all(sql!("select value from anything order by value")).await.unwrap();
    assert_eq!(found.len(), 4);
    assert!(found.is_sorted(), "{found:?}");
}
