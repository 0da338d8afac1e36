//! What PostgreSQL has beside what every database has.

use jiff::Timestamp;
use jiff::civil::DateTime;
use kovar_data::{AsText, Db, sql};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::server::empty;
use crate::shared::hostile::HOSTILE;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    InStock,
    SoldOut,
}

#[tokio::test]
async fn enums_and_domains_are_what_they_are_made_of() {
    let (db, _kept) = empty().await;
    db.execute(sql!("create type state as enum ('in_stock', 'sold_out')")).await.unwrap();
    db.execute(sql!("create domain quantity as integer check (value >= 0)")).await.unwrap();
    db.execute(sql!("create table products (state state, stock quantity)")).await.unwrap();
    for (state, stock) in [(State::InStock, 3), (State::SoldOut, 0)] {
        let row: (State, i32) =
            db.one(sql!("insert into products values ({AsText(&state)}, {stock}) returning *")).await.unwrap();
        assert_eq!(row, (state, stock));
    }
    let (known, unknown) = ("sold_out", "gone");
    assert_eq!(db.one::<i64>(sql!("select count(*) from products where state = {known}")).await.unwrap(), 1);
    let refused = db.execute(sql!("insert into products (stock) values ({-1})")).await.unwrap_err();
    assert!(refused.is_check_violation(), "{refused}");
    let refused = db.execute(sql!("insert into products (state) values ({unknown})")).await.unwrap_err();
    assert!(!refused.to_string().contains("sold_out"), "{refused}");
}

#[tokio::test]
async fn arrays_are_lists() {
    let (db, _kept) = empty().await;
    assert_eq!(db.one::<Vec<i64>>(sql!("select array[1, 2, 3]::bigint[]")).await.unwrap(), [1, 2, 3]);
    let texts: Vec<Option<String>> = db.one(sql!("select array['a', null, 'b''']")).await.unwrap();
    assert_eq!(texts, [Some("a".to_owned()), None, Some("b'".to_owned())]);
    assert_eq!(db.one::<Vec<Decimal>>(sql!("select '{{}}'::numeric[]")).await.unwrap(), []);
    assert!(db.one::<Vec<i64>>(sql!("select array[array[1], array[2]]")).await.unwrap_err().is_mapping());
}

#[tokio::test]
async fn text_goes_into_any_type_as_text() {
    let (db, _kept) = empty().await;
    let (address, time, id) = ("10.0.0.1/8", "1 day 02:00", "6b6f7661-722d-4461-b461-000000000001");
    let back: (String, String, String) =
        db.one(sql!("select host({address}::inet), ({time}::interval)::text, ({id}::uuid)::text")).await.unwrap();
    assert_eq!(back, ("10.0.0.1".to_owned(), "1 day 02:00:00".to_owned(), id.to_owned()));
    let no_address = "no";
    assert!(db.one::<String>(sql!("select ({no_address}::inet)::text")).await.is_err());
}

#[tokio::test]
async fn what_a_type_refuses_is_neither_run_nor_shown() {
    let (db, _kept) = empty().await;
    db.execute(sql!("create table texts (n integer)")).await.unwrap();
    db.execute(sql!("create type state as enum ('in_stock', 'sold_out')")).await.unwrap();
    let hostile = HOSTILE.iter().map(|value| format!("hunter2{value}"));
    for value in hostile.chain(["hunter2'; drop table texts; --".to_owned(), "2\" hunter2 \"".to_owned()]) {
        for statement in [
            sql!("select ({value}::inet)::text"),
            sql!("select ({value}::state)::text"),
            sql!("select ({value}::interval)::text"),
            sql!("select ({value}::uuid)::text"),
            sql!("select ({value}::integer)::text"),
            sql!("select ({value}::numeric)::text"),
            sql!("select ({value}::boolean)::text"),
            sql!("select ({value}::timestamptz)::text"),
            sql!("select ({value}::jsonb)::text"),
            sql!("select ({value}::integer[])::text"),
            sql!("select ({value}::bit)::text"),
        ] {
            for _ in 0..2 {
                let error = db.one::<String>(statement.clone()).await.unwrap_err();
                assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
            }
        }
        let rows = [("1",), (&*value,)];
        let error = db.insert_many(sql!("texts (n)"), rows).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        let name: String = db.one(sql!("select {value}::name::text")).await.unwrap();
        assert!(value.starts_with(&name));
    }
    let huge = "77777777777";
    let error = db.one::<String>(sql!("select ({huge}::integer)::text")).await.unwrap_err();
    assert!(
        error.to_string().contains("out of range for type integer") && !error.to_string().contains(huge),
        "{error}"
    );
    assert_eq!(db.one::<i64>(sql!("select count(*) from texts")).await.unwrap(), 0);
}

#[tokio::test]
async fn what_cannot_be_read_says_so() {
    let (db, _kept) = empty().await;
    let error = db.one::<String>(sql!("select '10.0.0.1'::inet as address")).await.unwrap_err();
    assert!(error.is_mapping());
    for part in ["column `address`", "`inet`", "::text", "types.rs:"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(db.one::<Timestamp>(sql!("select 'infinity'::timestamptz")).await.unwrap_err().is_mapping());
    assert!(db.one::<Decimal>(sql!("select 'NaN'::numeric")).await.unwrap_err().is_mapping());
    assert!(db.one::<Decimal>(sql!("select repeat('9', 40)::numeric")).await.unwrap_err().is_mapping());
}

#[tokio::test]
async fn times_without_a_zone_are_civil() {
    let (db, _kept) = empty().await;
    let at: DateTime = db.one(sql!("select '2026-11-20 01:02:03.5'::timestamp")).await.unwrap();
    assert_eq!(at.to_string(), "2026-11-20T01:02:03.5");
    let now: Timestamp = "2026-11-20T01:02:03Z".parse().unwrap();
    let stored: String = db.one(sql!("select ({now}::timestamp)::text")).await.unwrap();
    assert_eq!(stored, "2026-11-20 01:02:03");
}

#[tokio::test]
async fn a_number_that_does_not_fit_is_refused_and_not_shown() {
    let (db, _kept) = empty().await;
    db.execute(sql!("create table numbers (small smallint, whole integer, single real, price numeric(5, 2))"))
        .await
        .unwrap();
    let refused = async |statement| db.execute(statement).await.unwrap_err();
    let half: Decimal = "7.5".parse().unwrap();
    for error in [
        refused(sql!("insert into numbers (small) values ({77_777})")).await,
        refused(sql!("insert into numbers (whole) values ({7_777_777_777_i64})")).await,
        refused(sql!("insert into numbers (whole) values ({half})")).await,
        refused(sql!("insert into numbers (single) values ({77_777_777})")).await,
        refused(sql!("insert into numbers (small) values ({vec![7_u8, 7]})")).await,
    ]
    .iter()
    .filter(|error| !error.is_parameter_refused())
    {
        panic!("{error}");
    }
    let error = refused(sql!("insert into numbers (small) values ({77_777})")).await;
    assert!(error.to_string().contains("int2") && !error.to_string().contains("77777"), "{error}");
    let price: Decimal = "12345.67".parse().unwrap();
    assert!(!refused(sql!("insert into numbers (price) values ({price})")).await.is_parameter_refused());
}

#[tokio::test]
async fn floats_are_what_was_written() {
    let (db, _kept) = empty().await;
    assert_eq!(db.one::<f32>(sql!("select 0.1::real")).await.unwrap().to_string(), "0.1");
    assert_eq!(db.one::<f64>(sql!("select 0.1::real")).await.unwrap().to_string(), "0.1");
    assert!(db.one::<f64>(sql!("select 'NaN'::float8")).await.unwrap().is_nan());
    let long: Decimal = "1234567890.123456789012345678".parse().unwrap();
    assert_eq!(db.one::<Decimal>(sql!("select {long}::numeric")).await.unwrap(), long);
}

#[tokio::test]
async fn json_is_json() {
    let (db, _kept) = empty().await;
    let value: serde_json::Value = db.one(sql!(r#"select '{{"a": [1, "b", null]}}'::jsonb"#)).await.unwrap();
    assert_eq!(value, serde_json::json!({"a": [1, "b", null]}));
    assert_eq!(db.one::<String>(sql!(r#"select '"text"'::jsonb"#)).await.unwrap(), "text");
    check_list(&db).await;
}

async fn check_list(db: &Db) {
    let ids = vec![2, 3];
    let found = sql!(
        "select n from generate_series(1, 5) n where n in (select value::integer from jsonb_array_elements_text({kovar_data::AsJson(&ids)}))"
    );
    assert_eq!(db.all::<i32>(found).await.unwrap(), ids);
}
