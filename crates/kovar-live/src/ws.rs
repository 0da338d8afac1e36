//! The WebSocket protocol (RFC 6455), of the server's side, with permessage-deflate (RFC 7692).
//!
//! It stands here and not in a library for two reasons. A message that goes to ten thousand clients is one frame, made once:
//! libraries copy it into a buffer of each. And a connection that is silent keeps no buffer at all: what comes is read
//! into one of the thread's, and only the rest of a message that is not there yet is kept.

mod close;
mod deflate;
mod frame;
mod handshake;
mod reader;

pub use self::close::CloseCode;
pub(crate) use self::deflate::Deflate;
pub(crate) use self::frame::{Opcode, encode};
pub(crate) use self::handshake::{Accepted, Unmet, VERSION, accept};
pub(crate) use self::reader::{Event, Reader, Violation};

#[cfg(test)]
mod tests;
