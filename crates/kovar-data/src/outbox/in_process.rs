//! Publishing to functions of this process.

use std::collections::HashMap;
use std::fmt;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{OutboxMessage, PublishError, Publisher};

type Handler = Box<dyn Fn(OutboxMessage) -> BoxFuture<'static, Result<(), PublishError>> + Send + Sync>;

/// A publisher whose subscribers are functions of this process. A message of which one fails is published to all of them
/// again. One that nobody has subscribed to is published to nobody.
#[derive(Default)]
pub struct InProcess {
    handlers: HashMap<String, Vec<Handler>>,
}

impl InProcess {
    /// Without subscribers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls a function for each message of a topic, after those that were added before.
    #[must_use]
    pub fn on<F, Fut>(mut self, topic: impl Into<String>, handler: F) -> Self
    where
        F: Fn(OutboxMessage) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), PublishError>> + Send + 'static,
    {
        let handler: Handler = Box::new(move |message| handler(message).boxed());
        self.handlers.entry(topic.into()).or_default().push(handler);
        self
    }
}

impl Publisher for InProcess {
    async fn publish(&self, message: &OutboxMessage) -> Result<(), PublishError> {
        for handler in self.handlers.get(&message.topic).into_iter().flatten() {
            handler(message.clone()).await?;
        }
        Ok(())
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("InProcess").field("topics", &self.handlers.keys()).finish()
    }
}
