//! What is said, as the database keeps it.

use kovar::data::Error;
use kovar::prelude::*;

use crate::rooms::RoomName;

/// How often a message is kept anew when another one has taken its number. On SQLite nobody can: it has one writer.
const TRIES: usize = 5;

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
    /// Keeps the message, unless it is kept already, and gives it as it is kept.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn keep(&self, db: &Db) -> Result<Message, Error> {
        let mut tries = TRIES;
        loop {
            match self.insert(db).await {
                Ok(Some(message)) => return Ok(message),
                Ok(None) => return self.kept(db).await,
                Err(error) if error.is_unique_violation() && tries > 1 => tries -= 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// `None` if its author has said it before.
    async fn insert(&self, db: &Db) -> Result<Option<Message>, Error> {
        let (Self { room, author, text, key }, at) = (*self, Timestamp::now());
        db.optional(sql!(
            Message: "insert into messages (room, id, author, text, at, key)
             values ({room}, (select coalesce(max(id), 0) + 1 from messages where room = {room}), {author}, {text}, {at},
                {key})
             on conflict (room, author, key) do nothing
             returning id, author, text, at, key"
        ))
        .await
    }

    async fn kept(&self, db: &Db) -> Result<Message, Error> {
        let Self { room, author, key, .. } = *self;
        db.one(sql!(
            Message: "select id, author, text, at, key from messages
             where room = {room} and author = {author} and key = {key}"
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
