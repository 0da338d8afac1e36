//! Statements that fit the database and statements that do not.

use kovar_data::{Checked, Db, Mismatch, sql};
use rust_decimal::Decimal;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is read, and never looked at")]
struct Book {
    id: i64,
    title: String,
    year: Option<i64>,
    price: Decimal,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is read, and never looked at")]
struct WithShelf {
    id: i64,
    year: i64,
    shelf: String,
    #[serde(default)]
    remarks: Vec<String>,
}

/// None of these runs.
#[expect(dead_code, reason = "a statement is checked without being run")]
async fn statements(db: &Db, (id, title, book): (i64, &str, Uuid)) -> Result<(), kovar_data::Error> {
    // What fits.
    let _book = db.optional(sql!(Book: "select * from books where id = {id: i64}")).await?;
    let _books: Vec<Book> =
        db.all(sql!("select * from books where true").and_if(Some(1), |y| sql!("year = {y}"))).await?;
    let _titles = db.all(sql!((i64, String): "select id, title from books").order_by("title").limit(3)).await?;
    db.execute(sql!("delete from books where id = {title.len() as i32: i32} and title = {title.to_owned(): String}"))
        .await?;
    let _count = db.one(sql!(i64: "select count(*) from books where title in {kovar_data::List(&[title])}")).await?;
    db.insert_many(sql!("books (id, title, price)"), [(1, "a", 2)]).await?;
    db.execute(sql!("create index by_year on books (year)")).await?;
    db.execute(sql!(unchecked: "insert into books_of_tomorrow values (1)")).await?;
    // What does not.
    db.execute(sql!("update books set titel = {title}")).await?; // a column that is not there
    let _books = db.all(sql!("select * from books where true").append(sql!("and color = {title}"))).await? as Vec<Book>; // a part with one
    let _shelf = db.one(sql!(WithShelf: "select * from books where id = {id}")).await?; // a field without a column
    let _titles = db.all(sql!(i64: "select title from books")).await?; // text as a number
    let _pairs = db.all(sql!((i64, i64): "select id, title from books")).await?; // the same in a tuple
    let _pairs = db.all(sql!((i64, String): "select id, title, year from books")).await?; // three columns in two
    let _years = db.all(sql!(i64: "select year from books")).await?; // NULL as a number
    db.execute(sql!(postgres: "delete from books where id = {book: Uuid}")).await?; // a UUID for a number
    Ok(())
}

async fn check(db: Db) -> Checked {
    db.execute(sql!(
        "create table books (id integer primary key, title text not null, year bigint, price numeric not null)"
    ))
    .await
    .unwrap();
    let mut checked = db.check_statements().await.unwrap();
    checked.mismatches.retain(|mismatch| mismatch.origin.file().ends_with("shared/check.rs"));
    checked
}

pub(crate) async fn what_does_not_fit_is_told(db: Db) {
    let is_postgres = db.dialect() == kovar_data::Dialect::Postgres;
    let checked = check(db).await;
    let found: Vec<_> = checked.mismatches.iter().map(Mismatch::to_string).collect();
    let mut expected = vec![
        ("titel", "update books set titel = {}"),
        ("color", "and color = {}"),
        ("field `year` is `i64`, and the column may be NULL: `Option<i64>` takes that", "select * from books where id"),
        ("field `shelf` has no column", "select * from books where id = {}"),
        ("the value is `i64` in the source, and `text` in the database", "select title from books"),
        ("`title` is `i64` in the source, and `text` in the database", "select id, title from books"),
        ("the rows have 3 columns, and the tuple has 2 elements", "select id, title, year from books"),
        ("the value is `i64`, and the column may be NULL: `Option<i64>` takes that", "select year from books"),
    ];
    if is_postgres {
        expected.push(("parameter 1 is a UUID in the source, and `int4` in the database", "delete from books where"));
        // `integer` is narrower there.
        expected.insert(0, ("parameter 1 is an integer of 64 bits in the source, and `int4`", "select * from books"));
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, (reason, text)) in found.iter().zip(expected) {
        let fits = found.to_lowercase().contains(&reason.to_lowercase()) && found.contains(text);
        assert!(fits && found.contains("shared/check.rs:"), "{reason}: {found}");
    }
    assert!(checked.typed > 5 && checked.statements > checked.typed && checked.skipped > 0, "{checked:?}");
}
