//! Rooms: what people say in them.

use std::time::Duration;

use kovar::prelude::*;

/// What is said in each room. Who was away for less than an hour, or a thousand messages, has missed nothing.
pub static ROOMS: Topics<ToClient> = Topics::new("rooms").history(1_000, Duration::from_secs(3600)).presence();

/// Who is typing in each room. Nobody misses that.
pub static TYPING: Topics<ToClient> = Topics::new("typing");

/// Who somebody is.
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
    Said {
        /// Who it was.
        author: String,
        /// What they said.
        text: String,
        /// When.
        at: Timestamp,
    },
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
    /// What is said cannot be told to those on other servers.
    #[status(503)]
    #[detail("nobody can be told for now")]
    Away,
}

/// Be in a room.
///
/// What is said is answered once it has its place among all that is said there.
#[channel("/live/rooms/{room}", tag = "rooms")]
pub async fn room(
    #[field(pattern = "^[a-z0-9-]{1,40}$")] Path(room): Path<String>,
    Query(person): Query<Person>,
    live: Dep<Live>,
    mut socket: Socket<FromClient, ToClient>,
) -> Result<(), RoomProblem> {
    let (said, typing) = (live.topic(&ROOMS, &room), live.topic(&TYPING, &room));
    socket.join(&said, &person).await?;
    socket.subscribe(&typing).await?;
    while let Some(message) = socket.receive().await {
        let author = person.name.clone();
        match &*message {
            FromClient::Say { text } => {
                let words = ToClient::Said { author, text: text.clone(), at: Timestamp::now() };
                match said.publish(&words).await {
                    Ok(_) => {}
                    Err(error) if error.is_away() => {
                        message.refuse(RoomProblem::Away);
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            FromClient::Typing {} => {
                // Those on other servers do not miss it.
                let _ = typing.publish(&ToClient::Typing { author }).await;
            }
        }
        message.acknowledge();
    }
    Ok(())
}
