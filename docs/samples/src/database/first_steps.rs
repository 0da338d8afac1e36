// ANCHOR: first_steps
use kovar::data::Db;
use kovar::prelude::*;

#[schema]
#[derive(Debug, PartialEq)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub year: Option<i64>,
}

pub async fn first_steps() -> kovar::Result<Vec<Book>> {
    let db = Db::open("sqlite::memory:").await?;
    db.execute(sql!("create table books (id integer primary key, title text not null, year integer) strict")).await?;
    for (title, year) in [("Sylva", Some(1664)), ("Micrographia", Some(1665)), ("Untitled", None)] {
        db.execute(sql!("insert into books (title, year) values ({title}, {year})")).await?;
    }
    let (before, title): (Option<i64>, Option<&str>) = (Some(1665), None);
    let found = sql!("select * from books where true")
        .and_if(before, |year| sql!("year < {year}"))
        .and_if(title, |title| sql!("title = {title}"))
        .order_by("id")
        .limit(10);
    Ok(db.all(found).await?)
}
// ANCHOR_END: first_steps
