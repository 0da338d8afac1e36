pub mod app;

use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use kovar::live::{Ending, Topic};
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

/// Publishes what a model writes, piece by piece.
async fn write(answer: &Topic<Writing>, tokens: impl Stream<Item = std::io::Result<String>>) -> kovar::Result {
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
// ANCHOR_END: model
