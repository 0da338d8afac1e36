//! Sessions that another node has: any node may serve any client.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::broker::Broker;
use crate::company::Told;
use crate::sessions::{Session, SessionProblem, WAITS, piece};

/// How long a node may take to say that it has a session.
const FOUND_WITHIN: Duration = Duration::from_secs(2);

/// What a client wants of its session.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wish {
    /// To know whether it is there.
    Find,
    /// To say something: JSON.
    Say(String),
    /// To get what came after the piece of a number.
    Fetch(u64),
}

/// What came of a wish.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Granted {
    Done,
    Busy,
    /// A piece, as it is answered: JSON.
    Piece(String),
    Ended,
}

/// Those of this node's clients, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Wishes(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    last: u64,
    waiting: HashMap<u64, oneshot::Sender<Granted>>,
}

/// A wish that is waited for as long as this is kept.
struct Number<'w> {
    wishes: &'w Wishes,
    number: u64,
}

impl Wishes {
    pub(crate) fn are_granted(&self, number: u64, granted: Granted) {
        if let Some(waiting) = self.all().waiting.remove(&number) {
            // Who has wished for it may be gone.
            let _ = waiting.send(granted);
        }
    }

    fn add(&self) -> (Number<'_>, oneshot::Receiver<Granted>) {
        let (grant, granted) = oneshot::channel();
        let mut all = self.all();
        all.last += 1;
        let number = all.last;
        all.waiting.insert(number, grant);
        (Number { wishes: self, number }, granted)
    }

    fn all(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Number<'_> {
    fn drop(&mut self) {
        self.wishes.all().waiting.remove(&self.number);
    }
}

impl Wish {
    /// What comes of it, on the node that has the session.
    pub(crate) async fn grant(self, session: &Session) -> Granted {
        match self {
            Self::Find => Granted::Done,
            Self::Say(text) => match session.say(&Bytes::from(text)) {
                Ok(()) => Granted::Done,
                Err(_) => Granted::Busy,
            },
            Self::Fetch(has) => match session.fetch(has).await {
                // What is in it is text.
                Some((number, frames)) => Granted::Piece(String::from_utf8(piece(number, &frames)).unwrap_or_default()),
                None => Granted::Ended,
            },
        }
    }
}

/// What comes of a wish on whichever node has the session.
pub(crate) async fn ask(broker: Option<&dyn Broker>, key: &str, wish: Wish) -> Result<Granted, SessionProblem> {
    let broker = broker.ok_or(SessionProblem::Unknown)?;
    broker.begin();
    match wish {
        // It takes its time; whether there is such a session is soon known.
        Wish::Fetch(_) => {
            ask_for(broker, key, Wish::Find, FOUND_WITHIN).await?;
            ask_for(broker, key, wish, WAITS + FOUND_WITHIN).await
        }
        wish => ask_for(broker, key, wish, FOUND_WITHIN).await,
    }
}

async fn ask_for(broker: &dyn Broker, key: &str, wish: Wish, within: Duration) -> Result<Granted, SessionProblem> {
    let company = broker.company();
    let (number, granted) = company.wishes.add();
    let told = Told::Wishes { node: company.own.clone(), number: number.number, key: key.to_owned(), wish };
    broker.announce(&told).await.map_err(|_| SessionProblem::Unknown)?;
    match timeout(within, granted).await {
        Ok(Ok(granted)) => Ok(granted),
        _ => Err(SessionProblem::Unknown),
    }
}
