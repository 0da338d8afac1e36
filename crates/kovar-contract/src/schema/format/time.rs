//! Dates and times of jiff.
//!
//! What Pydantic says with `AwareDatetime` and `NaiveDatetime` is the type here: a `Timestamp` or
//! `Zoned` has an offset, a `civil::DateTime` has none.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span, Timestamp, Zoned};

use super::{format_shape, parsing};
use crate::catalog::Catalog;
use crate::issue::Invalid;
use crate::rule::{Rules, Violation};
use crate::schema::{Direction, Schema};
use crate::shape::Shape;

macro_rules! time_schema {
    ($($time:ty, $format:literal, $expected:expr, $kind:literal, $message:literal;)*) => {$(
        impl Schema for $time {
            fn shape(_: &mut Catalog) -> Shape {
                fn judge(_: &Rules, text: &str) -> Vec<Invalid> {
                    let parsed = text.parse::<$time>();
                    parsed.err().map_or_else(Vec::new, |error| parsing($kind, $message, error))
                }
                format_shape($format, $expected, judge)
            }
        }
    )*};
}

time_schema! {
    DateTime, "date-time-local", DATETIME, "datetime_parsing", "Input should be a valid datetime";
    Time, "time-local", ("time_type", "Input should be a valid time"),
        "time_parsing", "Input should be in a valid time format";
    SignedDuration, "duration", DURATION, "time_delta_parsing", "Input should be a valid duration";
    Span, "duration", DURATION, "time_delta_parsing", "Input should be a valid duration";
}

const DATETIME: (&str, &str) = ("datetime_type", "Input should be a valid datetime");
const DURATION: (&str, &str) = ("time_delta_type", "Input should be a valid duration");

/// A point in time that can be before or after now.
trait Moment: Sized {
    const NOUN: &'static str;

    fn is_past(&self) -> bool;
    fn is_future(&self) -> bool;

    #[inline(always)]
    fn broken_rule(&self, rules: &Rules) -> Option<Violation> {
        if rules.past && !self.is_past() {
            return Some(Violation::NotPast(Self::NOUN));
        }
        (rules.future && !self.is_future()).then_some(Violation::NotFuture(Self::NOUN))
    }
}

macro_rules! moment_schema {
    ($($moment:ty, $noun:literal, $format:literal, $expected:expr, $judge:ident, now: $now:expr;)*) => {$(
        impl Moment for $moment {
            const NOUN: &'static str = $noun;

            fn is_past(&self) -> bool {
                *self < $now
            }

            fn is_future(&self) -> bool {
                *self > $now
            }
        }

        impl Schema for $moment {
            fn shape(_: &mut Catalog) -> Shape {
                format_shape($format, $expected, $judge)
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
                direction == Direction::Output || self.broken_rule(rules).is_none()
            }
        }
    )*};
}

moment_schema! {
    Timestamp, "datetime", "date-time", DATETIME, judge_timestamp, now: Timestamp::now();
    Zoned, "datetime", "date-time-zoned", DATETIME, judge_zoned, now: Zoned::now();
    Date, "date", "date", ("date_type", "Input should be a valid date"), judge_date,
        now: Zoned::now().date();
}

fn judge_timestamp(rules: &Rules, text: &str) -> Vec<Invalid> {
    judge_moment(text.parse::<Timestamp>(), rules, |error| aware_or_parsing(text, error))
}

fn judge_zoned(rules: &Rules, text: &str) -> Vec<Invalid> {
    judge_moment(text.parse::<Zoned>(), rules, |error| aware_or_parsing(text, error))
}

fn judge_date(rules: &Rules, text: &str) -> Vec<Invalid> {
    judge_moment(text.parse::<Date>(), rules, |error| {
        parsing("date_parsing", "Input should be a valid date in the format YYYY-MM-DD", error)
    })
}

fn judge_moment<T: Moment>(
    parsed: Result<T, jiff::Error>,
    rules: &Rules,
    explain: impl FnOnce(jiff::Error) -> Vec<Invalid>,
) -> Vec<Invalid> {
    match parsed {
        Err(error) => explain(error),
        Ok(moment) => moment.broken_rule(rules).map(|rule| rule.to_invalid("")).into_iter().collect(),
    }
}

/// A date and time without an offset is right but for what it lacks, and is told so.
fn aware_or_parsing(text: &str, error: jiff::Error) -> Vec<Invalid> {
    match text.parse::<DateTime>() {
        Ok(_) => vec![Invalid::new("timezone_aware", "Input should have timezone info")],
        Err(_) => parsing("datetime_parsing", "Input should be a valid datetime", error),
    }
}
