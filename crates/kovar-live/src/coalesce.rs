//! Text that comes piece by piece, as a model writes it, published in fewer messages.
//!
//! A model gives a piece every few milliseconds, and each would be a message of its own to every viewer, with a place in
//! the topic's history. So pieces that come shortly after each other are published together. A task of the stream's own
//! does that: a piece need not wait for the next one, and what was said is published even if whoever said it is dropped.

use std::fmt;
use std::mem;
use std::pin::pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use kovar_contract::Output;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::error::PublishError;
use crate::topic::{Published, Topic};

/// How long a piece waits for others.
const LONGEST_WAIT: Duration = Duration::from_millis(50);

/// How many pieces are published together.
const MOST_PIECES: usize = 32;

/// How a text has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All of it was published.
    Whole,
    /// It was broken off: whoever wrote it has failed, or was dropped before its end.
    Failed,
}

impl Ending {
    /// Whether all of it was published.
    pub fn is_whole(self) -> bool {
        self == Self::Whole
    }
}

/// A text that is published to a topic piece by piece ([`Topic::coalesce`]).
///
/// Pieces stay in their order. The text ends with a message that says how: whole after [`finish`](Self::finish), and failed
/// if this is dropped before, so that no viewer waits for what does not come. What was pushed is published first.
pub struct Coalescing<M> {
    state: State<M>,
}

enum State<M> {
    /// Nothing was pushed yet.
    Still(Plan<M>),
    Running {
        steps: mpsc::Sender<Step>,
        task: JoinHandle<Result<Published, PublishError>>,
    },
    Over,
}

/// What is published, and how often.
struct Plan<M> {
    topic: Topic<M>,
    piece: Box<dyn Fn(String) -> M + Send>,
    ending: Box<dyn Fn(Ending) -> M + Send>,
    longest_wait: Duration,
    most_pieces: usize,
}

enum Step {
    Piece(String),
    End(Ending),
}

impl<M: Output + Send + 'static> Topic<M> {
    /// Publishes a text that comes piece by piece, in fewer messages: what a model writes, for whoever watches.
    ///
    /// Pieces become messages by the first function, several of them joined, and the end becomes one by the second. A piece
    /// waits 50 ms for others at most, and 32 are published without waiting; one that comes after a pause goes at once. With
    /// a [history](crate::Topics::history), a viewer that was cut off gets the pieces that it missed.
    ///
    /// ```
    /// # use kovar_live::{Ending, PublishError, Topic};
    /// # async fn write(topic: Topic<String>) -> Result<(), PublishError> {
    /// let mut text = topic.coalesce(|text| text, |ending| format!("[{ending:?}]"));
    /// text.push("Good ").await?;
    /// text.push("evening").await?;
    /// text.finish().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn coalesce(
        &self,
        piece: impl Fn(String) -> M + Send + 'static,
        ending: impl Fn(Ending) -> M + Send + 'static,
    ) -> Coalescing<M> {
        let plan = Plan {
            topic: self.clone(),
            piece: Box::new(piece),
            ending: Box::new(ending),
            longest_wait: LONGEST_WAIT,
            most_pieces: MOST_PIECES,
        };
        Coalescing { state: State::Still(plan) }
    }
}

impl<M: Output + Send + 'static> Coalescing<M> {
    /// How long a piece waits for others at most. Default: 50 ms. Zero publishes each as it comes.
    ///
    /// # Panics
    ///
    /// If something was pushed already.
    #[must_use]
    pub fn longest_wait(self, limit: Duration) -> Self {
        self.changed(|plan| plan.longest_wait = limit)
    }

    /// How many pieces are published together at most, without waiting longer. Default: 32; one, if zero is given.
    ///
    /// # Panics
    ///
    /// If something was pushed already.
    #[must_use]
    pub fn most_pieces(self, count: usize) -> Self {
        self.changed(|plan| plan.most_pieces = count.max(1))
    }

    /// Adds a piece. An empty one says nothing.
    ///
    /// It is published in its turn, without waiting for that here: only where pieces come faster than they can be published,
    /// this waits, as [`Topic::publish`] does. Dropping the future loses this piece at most.
    ///
    /// # Errors
    ///
    /// Why an earlier piece was not published. The text has failed then, viewers were told so if that was possible, and
    /// nothing more of it is published.
    ///
    /// # Panics
    ///
    /// If the first piece comes outside of a runtime of tokio.
    pub async fn push(&mut self, piece: impl Into<String>) -> Result<(), PublishError> {
        let piece = piece.into();
        if piece.is_empty() {
            return Ok(());
        }
        let is_taken = match self.started() {
            Some(steps) => steps.send(Step::Piece(piece)).await.is_ok(),
            None => false,
        };
        if is_taken { Ok(()) } else { Err(self.outcome().await.err().unwrap_or_else(PublishError::over)) }
    }

    /// Publishes what is left, and that the text is whole. Gives the place of that last message.
    ///
    /// # Errors
    ///
    /// If that, or an earlier piece, was not published.
    pub async fn finish(self) -> Result<Published, PublishError> {
        self.end(Ending::Whole).await
    }

    /// Publishes what is left, and that the text has failed, as dropping this does.
    ///
    /// # Errors
    ///
    /// As [`finish`](Self::finish).
    pub async fn fail(self) -> Result<Published, PublishError> {
        self.end(Ending::Failed).await
    }

    /// Publishes all that a stream gives, and that the text is whole.
    ///
    /// Of a stream of results, push what is right, and leave with what is not: dropping this says that the text has failed.
    ///
    /// # Errors
    ///
    /// As [`finish`](Self::finish). The rest of the stream is not read then.
    pub async fn feed(mut self, pieces: impl Stream<Item = impl Into<String>>) -> Result<Published, PublishError> {
        let mut pieces = pin!(pieces);
        while let Some(piece) = pieces.next().await {
            self.push(piece).await?;
        }
        self.finish().await
    }

    async fn end(mut self, ending: Ending) -> Result<Published, PublishError> {
        if let Some(steps) = self.started() {
            // Where nobody takes it, the outcome says why.
            let _ = steps.send(Step::End(ending)).await;
        }
        self.outcome().await
    }

    /// What takes pieces; `None` once nothing does.
    fn started(&mut self) -> Option<&mpsc::Sender<Step>> {
        if matches!(self.state, State::Still(_))
            && let State::Still(plan) = mem::replace(&mut self.state, State::Over)
        {
            let (steps, taken) = mpsc::channel(plan.most_pieces);
            self.state = State::Running { steps, task: tokio::spawn(plan.publish(taken)) };
        }
        match &self.state {
            State::Running { steps, .. } => Some(steps),
            _ => None,
        }
    }

    /// How it went.
    async fn outcome(&mut self) -> Result<Published, PublishError> {
        let State::Running { task, .. } = &mut self.state else { return Err(PublishError::over()) };
        let outcome = task.await;
        self.state = State::Over;
        // Its functions are the app's, and may have panicked.
        outcome.unwrap_or_else(|_| Err(PublishError::over()))
    }

    fn changed(mut self, change: impl FnOnce(&mut Plan<M>)) -> Self {
        match &mut self.state {
            State::Still(plan) => change(plan),
            _ => panic!("a text that is being published cannot be changed"),
        }
        self
    }
}

impl<M: Output + Send + 'static> Plan<M> {
    async fn publish(self, mut steps: mpsc::Receiver<Step>) -> Result<Published, PublishError> {
        let mut ending = None;
        let mut due = Instant::now();
        while ending.is_none() {
            let mut text = String::new();
            ending = gather(&mut text, &mut steps, self.most_pieces, due).await;
            if !text.is_empty() {
                due = Instant::now() + self.longest_wait;
                if let Err(error) = self.topic.publish(&(self.piece)(text)).await {
                    // Viewers see a gap otherwise, or wait.
                    let _ = self.topic.publish(&(self.ending)(Ending::Failed)).await;
                    return Err(error);
                }
            }
        }
        self.topic.publish(&(self.ending)(ending.unwrap_or(Ending::Failed))).await
    }
}

/// Waits for a piece, and for others until it is due. Gives the end, if it has come to that.
async fn gather(text: &mut String, steps: &mut mpsc::Receiver<Step>, most: usize, due: Instant) -> Option<Ending> {
    for count in 0..most {
        let step = tokio::select! {
            biased;
            step = steps.recv() => step,
            () = sleep_until(due), if count > 0 => return None,
        };
        match step {
            Some(Step::Piece(piece)) => text.push_str(&piece),
            Some(Step::End(ending)) => return Some(ending),
            None => return Some(Ending::Failed),
        }
    }
    None
}

impl<M> fmt::Debug for Coalescing<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Coalescing").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
