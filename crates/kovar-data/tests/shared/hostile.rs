//! Values that would be SQL, were they ever put into its text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use kovar_data::{AsJson, AsText, Db, List, sql};

/// What goes wrong where values become SQL: quotes of all kinds, comments, escapes, encodings, and what ends a message
/// of the protocol. OWASP's cheat sheet on injection lists the kinds.
pub(crate) const HOSTILE: [&str; 32] = [
    "'",
    "''",
    "\"",
    "`",
    "\\",
    "\\'",
    "'; drop table texts; --",
    "' or '1'='1",
    "\" or \"\"=\"",
    "1; delete from texts",
    "') or true --",
    "/* */ or 1=1",
    "$1",
    "$$; drop table texts; $$",
    "?",
    ":name",
    "{value}",
    "%s %d",
    "\u{feff}",
    "\u{2019}; drop table texts; --",
    "E'\\x27'",
    "\r\n\t",
    "null",
    "\\.",
    "\\N",
    "\\u0000",
    "x' union select value from texts --",
    "'||(select 1)||'",
    "\u{1}\u{1b}\u{7f}",
    "\u{202e}--",
    "%27%20or%201=1",
    "😀 Größe \u{0301}",
];

pub(crate) async fn hostile_text_stays_text(db: Db) {
    db.execute(sql!("create table texts (id bigint primary key, value text not null, data jsonb)")).await.unwrap();
    for (id, value) in (0_i64..).zip(HOSTILE) {
        let list = vec![value];
        let stored = sql!("insert into texts values ({id}, {value}, {AsJson(&list)})");
        assert_eq!(db.execute(stored).await.unwrap(), 1, "{value}");
    }
    let other = "other";
    for (id, value) in (0_i64..).zip(HOSTILE) {
        let found = sql!("select id, value, data from texts where value = {value} and id = {id}")
            .and_if(Some(value), |value| sql!("value like {value} or true"));
        let found: (i64, String, Vec<String>) = db.one(found).await.unwrap();
        assert_eq!(found, (id, value.to_owned(), vec![value.to_owned()]));
        let counted: i64 = db.one(sql!("select count(*) from texts where value in ({value}, {other})")).await.unwrap();
        assert_eq!(counted, 1, "{value}");
        assert_eq!(db.execute(sql!("update texts set value = {value} where value = {value}")).await.unwrap(), 1);
    }
    assert_eq!(db.one::<i64>(sql!("select count(*) from texts")).await.unwrap(), HOSTILE.len() as i64);
}

async fn with_texts(db: &Db) {
    let table = sql!("create table texts (id bigint primary key, value text not null, bytes bytea, data jsonb)");
    db.execute(table).await.unwrap();
}

pub(crate) async fn hostile_text_is_harmless_in_every_kind_of_parameter(db: Db) {
    with_texts(&db).await;
    for (id, value) in (0_i64..).zip(HOSTILE) {
        let map = BTreeMap::from([(value.to_owned(), value.to_owned())]);
        let stored = sql!("insert into texts values ({id}, {AsText(value)}, {value.as_bytes()}, {AsJson(&map)})");
        db.execute(stored).await.unwrap();
        type Row = (String, Vec<u8>, BTreeMap<String, String>);
        let found: Row =
            db.one(sql!("select value, bytes, data from texts where bytes = {value.as_bytes()}")).await.unwrap();
        assert_eq!(found, (value.to_owned(), value.as_bytes().to_vec(), map));
        for same in [
            sql!("select id from texts where value = {Some(value)}"),
            sql!("select id from texts where value = {Cow::Borrowed(value)}"),
            sql!("select id from texts where value = {AsText(value)}"),
            sql!("select id from texts where value in {List(&[value])}"),
            sql!("select id from texts where bytes in {List(&[value.as_bytes()])}"),
            sql!("select id from texts where").append(sql!("value = {value}")).order_by("id").limit(1),
        ] {
            assert_eq!(db.all::<i64>(same).await.unwrap(), [id], "{value}");
        }
    }
    let count = async |statement| db.one::<i64>(statement).await.unwrap();
    let all = HOSTILE.len() as i64;
    assert_eq!(count(sql!("select count(*) from texts where value in {List(&HOSTILE)}")).await, all);
    assert_eq!(count(sql!("select count(*) from texts where value not in {List(&HOSTILE)}")).await, 0);
    assert_eq!(count(sql!("select count(*) from texts where 'a' in {List(&HOSTILE)}")).await, 0);
}

pub(crate) async fn hostile_text_is_harmless_on_every_way(db: Db) {
    with_texts(&db).await;
    let rows: Vec<_> = (0_i64..).zip(HOSTILE).map(|(id, value)| (id, value, value.as_bytes(), AsJson(value))).collect();
    assert_eq!(db.insert_many(sql!("texts (id, value, bytes, data)"), &rows).await.unwrap(), 32);
    let insert =
        |id: i64, value: &str| sql!("insert into texts (id, value, bytes) values ({id}, {value}, {value.as_bytes()})");
    db.batch((100..).zip(HOSTILE).map(|(id, value)| insert(id, value))).await.unwrap();
    let tx = db.begin().await.unwrap();
    let rows = (200_i64..).zip(HOSTILE).map(|(id, value)| (id, value, value.as_bytes()));
    tx.insert_many(sql!("texts (id, value, bytes)"), rows).await.unwrap();
    for (id, value) in (300..).zip(HOSTILE) {
        tx.attempt(tx.execute(insert(id, value))).await.unwrap();
        assert_eq!(tx.one::<i64>(sql!("select count(*) from texts where value = {value}")).await.unwrap(), 4);
    }
    tx.commit().await.unwrap();
    let stored = sql!("select value, bytes from texts where id >= {0} order by id");
    let found: Vec<(String, Vec<u8>)> = db.stream(stored).try_collect().await.unwrap();
    assert_eq!(found.len(), 4 * HOSTILE.len());
    for ((value, bytes), expected) in found.iter().zip(HOSTILE.iter().cycle()) {
        assert_eq!((value.as_str(), bytes.as_slice()), (*expected, expected.as_bytes()));
    }
}
