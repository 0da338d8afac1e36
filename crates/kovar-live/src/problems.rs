//! Problems on a channel: what an operation would answer with, in a frame.

use std::fmt::Display;

use bytes::Bytes;
use kovar_contract::Unreadable;
use kovar_http::problem::{ProblemDetails, builtin};
use serde_json::value::RawValue;

use crate::protocol::{Encoding, FromServer, frame};

/// A frame with a problem, about the message of a number if it had one.
pub(crate) fn problem(details: &ProblemDetails, re: Option<u64>, encoding: Encoding) -> Bytes {
    let problem = RawValue::from_string(details.to_json()).ok();
    frame(&FromServer { re, problem: problem.as_deref(), ..FromServer::default() }, encoding)
}

/// What is no frame.
pub(crate) fn malformed(error: &dyn Display, encoding: Encoding) -> Bytes {
    let details = builtin::MALFORMED.details().detail(format!("the message is no frame of the protocol: {error}"));
    problem(&details, None, encoding)
}

/// A frame that says nothing.
pub(crate) fn empty(id: Option<u64>, encoding: Encoding) -> Bytes {
    let details = builtin::MALFORMED.details().detail("the frame has neither `data` nor `re` nor `pong`");
    problem(&details, id, encoding)
}

/// A message that breaks its contract.
pub(crate) fn unreadable(message: &[u8], why: Unreadable, re: Option<u64>, encoding: Encoding) -> Bytes {
    problem(&ProblemDetails::unreadable(message, why), re, encoding)
}
