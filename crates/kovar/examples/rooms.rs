//! A node of several: rooms whose history and presence the broker shares. The tests of brokers run it.
//!
//! `cargo run -p kovar --example rooms --features live-nats,live-redis`, with `KOVAR_LIVE` for the broker.

use std::time::Duration;

use kovar::Program;
use kovar::prelude::*;

/// What is said in each room. Who was away for less than an hour, or a thousand messages, has missed nothing.
static ROOMS: Topics<ToClient> = Topics::new("rooms").history(1_000, Duration::from_secs(3600)).presence();

/// Who is typing in each room. Nobody misses that.
static TYPING: Topics<ToClient> = Topics::new("typing");

/// Who somebody is.
#[schema]
#[derive(Clone, Debug, PartialEq)]
struct Person {
    /// What the others call them.
    #[field(min_length = 1, max_length = 40)]
    name: String,
}

/// What people send.
#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Clone, Debug)]
enum FromClient {
    /// They say something to all in the room.
    Say {
        /// What they say.
        #[field(min_length = 1)]
        text: String,
    },
    /// They are typing.
    Typing {},
}

/// What people get.
#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Clone, Debug, PartialEq)]
enum ToClient {
    /// Somebody has said something.
    Said {
        /// Who it was.
        author: String,
        /// What they said.
        text: String,
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
enum RoomProblem {
    /// What is said cannot be told to those on other nodes.
    #[status(503)]
    #[detail("nobody can be told for now")]
    Away,
    /// What is said is not taken.
    #[status(422)]
    #[detail("it is not taken: {cause}")]
    NotTaken {
        /// Why.
        cause: String,
    },
}

/// Be in a room.
///
/// What is said is answered once it has its place among all that is said there.
#[channel("/live/rooms/{room}", body_limit = 4 * 1024 * 1024)]
async fn room(
    Path(room): Path<String>,
    Query(person): Query<Person>,
    live: Dep<Live>,
    mut socket: Socket<FromClient, ToClient>,
) -> Result<(), RoomProblem> {
    let (said, typing) = (live.topic(&ROOMS, &room), live.topic(&TYPING, &room));
    socket.join(&said, &person).await?;
    socket.subscribe(&typing).await?;
    while let Some(message) = socket.receive().await {
        let author = person.name.clone();
        let published = match &*message {
            FromClient::Say { text } => said.publish(&ToClient::Said { author, text: text.clone() }).await,
            FromClient::Typing {} => typing.publish(&ToClient::Typing { author }).await,
        };
        match published {
            Ok(_) => message.acknowledge(),
            Err(error) if error.is_away() => message.refuse(RoomProblem::Away),
            Err(error) => message.refuse(RoomProblem::NotTaken { cause: error.to_string() }),
        }
    }
    Ok(())
}

#[kovar::main]
async fn main() -> kovar::Result {
    Program::new(App::new("Rooms", "1.0.0").live(Live::from_env()?.compressed()).mount(operations![room])).run().await
}
