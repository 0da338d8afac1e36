//! Topics: who listens gets what others publish. The paths and messages are those of `bench/live-app`, whose load is used.

use kovar::prelude::*;

/// What is gone once it is sent.
static TOPICS: Topics<Message> = Topics::new("topics");

/// What is published.
#[schema]
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// Its place in its topic.
    number: u64,
    /// When it was sent, by the clock of who publishes.
    sent_ns: u64,
    #[field(max_length = 4_000)]
    text: String,
}

/// What a client publishes.
#[schema(input)]
pub(crate) struct Publish {
    #[field(min_length = 1, max_length = 40)]
    topic: String,
    message: Message,
}

/// Nothing that a client sends is understood.
#[schema(input)]
pub(crate) struct Nothing {}

/// Get what is published to a topic.
#[channel("/live/topics/{topic}")]
pub(crate) async fn listen(
    Path(topic): Path<String>,
    live: Dep<Live>,
    mut socket: Socket<Nothing, Message>,
) -> Result<(), InternalError> {
    socket.subscribe(&live.topic(&TOPICS, &topic)).await?;
    while socket.receive().await.is_some() {}
    Ok(())
}

/// Publish messages.
#[channel("/live/publish")]
pub(crate) async fn publish(live: Dep<Live>, mut socket: Socket<Publish, Message>) -> Result<(), InternalError> {
    while let Some(published) = socket.receive().await {
        live.topic(&TOPICS, &published.topic).publish(&published.message).await?;
    }
    Ok(())
}
