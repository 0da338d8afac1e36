mod messages;

use std::time::Duration;

use kovar::prelude::*;

pub use self::messages::{FromClient, Person, RoomProblem, ToClient};

pub static ROOMS: Topics<ToClient> = Topics::new("rooms").history(1_000, Duration::from_secs(3600)).presence();

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
