//! Whether there is time zone data. Without it, a time in any zone but UTC cannot be told.

use jiff::tz::TimeZone;

use super::finding::Finding;

/// A zone that has summer time, so that it cannot be a fixed offset.
const PROBE: &str = "Europe/Berlin";

pub(super) fn check() -> Finding {
    let system = TimeZone::system();
    judge(jiff::tz::db().available().count(), jiff::tz::db().get(PROBE).is_ok(), system.iana_name())
}

fn judge(zones: usize, has_probe: bool, system: Option<&str>) -> Finding {
    if !has_probe {
        return Finding::warn(
            "no time zone data: only UTC is known",
            "install the package `tzdata`, or set TZDIR to a folder that has it",
        );
    }
    Finding::ok(format!("{zones} are known; this machine is in {}", system.unwrap_or("one without a name")))
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    #[test]
    fn without_data_only_utc_is_known() {
        assert_finding(
            &judge(600, true, Some("Europe/Rome")),
            Verdict::Ok,
            "600 are known; this machine is in Europe/Rome",
        );
        assert_finding(&judge(600, true, None), Verdict::Ok, "one without a name");
        assert_finding(&judge(0, false, None), Verdict::Warn, "`tzdata`");
    }
}
