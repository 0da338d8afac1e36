use std::time::Duration;

use futures_util::{Stream, StreamExt as _, stream};
use kovar::live::{Ending, PublishError};
use kovar::prelude::*;

// ANCHOR: model
/// What a model writes, to whoever watches. Who is cut off for less than ten minutes misses nothing.
pub static ANSWERS: Topics<Writing> = Topics::new("answers").history(10_000, Duration::from_secs(600));

#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Debug, PartialEq)]
pub enum Writing {
    Delta { text: String },
    Ended { is_whole: bool },
}

/// Lets a model answer, and does not wait for it.
#[post("/answers/{id}")]
pub async fn ask(Path(id): Path<u64>, Json(prompt): Json<String>, live: Dep<Live>) -> Accepted<()> {
    let answer = live.topic(&ANSWERS, id);
    tokio::spawn(async move { write(&answer, tokens(&prompt)).await });
    Accepted(())
}

async fn write(
    answer: &kovar::live::Topic<Writing>,
    tokens: impl Stream<Item = std::io::Result<String>>,
) -> kovar::Result {
    let delta = |text| Writing::Delta { text };
    let mut writing = answer.coalesce(delta, |ending: Ending| Writing::Ended { is_whole: ending.is_whole() });
    let mut tokens = std::pin::pin!(tokens);
    while let Some(token) = tokens.next().await {
        // A model that fails leaves here, and viewers are told so.
        writing.push(token?).await?;
    }
    writing.finish().await?;
    Ok(())
}

/// Watch an answer come.
#[channel("/live/answers/{id}")]
pub async fn watch(Path(id): Path<u64>, live: Dep<Live>, mut socket: Socket<(), Writing>) {
    if socket.subscribe(&live.topic(&ANSWERS, id)).await.is_ok() {
        while socket.receive().await.is_some() {}
    }
}
// ANCHOR_END: model

/// Of a model that repeats what it is told.
fn tokens(prompt: &str) -> impl Stream<Item = std::io::Result<String>> + use<> {
    stream::iter(prompt.split_inclusive(' ').map(|word| Ok(word.to_owned())).collect::<Vec<_>>())
}

/// Of a stream that cannot fail.
pub async fn write_whole(
    answer: &kovar::live::Topic<Writing>,
    tokens: impl Stream<Item = String>,
) -> Result<(), PublishError> {
    let delta = |text| Writing::Delta { text };
    let writing = answer.coalesce(delta, |ending| Writing::Ended { is_whole: ending.is_whole() });
    writing.feed(tokens).await.map(drop)
}

pub fn app() -> App {
    App::new("Answers", "1.0.0").live(Live::new()).mount(operations![ask, watch])
}
