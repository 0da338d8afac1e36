//! On the way to the server: a Sync that another statement follows is left out.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::BytesMut;

use super::frame::{app, head};
use super::{Group, Role};

/// The message that ends a statement.
const SYNC: [u8; 5] = [app::SYNC, 0, 0, 0, 4];

/// What is to be sent.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) bytes: BytesMut,
    role: Role,
    is_in_transaction: bool,
}

/// What the server answers as one.
struct Request<'b> {
    bytes: &'b [u8],
    ending: Ending,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// A Sync, behind a Bind and an Execute and nothing else: so it is a statement that is prepared.
    Statement,
    /// It is answered by a [ready](super::frame::server::READY) of its own.
    Alone,
    /// It is answered in no such way: the handshake, the rows of a COPY.
    Open,
}

impl Sending {
    pub(super) fn new(role: Role) -> Self {
        Self { bytes: BytesMut::new(), role, is_in_transaction: false }
    }

    /// Takes what is sent at once, of which at most so many statements travel together.
    pub(super) fn take(&mut self, mut bytes: &[u8], groups: &mut VecDeque<Group>, most: usize) {
        let sent_at = Instant::now();
        let mut together = 0;
        while let Some((request, rest)) = Request::split(bytes) {
            bytes = rest;
            let joins = request.ending == Ending::Statement && self.shares_transactions();
            if together > 0 && (!joins || together == most) {
                self.end_group(&mut together, sent_at, groups);
            }
            if joins {
                self.bytes.extend_from_slice(&request.bytes[..request.bytes.len() - SYNC.len()]);
                together += 1;
                continue;
            }
            self.bytes.extend_from_slice(request.bytes);
            if request.ending != Ending::Open {
                groups.push_back(Group { statements: 1, sent_at });
            }
            self.follow(&request);
        }
        if together > 0 {
            self.end_group(&mut together, sent_at, groups);
        }
    }

    fn end_group(&mut self, together: &mut usize, sent_at: Instant, groups: &mut VecDeque<Group>) {
        self.bytes.extend_from_slice(&SYNC);
        groups.push_back(Group { statements: std::mem::take(together), sent_at });
    }

    /// Whether statements may be carried out in one transaction.
    fn shares_transactions(&self) -> bool {
        self.role == Role::Reader || self.is_in_transaction
    }

    /// Follows where transactions begin and end, which are words of this crate alone.
    fn follow(&mut self, request: &Request<'_>) {
        let is = |word: &str| request.text().is_some_and(|text| text.starts_with(word.as_bytes()));
        if is("begin") {
            self.is_in_transaction = true;
        } else if is("commit") || is("rollback") && !is("rollback to") {
            self.is_in_transaction = false;
        }
    }
}

impl<'b> Request<'b> {
    /// The first request of some bytes, which are whole requests, and the bytes behind it.
    fn split(bytes: &'b [u8]) -> Option<(Self, &'b [u8])> {
        // The handshake's first message has no first byte, but begins with its length.
        if *bytes.first()? == 0 {
            return Some((Self { bytes, ending: Ending::Open }, &[]));
        }
        let (mut end, mut kinds, mut count) = (0, [0; 3], 0);
        while let Some((kind, length)) = head(&bytes[end..]) {
            end = end.saturating_add(length).min(bytes.len());
            if let Some(place) = kinds.get_mut(count) {
                *place = kind;
            }
            count += 1;
            let ending = match kind {
                app::SYNC if count == 3 && kinds[..2] == [app::BIND, app::EXECUTE] => Ending::Statement,
                app::SYNC | app::QUERY => Ending::Alone,
                _ => continue,
            };
            let (bytes, rest) = bytes.split_at(end);
            return Some((Self { bytes, ending }, rest));
        }
        Some((Self { bytes, ending: Ending::Open }, &[]))
    }

    /// The SQL that it is, if it is nothing else.
    fn text(&self) -> Option<&'b [u8]> {
        match head(self.bytes)? {
            (app::QUERY, _) => self.bytes.get(5..),
            _ => None,
        }
    }
}
