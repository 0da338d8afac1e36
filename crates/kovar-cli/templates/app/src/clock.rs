//! What time it is: a dependency, so that a test can stop the clock.

use kovar::prelude::*;

/// Tells the time.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The time of the machine.
    System,
    /// Always the same time.
    Stopped(Timestamp),
}

impl Clock {
    /// The time.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Stopped(time) => *time,
        }
    }
}
