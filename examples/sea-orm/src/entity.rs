//! The tables as SeaORM knows them. They are not the schemas: what a client reads changes for other reasons than what
//! is kept, and SeaORM has no type for `jiff`'s moments.

pub mod product;
pub mod token;

use kovar::prelude::Timestamp;
use sea_orm::prelude::TimeDateTimeWithTimeZone;

/// A moment as a table has it.
pub fn to_column(moment: Timestamp) -> TimeDateTimeWithTimeZone {
    // The range of `time` is wider than that of `jiff`, so there is always one.
    TimeDateTimeWithTimeZone::from_unix_timestamp_nanos(moment.as_nanosecond())
        .unwrap_or(TimeDateTimeWithTimeZone::UNIX_EPOCH)
}

/// A moment as a schema has it.
pub fn from_column(moment: TimeDateTimeWithTimeZone) -> Timestamp {
    // Here as well, because each moment in the tables was a `Timestamp` before.
    Timestamp::from_nanosecond(moment.unix_timestamp_nanos()).unwrap_or(Timestamp::UNIX_EPOCH)
}
