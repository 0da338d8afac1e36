//! What is known of a connection beside what goes over it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::callers::Place;
use crate::connection::Connection;

/// A connection, and what is known of it. A worker keeps it until the connection has ended.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) connection: Arc<Connection>,
    pub(crate) facts: Facts,
}

/// What is known of a connection. There may be hundred thousands, so it is small.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Its name, as a number.
    pub(crate) id: u64,
    /// The path of its channel.
    pub(crate) channel: Arc<str>,
    /// Since when it is open, in milliseconds since 1970.
    since: i64,
    /// Its caller's, if that is known. It is free again as soon as the connection has ended, whoever still holds that.
    pub(crate) place: Option<Place>,
}

impl Facts {
    /// A connection that opens now.
    pub(crate) fn new(channel: Arc<str>, place: Option<Place>) -> Self {
        Self { id: rand::random(), channel, since: Timestamp::now().as_millisecond(), place }
    }

    /// Since when it is open.
    pub(crate) fn since(&self) -> Timestamp {
        Timestamp::from_millisecond(self.since).unwrap_or_default()
    }

    /// Its name: what others see of it.
    pub(crate) fn name(&self) -> String {
        name(self.id)
    }
}

/// The name of a connection.
pub(crate) fn name(id: u64) -> String {
    format!("{id:016x}")
}

/// The number of a name; `None` if no connection has such a name.
pub(crate) fn id_of(name: &str) -> Option<u64> {
    let is_name = name.len() == 16 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_name.then(|| u64::from_str_radix(name, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::{Facts, Known, id_of, name};

    #[test]
    fn what_is_known_of_a_connection_is_small() {
        let more = size_of::<Known>() - size_of::<usize>();
        assert!(more <= 56, "{more} bytes beside the connection");
        assert_eq!(more, size_of::<Facts>());
    }

    #[test]
    fn a_name_is_sixteen_digits_and_nothing_else() {
        for id in [0, 1, u64::MAX] {
            assert_eq!(id_of(&name(id)), Some(id));
        }
        for other in ["", "1", "+000000000000001", "00000000000000000", "000000000000000G", "000000000000000A", "ééééé"]
        {
            assert_eq!(id_of(other), None, "{other}");
        }
    }
}
