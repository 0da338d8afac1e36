//! One commit for all the statements that wait.
//!
//! A commit waits for the disk, and that takes as long for one row as for a thousand. So the writer takes what waits
//! in line together: one transaction, one commit, and nobody is answered before it. A statement that fails is undone
//! by SQLite as it always is, and takes nobody along. Where that cannot be promised (one rolled the transaction back,
//! or the commit was refused), nothing of the group has happened, and each runs again on its own.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::Error;
use crate::engine::Answer;
use crate::sqlite::call::Call;
use crate::sqlite::run::{Run, run_alone, run_inside};
use crate::sqlite::writer::Job;

/// How many statements have one commit.
const MOST: usize = 1_024;

/// How long a group goes on taking statements in: the first one waits for the last.
const LONGEST: Duration = Duration::from_millis(5);

/// What changes rows and nothing else. Anything else may not run inside a transaction (`vacuum`), or do nothing there
/// (`pragma foreign_keys`).
const GROUPED: [&str; 4] = ["insert", "update", "delete", "replace"];

pub(super) type Outcome = Result<Answer, Error>;

/// A statement that was begun, and whoever waits for it.
type Begun = (Run, oneshot::Sender<Outcome>);

/// Runs a statement, and with it those that wait behind it. Gives the job that is next in line, if it came to one.
pub(super) fn serve(connection: &Connection, first: Call<Run, Outcome>, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
    let mut waiting = VecDeque::from([first]);
    let next = take_those_behind(&mut waiting, jobs);
    while let Some(call) = waiting.pop_front() {
        if waiting.is_empty() {
            call.answer(|run| run_alone(connection, &run));
        } else {
            waiting.push_front(call);
            run_group(connection, &mut waiting);
        }
    }
    next
}

/// Takes the statements that can join those that wait. The queue keeps its order: what cannot ends it.
fn take_those_behind(waiting: &mut VecDeque<Call<Run, Outcome>>, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
    if !waiting.iter().all(can_join) {
        return None;
    }
    while waiting.len() < MOST {
        match jobs.try_recv() {
            Ok(Job::Run(call)) if can_join(&call) => waiting.push_back(call),
            Ok(other) => return Some(other),
            Err(_) => return None,
        }
    }
    None
}

fn can_join(call: &Call<Run, Outcome>) -> bool {
    let word = call.request().statement.first_word();
    GROUPED.iter().any(|grouped| word.eq_ignore_ascii_case(grouped))
}

/// Runs as many as there is time for.
fn run_group(connection: &Connection, waiting: &mut VecDeque<Call<Run, Outcome>>) {
    if let Err(cause) = connection.execute_batch("begin immediate") {
        // Another process holds the database, and was waited for.
        let error = Error::from(cause);
        for call in waiting.drain(..) {
            call.answer(|_| Err(error.again()));
        }
        return;
    }
    let started = Instant::now();
    let (mut begun, mut answers): (Vec<Begun>, Vec<Outcome>) = (Vec::new(), Vec::new());
    while started.elapsed() < LONGEST
        && !connection.is_autocommit()
        && let Some(call) = waiting.pop_front()
    {
        if let Some((run, reply)) = call.start() {
            answers.push(run_inside(connection, &run));
            begun.push((run, reply));
        }
    }
    if commit(connection) {
        for ((_, reply), answer) in begun.into_iter().zip(answers) {
            // A caller that is gone by now does not want the answer.
            let _ = reply.send(answer);
        }
    } else {
        for (run, reply) in begun {
            let _ = reply.send(run_alone(connection, &run));
        }
    }
}

/// Whether everything is on the disk. If not, nothing is.
fn commit(connection: &Connection) -> bool {
    if connection.is_autocommit() {
        return false;
    }
    let is_committed = connection.execute_batch("commit").is_ok();
    if !connection.is_autocommit() {
        // Should it fail, the writer sees the open transaction and stops.
        let _ = connection.execute_batch("rollback");
    }
    is_committed
}
