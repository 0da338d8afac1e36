//! On the way back: each statement of a group gets an answer with an end of its own.

use std::collections::VecDeque;
use std::io;
use std::time::Instant;

use bytes::{BufMut as _, BytesMut};

use super::frame::{head, server};
use super::{Group, Pace, Role};

/// The SQLSTATE of a statement that was not carried out since one that was sent with it failed. PostgreSQL has no such
/// class; one that an app raises itself is taken for this once, and then for what it is.
pub(in super::super) const UNANSWERED: &str = "KV001";

/// The one that PostgreSQL has for those behind a failure in a transaction.
const ABORTED: &str = "25P02";

/// How much of a group's answers is kept back until it is known that none has failed.
const KEPT: usize = 1024 * 1024;

/// What has come.
#[derive(Debug)]
pub(super) struct Receiving {
    /// For the app.
    pub(super) ready: BytesMut,
    role: Role,
    /// When the group before was answered.
    last_at: Instant,
    // Of the first group, if it has several statements:
    kept: BytesMut,
    /// Whether nothing is kept any longer.
    is_through: bool,
    answered: usize,
    failure: Option<BytesMut>,
}

impl Receiving {
    pub(super) fn new(role: Role) -> Self {
        Self {
            ready: BytesMut::new(),
            role,
            last_at: Instant::now(),
            kept: BytesMut::new(),
            is_through: false,
            answered: 0,
            failure: None,
        }
    }

    /// Takes the messages that have come as a whole.
    pub(super) fn take(
        &mut self,
        received: &mut BytesMut,
        groups: &mut VecDeque<Group>,
        pace: &Pace,
    ) -> io::Result<()> {
        // What is not grouped goes on as it is, without being copied.
        let mut as_it_is = 0;
        while let Some((kind, length)) = head(&received[as_it_is..])
            && received.len() - as_it_is >= length
        {
            match groups.front() {
                Some(group) if group.statements > 1 => {
                    self.ready.unsplit(received.split_to(std::mem::take(&mut as_it_is)));
                    self.take_grouped(kind, received.split_to(length), group.statements)?;
                }
                _ => as_it_is += length,
            }
            match kind {
                // The Sync behind a COPY is ignored; the one behind its rows is answered.
                server::READY | server::COPY_IN => self.end_group(groups, pace),
                _ => {}
            }
        }
        self.ready.unsplit(received.split_to(as_it_is));
        Ok(())
    }

    /// The line has ended. Answers of which it is not known whether they stand are no answers, but the server may have
    /// said why it ends.
    pub(super) fn end(&mut self) {
        if let Some(failure) = self.failure.take() {
            self.ready.unsplit(failure);
        }
    }

    fn take_grouped(&mut self, kind: u8, message: BytesMut, statements: usize) -> io::Result<()> {
        match kind {
            // Not of a statement.
            server::NOTICE | server::NOTIFICATION | server::PARAMETER => self.ready.unsplit(message),
            server::ERROR => self.failure = Some(message),
            server::READY => return self.answer(statements),
            _ => {
                self.kept.extend_from_slice(&message);
                if matches!(kind, server::COMPLETE | server::EMPTY_QUERY) {
                    self.answered += 1;
                    put_ready(&mut self.kept);
                }
                // In a transaction that was begun before, nobody's answer is taken back.
                self.is_through |= self.role == Role::Any || self.kept.len() > KEPT;
                if self.is_through {
                    self.ready.unsplit(self.kept.split());
                }
            }
        }
        Ok(())
    }

    /// Answers each statement of a group that is over.
    fn answer(&mut self, statements: usize) -> io::Result<()> {
        let Some(failure) = self.failure.take() else {
            self.ready.unsplit(self.kept.split());
            return if self.answered == statements { Ok(()) } else { Err(io::Error::other(MISCOUNTED)) };
        };
        if !self.is_through {
            self.kept.clear();
            (0..self.answered.min(statements)).for_each(|_| put_unanswered(&mut self.ready, self.role));
        }
        if self.answered < statements {
            self.ready.unsplit(failure);
            put_ready(&mut self.ready);
            (self.answered + 1..statements).for_each(|_| put_unanswered(&mut self.ready, self.role));
        }
        Ok(())
    }

    fn end_group(&mut self, groups: &mut VecDeque<Group>, pace: &Pace) {
        let Some(group) = groups.pop_front() else { return };
        let now = Instant::now();
        pace.took(now - self.last_at.max(group.sent_at), group.statements);
        (self.last_at, self.answered, self.is_through) = (now, 0, false);
    }
}

/// What a server is not expected to do.
const MISCOUNTED: &str = "the server has answered another number of statements than were sent";

/// Says that the next statement may be sent, which the app does without being told.
fn put_ready(into: &mut BytesMut) {
    into.put_slice(&[server::READY, 0, 0, 0, 5, b'I']);
}

/// Refuses a statement that was not carried out.
fn put_unanswered(into: &mut BytesMut, role: Role) {
    let (code, message) = match role {
        Role::Reader => (UNANSWERED, "a statement that was sent before it has failed"),
        Role::Any => (ABORTED, "current transaction is aborted, commands ignored until end of transaction block"),
    };
    let fields = [(b'S', "ERROR"), (b'V', "ERROR"), (b'C', code), (b'M', message)];
    let length: usize = fields.iter().map(|(_, text)| text.len() + 2).sum();
    into.put_u8(server::ERROR);
    into.put_u32((4 + length + 1) as u32);
    for (field, text) in fields {
        into.put_u8(field);
        into.put_slice(text.as_bytes());
        into.put_u8(0);
    }
    into.put_u8(0);
    put_ready(into);
}
