//! A request to a thread, and the way its answer takes back.
//!
//! Both sides may give up: the caller when its future is dropped or its wait is over, the thread never. What decides
//! is a [`Ticket`] that only one of them can take.

use std::future::Future;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::ticket::{GiveUp, Ticket};

/// A request of type `Q` that waits for its turn, to be answered with an `A`.
#[derive(Debug)]
pub(super) struct Call<Q, A> {
    request: Q,
    reply: oneshot::Sender<A>,
    ticket: Ticket,
}

impl<Q, A> Call<Q, A> {
    pub(super) fn request(&self) -> &Q {
        &self.request
    }

    /// Takes the request, unless the caller gave up on it. From here on it must be carried out.
    pub(super) fn start(self) -> Option<(Q, oneshot::Sender<A>)> {
        self.ticket.take().then_some((self.request, self.reply))
    }

    /// Carries the request out, unless the caller gave up on it.
    pub(super) fn answer(self, work: impl FnOnce(Q) -> A) {
        if let Some((request, reply)) = self.start() {
            // A caller that is gone by now does not want the answer.
            let _ = reply.send(work(request));
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unanswered {
    /// The deadline came before the turn; nothing ran.
    NoTurn,
    /// The thread ended, or ends.
    Gone,
}

/// Puts a request into a queue, in order of arrival, and waits for its answer.
///
/// The deadline is for the turn, not for the work: once begun, the outcome is waited for and told.
pub(super) async fn ask<J, Q, A>(
    queue: &mpsc::Sender<J>,
    job: impl FnOnce(Call<Q, A>) -> J,
    request: Q,
    deadline: Option<Instant>,
) -> Result<A, Unanswered> {
    let place = before(deadline, queue.reserve()).await.ok_or(Unanswered::NoTurn)?;
    let (reply, mut answer) = oneshot::channel();
    let ticket = Ticket::default();
    let call = Call { request, reply, ticket: ticket.clone() };
    let _gives_up_when_dropped = GiveUp(&ticket);
    place.map_err(|_| Unanswered::Gone)?.send(job(call));
    let answer = match before(deadline, &mut answer).await {
        Some(answer) => answer,
        None if ticket.take() => return Err(Unanswered::NoTurn),
        None => answer.await,
    };
    answer.map_err(|_| Unanswered::Gone)
}

async fn before<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}
