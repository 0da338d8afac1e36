use std::time::Duration;

use kovar::prelude::*;

pub static ROOMS: Topics<ToClient> = Topics::new("rooms").history(1_000, Duration::from_secs(3600)).presence();

#[schema]
#[derive(Debug, PartialEq)]
pub struct Person {
    pub name: String,
}

#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Debug)]
pub enum FromClient {
    Say {
        #[field(min_length = 1)]
        text: String,
    },
}

#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Debug, PartialEq)]
pub enum ToClient {
    Said { author: String, text: String },
}

#[problem]
#[derive(Debug)]
pub enum RoomProblem {
    /// Nobody can be told for now.
    #[status(503)]
    Away,
}

#[channel("/live/rooms/{room}")]
pub async fn room(
    Path(room): Path<String>,
    Query(person): Query<Person>,
    live: Dep<Live>,
    mut socket: Socket<FromClient, ToClient>,
) -> Result<(), RoomProblem> {
    let said = live.topic(&ROOMS, &room);
    socket.join(&said, &person).await?;
    while let Some(message) = socket.receive().await {
        let FromClient::Say { text } = &*message;
        said.publish(&ToClient::Said { author: person.name.clone(), text: text.clone() }).await?;
        message.acknowledge();
    }
    Ok(())
}

pub fn app() -> App {
    App::new("Chat", "1.0.0").live(Live::new()).mount(operations![room])
}
