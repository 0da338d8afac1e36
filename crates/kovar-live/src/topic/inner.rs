//! What a topic has at one moment: its place, its history, who has subscribed and who is there.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::TopicOptions;
use super::presence::Presence;
use super::state::Position;
use crate::protocol::FromServer;
use crate::rate::Rate;
use crate::worker::{List, Publication, Worker};

#[derive(Debug)]
pub(super) struct Inner {
    /// The life of the topic in which its offsets count; empty until its keeper has said which it is.
    pub(super) epoch: Arc<str>,
    /// That of the last message.
    pub(super) offset: u64,
    /// How much was sent to subscribers: messages, who came, who left.
    pub(super) posted: u64,
    /// How many of these were messages, and how often one comes, for whoever looks.
    pub(super) messages: u64,
    pub(super) rate: Rate,
    pub(super) history: VecDeque<(Instant, Arc<Publication>)>,
    pub(super) lists: Vec<Arc<List>>,
    pub(super) presence: Presence,
}

impl Inner {
    pub(super) fn new(epoch: Arc<str>) -> Self {
        Self {
            epoch,
            offset: 0,
            posted: 0,
            messages: 0,
            rate: Rate::default(),
            history: VecDeque::new(),
            lists: Vec::new(),
            presence: Presence::default(),
        }
    }

    /// Sends a message to all who have subscribed by now.
    pub(super) fn post_message(&mut self, frame: &FromServer<'_>) -> Arc<Publication> {
        self.messages += 1;
        self.post(frame)
    }

    /// Sends a frame to all who have subscribed by now.
    pub(super) fn post(&mut self, frame: &FromServer<'_>) -> Arc<Publication> {
        self.posted += 1;
        let publication = Publication::new(self.posted, frame);
        for list in self.lists.iter().filter(|list| list.len() > 0) {
            list.worker.post(list, &publication);
        }
        publication
    }

    pub(super) fn list_of(&mut self, worker: &Arc<Worker>, topic: u64) -> Arc<List> {
        if let Some(list) = self.lists.iter().find(|list| Arc::ptr_eq(&list.worker, worker)) {
            return Arc::clone(list);
        }
        let list = Arc::new(List::new(worker, topic));
        self.lists.push(Arc::clone(&list));
        list
    }

    /// What came after a place: all of it, or nothing.
    pub(super) fn since(&self, at: &Position) -> Option<Vec<Arc<Publication>>> {
        if at.epoch != *self.epoch || at.offset > self.offset {
            return None;
        }
        let missed = self.offset - at.offset;
        let first = (self.history.len() as u64).checked_sub(missed)?;
        Some(self.history.iter().skip(first as usize).map(|(_, publication)| Arc::clone(publication)).collect())
    }

    pub(super) fn trim(&mut self, options: &TopicOptions) {
        while let Some((at, _)) = self.history.front()
            && (self.history.len() > options.most_messages || at.elapsed() > options.longest)
        {
            self.history.pop_front();
        }
    }
}
