//! The task of one connection: its channel's function, and what it reads and sends.

use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use pin_project_lite::pin_project;
use tokio::io::ReadBuf;
use tokio::time::{Sleep, sleep};

use crate::connection::Connection;
use crate::inbox::Said;
use crate::known::Known;
use crate::opening::EndsChannel;
use crate::problems;
use crate::said::{TooMany, said, said_packed};
use crate::worker::Worker;
use crate::ws::{CloseCode, Event, Opcode, Reader, Violation, encode};

/// How much is read at a time, into a buffer of the thread's.
const CHUNK: usize = 64 * 1024;

/// How many times a connection is read until others run.
const READS: usize = 8;

/// How long a client has to say goodbye, too.
const LEAVING: Duration = Duration::from_secs(2);

/// How long a channel's function may go on once its client is gone.
pub(crate) const ENDING: Duration = Duration::from_secs(10);

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; CHUNK]);
}

/// What is done with what a client says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// It is given to the function as it is.
    Raw,
    /// It is Kovar's protocol.
    Framed,
}

pin_project! {
    /// A connection until it is closed.
    #[project = DrivingProjection]
    pub(crate) struct Driving<F> {
        #[pin]
        function: Option<F>,
        connection: Arc<Connection>,
        worker: Arc<Worker>,
        key: usize,
        reader: Reader,
        speech: Speech,
        // What came before the connection was taken over.
        early: Bytes,
        most_waiting: usize,
        // Whether so much waits for the function that no more is read.
        is_full: bool,
        // Whether the client broke the protocol: what it still sends means nothing.
        is_deaf: bool,
        has_said_goodbye: bool,
        is_shut: bool,
        // Boxed, since few connections have them.
        leaving: Option<Pin<Box<Sleep>>>,
        ending: Option<Pin<Box<Sleep>>>,
    }

    impl<F> PinnedDrop for Driving<F> {
        fn drop(this: Pin<&mut Self>) {
            this.connection.end();
            this.worker.forget(this.key);
        }
    }
}

impl<F> Driving<F> {
    pub(crate) fn new(
        function: F,
        known: Known,
        worker: Arc<Worker>,
        reader: Reader,
        speech: Speech,
        early: Bytes,
        most_waiting: usize,
    ) -> Self {
        let connection = Arc::clone(&known.connection);
        let key = worker.know(known);
        Self {
            function: Some(function),
            connection,
            worker,
            key,
            reader,
            speech,
            early,
            most_waiting,
            is_full: false,
            is_deaf: false,
            has_said_goodbye: false,
            is_shut: false,
            leaving: None,
            ending: None,
        }
    }
}

impl<F> Future for Driving<F>
where
    F: Future,
    F::Output: EndsChannel,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.connection.poll_send(context).map_err(drop) == Poll::Ready(Err(())) {
            this.connection.end();
        }
        if let Err(Lost) = read(&mut this, context) {
            this.connection.end();
        }
        if let Some(function) = this.function.as_mut().as_pin_mut() {
            let ended = match catch_unwind(AssertUnwindSafe(|| function.poll(context))) {
                Ok(Poll::Pending) => None,
                Ok(Poll::Ready(ended)) => Some(tell(this.connection, ended)),
                Err(_) => Some(CloseCode::INTERNAL),
            };
            if let Some(code) = ended {
                this.function.set(None);
                this.connection.close(code);
            }
        }
        if this.connection.is_over() {
            return end(&mut this, context);
        }
        if *this.is_full && this.connection.inbox.len() < *this.most_waiting {
            context.waker().wake_by_ref();
        }
        // What the function has sent, and what it has made room for.
        match this.connection.poll_send(context) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(_)) => {
                this.connection.end();
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Pending => return leave(&mut this, context),
        }
        if this.connection.closing().is_none() {
            return Poll::Pending;
        }
        if !std::mem::replace(this.is_shut, true) {
            this.connection.inbox.close();
            this.connection.shut_down();
        }
        if *this.has_said_goodbye && this.function.is_none() {
            return Poll::Ready(());
        }
        leave(&mut this, context)
    }
}

/// Tells the client the problem with which the function has ended, if it has.
pub(crate) fn tell(connection: &Connection, ended: impl EndsChannel) -> CloseCode {
    let Some(mut details) = ended.into_problem() else { return CloseCode::NORMAL };
    if let Some(cause) = details.take_log() {
        tracing::error!(target: "kovar::live", %cause, "a channel ended with a problem");
    }
    connection.send(problems::problem(&details, None, connection.encoding), None);
    CloseCode::of_status(details.status())
}

/// The client is gone: the function has a while to end, too.
fn end<F>(this: &mut DrivingProjection<'_, F>, context: &mut Context<'_>) -> Poll<()> {
    if this.function.is_none() {
        return Poll::Ready(());
    }
    ready!(this.ending.get_or_insert_with(|| Box::pin(sleep(ENDING))).as_mut().poll(context));
    tracing::warn!(target: "kovar::live", "a channel's function was dropped: it did not end after its client had gone");
    Poll::Ready(())
}

/// Waits a moment for the client to leave, too.
fn leave<F>(this: &mut DrivingProjection<'_, F>, context: &mut Context<'_>) -> Poll<()> {
    if this.connection.closing().is_none() {
        return Poll::Pending;
    }
    ready!(this.leaving.get_or_insert_with(|| Box::pin(sleep(LEAVING))).as_mut().poll(context));
    this.connection.end();
    if this.function.is_none() { Poll::Ready(()) } else { Poll::Pending }
}

/// The connection is lost.
struct Lost;

/// Reads what has come, as long as the function takes it.
fn read<F>(this: &mut DrivingProjection<'_, F>, context: &mut Context<'_>) -> Result<(), Lost> {
    for _ in 0..READS {
        let is_leaving = *this.is_deaf || this.connection.closing().is_some();
        *this.is_full = !is_leaving && this.connection.inbox.len() >= *this.most_waiting;
        if *this.is_full || this.connection.is_over() {
            return Ok(());
        }
        if !this.early.is_empty() {
            let mut early = std::mem::take(this.early).to_vec();
            came(this, &mut early);
            continue;
        }
        let outcome = BUFFER.with_borrow_mut(|buffer| {
            let mut filled = ReadBuf::new(buffer);
            match this.connection.poll_read(context, &mut filled) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Err(_)) => Poll::Ready(Err(Lost)),
                Poll::Ready(Ok(())) if filled.filled().is_empty() => Poll::Ready(Err(Lost)),
                Poll::Ready(Ok(())) => {
                    came(this, filled.filled_mut());
                    Poll::Ready(Ok(()))
                }
            }
        });
        match outcome {
            Poll::Pending => return Ok(()),
            Poll::Ready(outcome) => outcome?,
        }
    }
    context.waker().wake_by_ref();
    Ok(())
}

fn came<F>(this: &mut DrivingProjection<'_, F>, mut bytes: &mut [u8]) {
    this.connection.was_heard(this.worker.now());
    while !*this.is_deaf {
        match this.reader.take(&mut bytes) {
            Ok(None) => return,
            Ok(Some(event)) => heard(this, event),
            Err(Violation(code)) => break_off(this, code),
        }
    }
}

fn heard<F>(this: &mut DrivingProjection<'_, F>, event: Event) {
    let inbox = &this.connection.inbox;
    let is_packed = this.connection.encoding.is_packed();
    match (event, *this.speech) {
        (Event::Ping(payload), _) => this.connection.send(encode(Opcode::Pong, false, &payload), None),
        (Event::Pong, _) => {}
        (Event::Close(code), _) => {
            *this.has_said_goodbye = true;
            break_off(this, code.unwrap_or(CloseCode::NORMAL));
        }
        _ if this.connection.closing().is_some() => {}
        (Event::Text(text), Speech::Raw) => inbox.push(Said::Text(text)),
        (Event::Binary(bytes), Speech::Raw) => inbox.push(Said::Binary(bytes)),
        (Event::Text(text), Speech::Framed) if !is_packed => take(this, |connection| said(connection, &text)),
        (Event::Binary(bytes), Speech::Framed) if is_packed => take(this, |connection| said_packed(connection, &bytes)),
        (Event::Text(_) | Event::Binary(_), Speech::Framed) => break_off(this, CloseCode::UNSUPPORTED),
    }
}

fn take<F>(this: &mut DrivingProjection<'_, F>, take: impl FnOnce(&Connection) -> Result<(), TooMany>) {
    if let Err(TooMany) = take(this.connection) {
        break_off(this, CloseCode::POLICY);
    }
}

/// Closes the connection, and takes nothing more.
fn break_off<F>(this: &mut DrivingProjection<'_, F>, code: CloseCode) {
    *this.is_deaf = true;
    this.connection.close(code);
    this.connection.inbox.close();
}

#[cfg(test)]
mod tests;
