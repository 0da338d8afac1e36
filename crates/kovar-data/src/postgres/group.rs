//! Writes that wait are committed together.
//!
//! A commit waits for the disk. A connection that is at it takes in what comes meanwhile, and sends that as one
//! transaction: one commit for all, and nobody is answered before it. PostgreSQL undoes the whole transaction when a
//! statement of it fails; then nothing of it has happened, and each statement runs again on its own.
//!
//! Statements of a group hold the locks of their rows until its end. So that two groups do not wait for each other,
//! each runs its statements in one order: that of their texts and values.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use super::connection::Connection;
use super::failure::{Failure, Remedy};
use super::lane::{Known, Lane};
use super::server::{Role, Server};
use super::wait::Wait;
use crate::engine::{Answer, Fetch};
use crate::ticket::Ticket;
use crate::{Error, Statement};

/// How many statements have one commit.
const MOST: usize = 64;

pub(super) type Outcome = Result<Answer, Failure>;

/// A connection that writes, and those who wait for it.
pub(super) struct Writer {
    server: Arc<Server>,
    lane: Lane,
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    is_at_work: bool,
}

/// A statement in line.
pub(super) struct Waiting {
    pub(super) text: String,
    pub(super) statement: Arc<Statement>,
    pub(super) fetch: Fetch,
    pub(super) known: Arc<Known>,
    pub(super) wait: Wait,
    pub(super) ticket: Ticket,
    pub(super) reply: oneshot::Sender<Outcome>,
}

impl Writer {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Self { server, lane: Lane::default(), line: Mutex::default() }
    }

    pub(super) fn lane(&self) -> &Lane {
        &self.lane
    }

    /// How many are before whoever comes next.
    pub(super) fn length(&self) -> usize {
        let line = self.line();
        line.waiting.len() + usize::from(line.is_at_work)
    }

    /// Puts a statement in line, and sees to it that somebody works.
    pub(super) fn push(self: &Arc<Self>, waiting: Waiting) {
        let mut line = self.line();
        line.waiting.push_back(waiting);
        if !std::mem::replace(&mut line.is_at_work, true) {
            // Not in the caller's own future, which may be dropped.
            tokio::spawn(Arc::clone(self).work());
        }
    }

    pub(super) fn close(&self) {
        self.lane.close();
    }

    async fn work(self: Arc<Self>) {
        while let Some(group) = self.next() {
            match self.lane.connection(&self.server, Role::Any, &group[0].wait).await {
                Err(failure) => group.into_iter().for_each(|waiting| waiting.answer(Err(failure.again()))),
                Ok(connection) => run(&connection, group).await,
            }
        }
    }

    /// Those who are in line now, but for those who gave up.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut line = self.line();
        let mut group: Vec<Waiting> = Vec::new();
        while group.len() < MOST
            && let Some(waiting) = line.waiting.pop_front()
        {
            if waiting.ticket.take() {
                group.push(waiting);
            }
        }
        if group.is_empty() {
            line.is_at_work = false;
            return None;
        }
        Some(group)
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// A caller that is gone by now does not want the answer.
    fn answer(self, outcome: Outcome) {
        let _ = self.reply.send(outcome);
    }
}

async fn run(connection: &Connection, mut group: Vec<Waiting>) {
    if group.len() > 1 {
        group.sort_by(|one, other| one.text.cmp(&other.text).then_with(|| one.statement.cmp_values(&other.statement)));
        let start = Instant::now();
        let statements: Vec<_> =
            group.iter().map(|waiting| (&*waiting.text, &*waiting.statement, waiting.fetch)).collect();
        match connection.run_group(&statements).await {
            Ok(answers) => {
                let each = start.elapsed() / u32::try_from(answers.len()).unwrap_or(u32::MAX);
                for (waiting, answer) in group.into_iter().zip(answers) {
                    waiting.known.took(each);
                    waiting.answer(Ok(answer));
                }
                return;
            }
            Err(failure) if failure.remedy == Remedy::Lost => {
                return group.into_iter().for_each(|waiting| waiting.answer(Err(failure.again())));
            }
            // Nothing has happened.
            Err(_) => {}
        }
    }
    for waiting in group {
        let start = Instant::now();
        let outcome = connection.run(&waiting.text, &waiting.statement, waiting.fetch).await;
        if outcome.is_ok() {
            waiting.known.took(start.elapsed());
        }
        waiting.answer(outcome);
    }
}

impl Failure {
    /// The same for another statement that it also befell.
    fn again(&self) -> Self {
        Self::new(self.error.again(), self.remedy)
    }
}

/// The database was closed while somebody waited.
pub(super) fn gone() -> Failure {
    Failure::local(Error::closed())
}
