//! The pages of an admin listener: the console, which shows live how a backend is, and tables.
//!
//! Whoever serves it says what it counts ([`Source`]); the console keeps the last minutes of that,
//! works out what a person wants to know, and tells everybody who watches once a second. While
//! nobody does, one [`Sample`] is taken every five seconds, so that whoever opens the page sees what
//! has just been; of channels, nothing is taken.
//!
//! Rates and quantiles are those of the last minute: of what was counted since the start, a quantile
//! hardly moves after a day. The page is plain HTML, CSS and JavaScript of some 40 KB in the binary,
//! under a policy that allows nothing else: no framework, no build step, nothing from elsewhere.
//!
//! Which requests may see it is not decided here.

mod console;
mod durations;
mod history;
mod live;
mod page;
mod sample;
mod snapshot;
mod table;

pub use self::console::{Console, Source};
pub use self::durations::Durations;
pub use self::live::{Live, LiveConnection, LiveCounts, LiveTopic, MOST_LIVE};
pub use self::sample::{About, Check, Failure, Operation, Process, Sample, Worker};
pub use self::table::{Table, Tables};
