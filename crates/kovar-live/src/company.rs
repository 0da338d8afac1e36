//! The nodes of a hub, and what they tell each other of who is there.
//!
//! Each node is the authority on its own clients. It tells those who follow a topic of each that comes or goes, with a
//! number that counts up: who sees a gap asks for all of them. A node that gives no sign for a while is gone, and with it
//! its clients.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, interval};

use crate::broker::Broker;
use crate::elsewhere::{Granted, Wish, Wishes};
use crate::followed::Followed;
use crate::sessions::Sessions;
use crate::topic::{Present, new_epoch};

/// How often a node gives a sign, and after how much silence it is gone.
pub(crate) const SIGNS: Duration = Duration::from_secs(2);
const GONE_AFTER: Duration = Duration::from_secs(6);

/// How long the first who comes to a topic waits until the other nodes have said who is there.
pub(crate) const ANSWERS_WITHIN: Duration = Duration::from_millis(250);

/// The nodes of a hub, as one of them sees them.
#[derive(Debug)]
pub(crate) struct Company {
    /// This node.
    pub(crate) own: String,
    pub(crate) topics: Followed,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) wishes: Wishes,
    /// When the others last gave a sign.
    others: Mutex<HashMap<String, Instant>>,
}

/// What a node tells the others.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    /// It is there. Whoever is new wants to know who else is.
    Here { node: String, is_new: bool },
    /// It wants to know who is in a topic: of one node, or of all.
    Asks { node: String, topic: String, of: Option<String> },
    /// Its clients in a topic, after so many changes.
    All { node: String, topic: String, changes: u64, present: Vec<Present> },
    /// A client of it has come to a topic, which is so many changes.
    Joined { node: String, topic: String, changes: u64, who: Present },
    /// A client of it has left.
    Left { node: String, topic: String, changes: u64, who: Arc<str> },
    /// It was asked for something of a session that it does not have.
    Wishes { node: String, number: u64, key: String, wish: Wish },
    /// What came of that.
    Grants { node: String, to: String, number: u64, granted: Granted },
}

impl Company {
    pub(crate) fn new(sessions: Arc<Sessions>) -> Self {
        let (topics, wishes, others) = (Followed::default(), Wishes::default(), Mutex::default());
        Self { own: new_epoch(), topics, sessions, wishes, others }
    }

    /// The other nodes.
    pub(crate) fn others(&self) -> Vec<String> {
        self.nodes().keys().cloned().collect()
    }

    /// Takes what a node tells. Gives what is to be said to that.
    pub(crate) fn hear(&self, told: Told) -> Vec<Told> {
        let from = told.node().to_owned();
        if from == self.own {
            return Vec::new();
        }
        let is_known = self.nodes().insert(from.clone(), Instant::now()).is_some();
        let mut answers: Vec<_> = self.answer(told).into_iter().collect();
        if !is_known && !answers.iter().any(|answer| matches!(answer, Told::Here { .. })) {
            // It was taken for gone, or was there before this one.
            answers.extend(self.questions(Some(&from)));
        }
        answers
    }

    fn answer(&self, told: Told) -> Option<Told> {
        match told {
            Told::Here { is_new, .. } => is_new.then(|| Told::Here { node: self.own.clone(), is_new: false }),
            Told::Asks { of, .. } if of.as_ref().is_some_and(|of| *of != self.own) => None,
            Told::Asks { topic, .. } => {
                let (changes, present) = self.topics.get(&topic).map(|topic| topic.own_clients()).unwrap_or_default();
                Some(Told::All { node: self.own.clone(), topic, changes, present })
            }
            Told::All { node, topic, changes, present } => {
                self.topics.get(&topic)?.are_there(&node, changes, present);
                None
            }
            Told::Joined { node, topic, changes, who } => {
                let is_next = self.topics.get(&topic)?.has_joined(&node, changes, &who);
                (!is_next).then(|| self.question(topic, Some(node)))
            }
            Told::Grants { to, number, granted, .. } => {
                if to == self.own {
                    self.wishes.are_granted(number, granted);
                }
                None
            }
            // Whoever has the session takes its time.
            Told::Wishes { .. } => None,
            Told::Left { node, topic, changes, who } => {
                let is_next = self.topics.get(&topic)?.has_left(&node, changes, &who);
                (!is_next).then(|| self.question(topic, Some(node)))
            }
        }
    }

    /// Asks who is in all topics: something may have been said that this node was not told of.
    pub(crate) fn questions(&self, of: Option<&str>) -> Vec<Told> {
        let topics = self.topics.all().into_iter().filter(|topic| topic.has_presence());
        topics.map(|topic| self.question(topic.name.to_string(), of.map(str::to_owned))).collect()
    }

    /// Asks who is in a topic.
    pub(crate) fn question(&self, topic: String, of: Option<String>) -> Told {
        Told::Asks { node: self.own.clone(), topic, of }
    }

    /// Forgets those who gave no sign for a while, and their clients.
    pub(crate) fn forget_silent(&self) {
        let mut gone = Vec::new();
        self.nodes().retain(|node, last| {
            let is_here = last.elapsed() < GONE_AFTER;
            if !is_here {
                gone.push(node.clone());
            }
            is_here
        });
        if !gone.is_empty() {
            let topics = self.topics.all();
            for (node, topic) in gone.iter().flat_map(|node| topics.iter().map(move |topic| (node, topic))) {
                topic.is_without(node);
            }
        }
    }

    fn nodes(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    fn node(&self) -> &str {
        match self {
            Self::Here { node, .. }
            | Self::Asks { node, .. }
            | Self::All { node, .. }
            | Self::Joined { node, .. }
            | Self::Left { node, .. }
            | Self::Wishes { node, .. }
            | Self::Grants { node, .. } => node,
        }
    }

    /// The topic whose followers are to hear it; `None` if all nodes are.
    pub(crate) fn topic(&self) -> Option<&str> {
        match self {
            Self::Here { .. } | Self::Asks { .. } | Self::Wishes { .. } | Self::Grants { .. } => None,
            Self::All { topic, .. } | Self::Joined { topic, .. } | Self::Left { topic, .. } => Some(topic),
        }
    }

    /// As it goes from node to node. What is in it is text already: writing it cannot fail.
    pub(crate) fn payload(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Takes what a node tells, and says what is to be said to that.
pub(crate) fn heard(broker: Arc<dyn Broker>, payload: &[u8]) {
    let Ok(told) = serde_json::from_slice::<Told>(payload) else { return };
    if let Told::Wishes { node, number, key, wish } = &told
        && let Some(session) = broker.company().sessions.find(key)
    {
        let (broker, to, number, wish) = (broker.clone(), node.clone(), *number, wish.clone());
        tokio::spawn(async move {
            let (node, granted) = (broker.company().own.clone(), wish.grant(&session).await);
            let _ = broker.announce(&Told::Grants { node, to, number, granted }).await;
        });
    }
    let answers = broker.company().hear(told);
    say(broker, answers);
}

/// Tells other nodes several things.
pub(crate) fn say(broker: Arc<dyn Broker>, several: Vec<Told>) {
    if !several.is_empty() {
        tokio::spawn(async move {
            for told in &several {
                let _ = broker.announce(told).await;
            }
        });
    }
}

/// Gives signs, for as long as there is a broker.
pub(crate) async fn give_signs(broker: impl Fn() -> Option<Arc<dyn Broker>>) {
    let mut ticks = interval(SIGNS);
    let mut is_new = true;
    loop {
        ticks.tick().await;
        let Some(broker) = broker() else { return };
        let company = broker.company();
        let here = Told::Here { node: company.own.clone(), is_new: std::mem::take(&mut is_new) };
        let _ = broker.announce(&here).await;
        company.forget_silent();
    }
}

#[cfg(test)]
mod tests;
