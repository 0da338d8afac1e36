//! Whether the clock can be right. Certificates, tokens and ids of version 7 all stand on it.

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;

/// This command was made after this: 2026-11-01.
const MADE_AFTER: Timestamp = Timestamp::constant(1_793_491_200, 0);

/// A clock that is further ahead is wrong, or this command too old to tell.
const FURTHEST: SignedDuration = SignedDuration::from_hours(20 * 365 * 24);

pub(super) fn check() -> Finding {
    judge(Timestamp::now())
}

fn judge(now: Timestamp) -> Finding {
    let found = format!("{now:.0}");
    let advice = "set it, and let it be kept right: `timedatectl set-ntp true`";
    if now < MADE_AFTER {
        return Finding::fail(format!("{found}, which is before this command was made"), advice);
    }
    if now.duration_since(MADE_AFTER) > FURTHEST {
        return Finding::fail(format!("{found}, which is far in the future"), advice);
    }
    Finding::ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    #[test]
    fn a_clock_is_neither_in_the_past_nor_far_ahead() {
        assert_finding(&judge("2026-11-20T12:00:00Z".parse().unwrap()), Verdict::Ok, "2026-11-20T12:00:00Z");
        assert_finding(&judge(Timestamp::UNIX_EPOCH), Verdict::Fail, "1970-01-01T00:00:00Z, which is before");
        assert_finding(&judge("2126-11-20T12:00:00Z".parse().unwrap()), Verdict::Fail, "far in the future");
        assert_eq!(MADE_AFTER, "2026-11-01T00:00:00Z".parse().unwrap());
    }
}
