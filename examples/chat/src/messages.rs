//! What is said, as the database keeps it.

use kovar::data::Error;
use kovar::prelude::*;

use crate::rooms::RoomName;

/// What somebody has said.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its number in the room: one more than that of the message before it.
    pub id: i64,
    /// Who said it.
    pub author: String,
    /// What they said.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// What its author calls it, if they have said that.
    pub key: Option<Uuid>,
}

/// What somebody is about to say.
#[derive(Clone, Copy, Debug)]
pub struct NewMessage<'a> {
    /// Where.
    pub room: &'a str,
    /// Who.
    pub author: &'a str,
    /// What.
    pub text: &'a str,
    /// Said again under the same key, it is the same message.
    pub key: Option<Uuid>,
}

impl NewMessage<'_> {
    /// Keeps the message, and gives it as it is kept; `None` if its author has said it before.
    ///
    /// # Errors
    ///
    /// Those of the database. On PostgreSQL, two that are kept at the same time may want the same number, which only one
    /// gets: for the other it [is a unique violation](Error::is_unique_violation). SQLite has one writer.
    pub async fn keep(&self, tx: &Tx) -> Result<Option<Message>, Error> {
        let (Self { room, author, text, key }, at) = (*self, Timestamp::now());
        tx.optional(sql!(
            Message: "insert into messages (room, id, author, text, at, key)
             values ({room}, (select coalesce(max(id), 0) + 1 from messages where room = {room}), {author}, {text}, {at},
                {key})
             on conflict (room, author, key) do nothing
             returning id, author, text, at, key"
        ))
        .await
    }
}

/// Which messages of a room are listed.
#[schema(input)]
#[derive(Clone, Debug)]
pub struct Messages {
    /// How many at most.
    #[field(ge = 1, le = 100, default = 50)]
    pub limit: u32,
    /// Where to go on: `next_cursor` of the page before. Only what was said before this message is listed.
    pub cursor: Option<i64>,
}

/// List what was said in a room.
///
/// The latest message comes first.
#[get("/rooms/{room}/messages", tag = "rooms")]
pub async fn list_messages(
    Path(RoomName(room)): Path<RoomName>,
    Query(asked): Query<Messages>,
    db: Dep<Db>,
) -> Result<Page<Message>, InternalError> {
    let limit = asked.limit as usize;
    let messages = sql!(Message: "select id, author, text, at, key from messages where room = {room}")
        .and_if(asked.cursor, |before| sql!("id < {before}"))
        .order_by("id desc")
        .limit(limit as u64 + 1);
    Ok(Page::by_plain_key(db.all(messages).await?, limit, |last: &Message| last.id))
}
