//! Read marks: how far everybody has read.

use kovar::data::Error;
use kovar::prelude::*;

/// How many marks of a room are told to who comes: those of who has read furthest.
const MOST: u64 = 200;

/// How far somebody has read.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct ReadMark {
    /// Who it is.
    pub reader: String,
    /// The last message that they have read.
    pub message_id: i64,
}

impl ReadMark {
    /// Keeps that somebody has read up to a message, as far as there are messages. Gives what is new of it; `None` if they
    /// had read as far before.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn keep(db: &Db, room: &str, reader: &str, message_id: i64) -> Result<Option<Self>, Error> {
        db.optional(sql!(
            ReadMark: "insert into read_marks (room, reader, message_id)
             select {room}, {reader}, max(id) from messages where room = {room} and id <= {message_id}
             having max(id) is not null
             on conflict (room, reader) do update set message_id = excluded.message_id
                where read_marks.message_id < excluded.message_id
             returning reader, message_id"
        ))
        .await
    }

    /// How far everybody has read in a room: of a crowd, those who have read furthest.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn all(db: &Db, room: &str) -> Result<Vec<Self>, Error> {
        let marks = sql!(ReadMark: "select reader, message_id from read_marks where room = {room}");
        db.all(marks.order_by("message_id desc, reader").limit(MOST)).await
    }
}
