use futures_util::{Stream, stream};
use kovar::prelude::*;

use super::{ANSWERS, Writing, write};

// ANCHOR: app
/// Lets a model answer, and does not wait for it.
#[post("/answers/{id}")]
pub async fn ask(Path(id): Path<u64>, Json(prompt): Json<String>, live: Dep<Live>) -> Accepted<()> {
    let answer = live.topic(&ANSWERS, id);
    tokio::spawn(async move { write(&answer, tokens(&prompt)).await });
    Accepted(())
}

/// Watch an answer come.
#[channel("/live/answers/{id}")]
pub async fn watch(Path(id): Path<u64>, live: Dep<Live>, mut socket: Socket<(), Writing>) {
    if socket.subscribe(&live.topic(&ANSWERS, id)).await.is_ok() {
        while socket.receive().await.is_some() {}
    }
}
// ANCHOR_END: app

/// Of a model that repeats what it is told.
fn tokens(prompt: &str) -> impl Stream<Item = std::io::Result<String>> + use<> {
    stream::iter(prompt.split_inclusive(' ').map(|word| Ok(word.to_owned())).collect::<Vec<_>>())
}

pub fn app() -> App {
    App::new("Answers", "1.0.0").live(Live::new()).mount(operations![ask, watch])
}
