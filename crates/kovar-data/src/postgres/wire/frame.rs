//! Messages of PostgreSQL's protocol, by their first byte (manual, "Message Formats").

/// Of those that the app sends.
pub(super) mod app {
    pub(in super::super) const BIND: u8 = b'B';
    pub(in super::super) const EXECUTE: u8 = b'E';
    pub(in super::super) const QUERY: u8 = b'Q';
    pub(in super::super) const SYNC: u8 = b'S';
}

/// Of those that the server sends.
pub(super) mod server {
    pub(in super::super) const COMPLETE: u8 = b'C';
    pub(in super::super) const COPY_IN: u8 = b'G';
    pub(in super::super) const EMPTY_QUERY: u8 = b'I';
    pub(in super::super) const ERROR: u8 = b'E';
    pub(in super::super) const NOTICE: u8 = b'N';
    pub(in super::super) const NOTIFICATION: u8 = b'A';
    pub(in super::super) const PARAMETER: u8 = b'S';
    pub(in super::super) const READY: u8 = b'Z';
}

/// The first byte of a message, and its length with that byte, if so much of it is there.
pub(super) fn head(bytes: &[u8]) -> Option<(u8, usize)> {
    let (kind, rest) = bytes.split_first()?;
    let length = u32::from_be_bytes(*rest.first_chunk()?);
    Some((*kind, (length as usize).saturating_add(1)))
}
