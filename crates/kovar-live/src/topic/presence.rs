//! Who is there: clients of this node, and those of others.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::inner::Inner;
use super::state::TopicState;
use crate::protocol::{FromServer, Member};

/// How many of those who are present are told of. To tell each of a crowd of everybody in it takes the square of their
/// number.
pub(super) const MOST: usize = 1_000;

/// Somebody who is there, with what they said of themselves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Present {
    pub(crate) id: Arc<str>,
    pub(crate) since: Timestamp,
    pub(crate) data: Option<Arc<RawValue>>,
}

/// Those of whom others are told.
#[derive(Debug, Default)]
pub(super) struct Presence {
    own: Clients,
    /// Those of other nodes.
    others: HashMap<String, Clients>,
}

/// Those of one node.
#[derive(Debug, Default)]
struct Clients {
    /// How often somebody has come or gone.
    changes: u64,
    present: Vec<Present>,
}

impl Present {
    /// Somebody who comes now.
    pub(crate) fn new(id: Arc<str>, data: &impl Serialize) -> Result<Self, serde_json::Error> {
        let data = serde_json::value::to_raw_value(data)?;
        Ok(Self { id, since: Timestamp::now(), data: Some(data.into()) })
    }

    fn as_member(&self) -> Member<'_> {
        Member { id: &self.id, since: self.since, data: self.data.as_deref() }
    }
}

impl Clients {
    fn remove(&mut self, id: &str) -> Option<Present> {
        let index = self.present.iter().position(|present| *present.id == *id)?;
        Some(self.present.remove(index))
    }
}

impl Presence {
    fn len(&self) -> usize {
        self.own.present.len() + self.others.values().map(|clients| clients.present.len()).sum::<usize>()
    }

    /// All who are there, as a client is told when it comes.
    pub(super) fn members(&self) -> Vec<Member<'_>> {
        let others = self.others.values().flat_map(|clients| &clients.present);
        self.own.present.iter().chain(others).take(MOST).map(Present::as_member).collect()
    }
}

/// What is told of a client of this node.
pub(super) enum Change {
    Joined(u64, Present),
    Left(u64, Arc<str>),
}

impl TopicState {
    /// A client of this node comes. Gives what other nodes are told; nobody is told of one in a crowd.
    pub(super) fn comes(&self, inner: &mut Inner, who: &Present) -> Option<Change> {
        if inner.presence.len() >= MOST {
            return None;
        }
        self.tell(inner, who, true);
        let own = &mut inner.presence.own;
        own.changes += 1;
        own.present.push(who.clone());
        Some(Change::Joined(own.changes, who.clone()))
    }

    /// A client of this node goes.
    pub(super) fn goes(&self, inner: &mut Inner, id: &Arc<str>) -> Option<Change> {
        let own = &mut inner.presence.own;
        let who = own.remove(id)?;
        own.changes += 1;
        let changes = own.changes;
        self.tell(inner, &who, false);
        Some(Change::Left(changes, Arc::clone(id)))
    }

    fn tell(&self, inner: &mut Inner, who: &Present, has_come: bool) {
        let who = Some(who.as_member());
        let (joined, left) = if has_come { (who, None) } else { (None, who) };
        inner.post(&FromServer { topic: Some(&self.name), joined, left, ..FromServer::default() });
    }
}

/// What other nodes ask and tell.
impl TopicState {
    pub(crate) fn has_presence(&self) -> bool {
        self.options.has_presence
    }

    /// The clients of this node, after so many changes.
    pub(crate) fn own_clients(&self) -> (u64, Vec<Present>) {
        let inner = self.inner();
        let own = &inner.presence.own;
        (own.changes, own.present.clone())
    }

    /// The clients of another node, all of them.
    pub(crate) fn are_there(&self, node: &str, changes: u64, present: Vec<Present>) {
        if !self.options.has_presence {
            return;
        }
        let mut inner = self.inner();
        let known = inner.presence.others.entry(node.to_owned()).or_default();
        if changes < known.changes {
            // It was said before what is known by now.
            return;
        }
        known.changes = changes;
        let before = std::mem::take(&mut known.present);
        let is_in = |all: &[Present], who: &Present| all.iter().any(|other| other.id == who.id);
        for gone in before.iter().filter(|who| !is_in(&present, who)) {
            self.tell(&mut inner, gone, false);
        }
        for come in present.iter().filter(|who| !is_in(&before, who)) {
            self.tell(&mut inner, come, true);
        }
        if let Some(known) = inner.presence.others.get_mut(node) {
            known.present = present;
        }
        drop(inner);
        self.answered.notify_waiters();
    }

    /// A client of another node has come. Gives whether nothing was missed before.
    pub(crate) fn has_joined(&self, node: &str, changes: u64, who: &Present) -> bool {
        let mut inner = self.inner();
        let is_new = match inner.presence.others.get_mut(node) {
            Some(clients) if clients.changes + 1 == changes => {
                clients.changes = changes;
                clients.present.push(who.clone());
                true
            }
            // A change that was counted already.
            Some(clients) => return changes <= clients.changes,
            None => return !self.options.has_presence,
        };
        if is_new {
            self.tell(&mut inner, who, true);
        }
        true
    }

    /// A client of another node has left. Gives whether nothing was missed before.
    pub(crate) fn has_left(&self, node: &str, changes: u64, who: &str) -> bool {
        let mut inner = self.inner();
        let gone = match inner.presence.others.get_mut(node) {
            Some(clients) if clients.changes + 1 == changes => {
                clients.changes = changes;
                clients.remove(who)
            }
            Some(clients) => return changes <= clients.changes,
            None => return !self.options.has_presence,
        };
        if let Some(gone) = gone {
            self.tell(&mut inner, &gone, false);
        }
        true
    }

    /// Another node is gone, and with it its clients.
    pub(crate) fn is_without(&self, node: &str) {
        let mut inner = self.inner();
        let clients = inner.presence.others.remove(node).unwrap_or_default();
        for gone in &clients.present {
            self.tell(&mut inner, gone, false);
        }
    }

    /// Everybody who is there, in the order of their names.
    #[cfg(test)]
    pub(crate) fn all_present(&self) -> Vec<Arc<str>> {
        let inner = self.inner();
        let mut ids: Vec<Arc<str>> = inner.presence.members().iter().map(|member| member.id.into()).collect();
        ids.sort();
        ids
    }

    /// Waits until all of these nodes have said who is there.
    pub(crate) async fn has_heard_of(&self, nodes: &[String]) {
        loop {
            let answered = self.answered.notified();
            let has_all = {
                let inner = self.inner();
                nodes.iter().all(|node| inner.presence.others.contains_key(node))
            };
            if has_all {
                return;
            }
            answered.await;
        }
    }
}
