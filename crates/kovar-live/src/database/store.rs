//! The rows of topics and messages. Times are the database's own, in milliseconds since 1970.

use std::time::Duration;

use kovar_data::{Db, Dialect, Error, List, Statement, sql};
use serde_json::value::RawValue;

use crate::topic::Position;

/// Where nodes on one PostgreSQL tell each other what was published.
pub(super) const CHANNEL: &str = "kovar_live";

/// What fits in a notification, in bytes, with room for its place. PostgreSQL takes 8,000.
const LONGEST: usize = 7_800;

/// How many topics are asked for at a time, and how many rows deleted.
pub(super) const AT_ONCE: usize = 500;
const REAPED: u64 = 1_000;

/// How much longer than its messages a topic is known.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes the tables that are missing.
pub(super) async fn prepare(db: &Db) -> Result<(), Error> {
    let mut tables = vec![
        sql!(
            "create table if not exists _kovar_live_topics
             (topic text primary key, epoch text not null, last bigint not null, until_ms bigint not null)"
        ),
        sql!(
            "create table if not exists _kovar_live_messages (topic text not null, place bigint not null,
             epoch text not null, data text not null, until_ms bigint not null, primary key (topic, place))"
        ),
        sql!("create index if not exists _kovar_live_until on _kovar_live_messages (until_ms)"),
    ];
    if db.dialect() == Dialect::Sqlite {
        tables.push(sql!(
            sqlite: "create trigger if not exists _kovar_live_place after insert on _kovar_live_messages begin
             update _kovar_live_topics set last = new.place, until_ms = new.until_ms + 86400000 where topic = new.topic;
             end"
        ));
    }
    for table in tables {
        match db.execute(table).await {
            // Two processes that make it at the same time: one of them has.
            Err(error) if error.is_unique_violation() => {}
            outcome => drop(outcome?),
        }
    }
    Ok(())
}

/// Begins the life of a topic, unless it has one.
pub(super) fn begin(dialect: Dialect, name: &str, epoch: &str, longest: Duration) -> Statement {
    let until = milliseconds(longest + LIFE);
    sql!("insert into _kovar_live_topics (topic, epoch, last, until_ms) select {name}, {epoch}, 0, {until} +")
        .append(dialect.now_ms())
        // SQLite takes `on` for a join's without a `where` before it.
        .append(sql!("where true on conflict (topic) do nothing"))
}

/// Keeps a message, and gives its place; no row where the topic's life has not begun. With `is_told`, all who listen are told
/// at the commit.
pub(super) fn append(dialect: Dialect, name: &str, data: &str, longest: Duration, is_told: bool) -> Statement {
    let until = milliseconds(longest);
    let insert = || sql!("insert into _kovar_live_messages (topic, place, epoch, data, until_ms)");
    match dialect {
        // The row of the topic follows by a trigger.
        Dialect::Sqlite => insert()
            .append(sql!("select topic, last + 1, epoch, {data}, {until} +"))
            .append(dialect.now_ms())
            .append(sql!("from _kovar_live_topics where topic = {name} returning epoch, place")),
        _ => {
            let life = milliseconds(longest + LIFE);
            let count = sql!("with place as (update _kovar_live_topics set last = last + 1, until_ms = {life} +")
                .append(dialect.now_ms())
                .append(sql!("where topic = {name} returning topic, epoch, last)"));
            let keep = count
                .append(insert())
                .append(sql!("select topic, last, epoch, {data}, {until} +"))
                .append(dialect.now_ms())
                .append(sql!("from place returning epoch, place"));
            match is_told {
                false => keep,
                true => {
                    let rest = told(name, data);
                    keep.append(sql!(
                        postgres: ", pg_notify({CHANNEL}, epoch || ' ' || place::text || ' ' || {rest})::text"
                    ))
                }
            }
        }
    }
}

/// What is told of a message behind its place: of a long one, that it is there.
fn told(name: &str, data: &str) -> String {
    let length = name.len();
    match length + data.len() > LONGEST {
        true => format!("{length} {name}"),
        false => format!("{length} {name}{data}"),
    }
}

/// Reads what is told: a place, a topic, and the message unless it is long.
pub(super) fn read(payload: &str) -> Option<(Position, &str, Option<Box<RawValue>>)> {
    let mut parts = payload.splitn(4, ' ');
    let (epoch, offset) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
    let (length, rest) = (parts.next()?.parse().ok()?, parts.next()?);
    let (name, data) = rest.split_at_checked(length)?;
    let data = match data {
        "" => None,
        data => Some(RawValue::from_string(data.to_owned()).ok()?),
    };
    Some((Position { epoch, offset }, name, data))
}

/// Where a topic is.
pub(super) fn place(name: &str) -> Statement {
    sql!("select epoch, last from _kovar_live_topics where topic = {name}")
}

/// Where topics are, each with its name.
pub(super) fn places(names: &[&str]) -> Statement {
    sql!("select topic, epoch, last from _kovar_live_topics where topic in {List(names)}")
}

/// The messages after a place, up to another.
pub(super) fn between(name: &str, after: &Position, last: u64) -> Statement {
    let (epoch, first) = (&after.epoch, number(after.offset));
    let last = number(last);
    sql!(
        "select place, data from _kovar_live_messages
         where topic = {name} and epoch = {epoch} and place > {first} and place <= {last} order by place"
    )
}

/// Deletes the messages of a topic up to a place.
pub(super) fn forget(name: &str, last: u64) -> Statement {
    let last = number(last);
    sql!("delete from _kovar_live_messages where topic = {name} and place <= {last}").idempotent()
}

/// Deletes what is too old.
pub(super) async fn reap(db: &Db) -> Result<(), Error> {
    let messages = || {
        sql!(
            "delete from _kovar_live_messages where (topic, place) in
              (select topic, place from _kovar_live_messages where until_ms <"
        )
        .append(db.dialect().now_ms())
        .limit(REAPED)
        .append(sql!(")"))
    };
    while db.execute(messages()).await? == REAPED {}
    let topics = sql!(
        "delete from _kovar_live_topics where not exists
         (select 1 from _kovar_live_messages where _kovar_live_messages.topic = _kovar_live_topics.topic)
         and until_ms <"
    );
    db.execute(topics.append(db.dialect().now_ms())).await.map(drop)
}

/// A place as its row has it.
pub(super) fn position((epoch, last): (String, i64)) -> Position {
    Position { epoch, offset: u64::try_from(last).unwrap_or(0) }
}

fn number(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, read, told};

    #[test]
    fn what_is_told_is_read() {
        let short = format!("e1 7 {}", told("rooms/a b", "{\"a\":1}"));
        let (at, name, data) = read(&short).unwrap();
        assert_eq!((at.epoch.as_str(), at.offset, name, data.unwrap().get()), ("e1", 7, "rooms/a b", "{\"a\":1}"));
        let long = format!("e1 8 {}", told("rooms/ä", &"1".repeat(LONGEST)));
        assert!(long.len() < 8_000);
        let (_, name, data) = read(&long).unwrap();
        assert!((name, data.is_none()) == ("rooms/ä", true));
        for broken in ["", "e1", "e1 x 1 a", "e1 7 99 a", "e1 7 1 a{"] {
            assert!(read(broken).is_none(), "{broken}");
        }
    }
}
