//! Rooms: what people say in them, who is there, who is typing, and who has read how far.

use std::time::Duration;

use kovar::live::{PublishError, Topic};
use kovar::prelude::*;

use crate::marks::ReadMark;
use crate::messages::{Message, NewMessage};

/// What is said in each room. Who was away for less than a day, or a thousand messages, gets what was missed; what is older
/// is listed.
pub static ROOMS: Topics<ToClient> =
    Topics::new("rooms").durable_history(1_000, Duration::from_secs(24 * 3600)).presence();

/// How often a message is kept anew when another one has taken its number.
const TRIES: usize = 5;

/// Who has read how far. Nobody misses that: who comes is told all of it.
pub static MARKS: Topics<ToClient> = Topics::new("marks");

/// Who is typing in each room. Nobody misses that, either.
pub static TYPING: Topics<ToClient> = Topics::new("typing");

/// The name of a room.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct RoomName(#[field(pattern = "^[a-z0-9-]{1,40}$", example = "lamps")] pub String);

/// Who somebody is. There is nothing to prove it here: an app with accounts takes the name from its credentials.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// What the others call them.
    #[field(min_length = 1, max_length = 40, example = "Ada")]
    pub name: String,
}

/// What people send.
#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Clone, Debug)]
pub enum FromClient {
    /// They say something to all in the room.
    Say {
        /// What they say.
        #[field(min_length = 1, max_length = 2_000)]
        text: String,
        /// What they call it. Who does not know whether it was taken says it again under the same key: it is one message.
        key: Option<Uuid>,
    },
    /// They have read up to a message.
    Read {
        /// Its number.
        #[field(ge = 1)]
        message_id: i64,
    },
    /// They are typing.
    Typing {},
}

/// What people get.
#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Clone, Debug, PartialEq)]
pub enum ToClient {
    /// Somebody has said something.
    Said(Message),
    /// How far everybody has read: said to who comes.
    Marks {
        /// Of each who has read anything.
        marks: Vec<ReadMark>,
    },
    /// Somebody has read on.
    Read(ReadMark),
    /// Somebody is typing.
    Typing {
        /// Who it is.
        author: String,
    },
}

/// What can go wrong in a room.
#[problem]
#[derive(Debug)]
pub enum RoomProblem {
    /// What is said cannot be kept.
    ///
    /// Whether it is kept already may not be known: say it again under the same key.
    #[status(503)]
    #[detail("nothing can be kept for now")]
    Away,
}

/// Be in a room.
///
/// What is said is answered once it is kept, and has its place among all that is said there.
#[channel("/live/rooms/{room}", tag = "rooms")]
pub async fn room(
    Path(room): Path<RoomName>,
    Query(person): Query<Person>,
    live: Dep<Live>,
    db: Dep<Db>,
    mut socket: Socket<FromClient, ToClient>,
) -> Result<(), RoomProblem> {
    let guest = Guest::new(&live, &db, room, person);
    socket.join(&guest.said, &guest.person).await?;
    socket.subscribe(&guest.read).await?;
    socket.subscribe(&guest.typing).await?;
    // From here on each mark comes by itself.
    let marks = ReadMark::all(&db, &guest.room.0).await?;
    let _ = socket.send(&ToClient::Marks { marks });
    while let Some(message) = socket.receive().await {
        match guest.take(&message).await {
            Ok(()) => message.acknowledge(),
            Err(problem) => message.refuse(problem),
        }
    }
    Ok(())
}

/// Somebody in a room.
struct Guest {
    room: RoomName,
    person: Person,
    db: Db,
    said: Topic<ToClient>,
    read: Topic<ToClient>,
    typing: Topic<ToClient>,
}

impl Guest {
    fn new(live: &Live, db: &Db, room: RoomName, person: Person) -> Self {
        let (said, read) = (live.topic(&ROOMS, &room.0), live.topic(&MARKS, &room.0));
        Self { typing: live.topic(&TYPING, &room.0), said, read, db: db.clone(), room, person }
    }

    async fn take(&self, message: &FromClient) -> Result<(), RoomProblem> {
        match message {
            FromClient::Say { text, key } => self.say(text, *key).await,
            FromClient::Read { message_id } => self.mark(*message_id).await,
            FromClient::Typing {} => {
                let author = self.person.name.clone();
                tell(&self.typing, ToClient::Typing { author }).await;
                Ok(())
            }
        }
    }

    /// Keeps what is said, and tells it to all if that is kept, and only then.
    async fn say(&self, text: &str, key: Option<Uuid>) -> Result<(), RoomProblem> {
        let new = NewMessage { room: &self.room.0, author: &self.person.name, text, key };
        let mut tries = TRIES;
        loop {
            let tx = self.db.begin().await?;
            match new.keep(&tx).await {
                // Who was not answered says it again: all have been told.
                Ok(None) => return Ok(()),
                Ok(Some(message)) => {
                    self.said.publish(&ToClient::Said(message)).in_tx(&tx).await.map_err(not_published)?;
                    return Ok(tx.commit().await?);
                }
                Err(error) if error.is_unique_violation() && tries > 1 => tries -= 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn mark(&self, message_id: i64) -> Result<(), RoomProblem> {
        if let Some(mark) = ReadMark::keep(&self.db, &self.room.0, &self.person.name, message_id).await? {
            tell(&self.read, ToClient::Read(mark)).await;
        }
        Ok(())
    }
}

fn not_published(error: PublishError) -> RoomProblem {
    if error.is_away() { RoomProblem::Away } else { error.into() }
}

/// Tells what is not missed by those on other servers, should they not be told.
async fn tell(topic: &Topic<ToClient>, message: ToClient) {
    let _ = topic.publish(&message).await;
}
