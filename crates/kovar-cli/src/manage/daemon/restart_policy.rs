//! When an app that died is started again, and when it is given up.

use std::time::Duration;

/// A process that lived so long was well.
const WELL_AFTER: Duration = Duration::from_secs(60);

/// So many deaths in a row, each before the process was well, are a crash loop.
const CRASH_LOOP: u32 = 5;

const FIRST_DELAY: Duration = Duration::from_millis(200);

/// Counts deaths.
#[derive(Debug, Default)]
pub(super) struct RestartPolicy {
    early_deaths: u32,
}

/// What follows a death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Start again after a while, which doubles with each early death.
    Retry(Duration),
    /// It is no use.
    GiveUp,
}

impl RestartPolicy {
    /// A process died after it lived so long.
    pub(super) fn death(&mut self, lived: Duration) -> Next {
        self.early_deaths = if lived < WELL_AFTER { self.early_deaths + 1 } else { 0 };
        if self.early_deaths >= CRASH_LOOP {
            return Next::GiveUp;
        }
        Next::Retry(FIRST_DELAY * 2_u32.pow(self.early_deaths.saturating_sub(1)))
    }

    /// A person wants it to be tried anew.
    pub(super) fn forget(&mut self) {
        self.early_deaths = 0;
    }
}

/// Why an app was given up.
pub(super) fn crash_loop(last: &str) -> String {
    format!("{CRASH_LOOP} deaths in a row, each within {} s of its start; the last: {last}", WELL_AFTER.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_deaths_are_retried_ever_later_and_then_given_up() {
        let mut policy = RestartPolicy::default();
        let retries: Vec<_> = (0..5).map(|_| policy.death(Duration::from_secs(1))).collect();
        let delays = [200, 400, 800, 1600].map(|milliseconds| Next::Retry(Duration::from_millis(milliseconds)));
        assert_eq!(retries[..4], delays);
        assert_eq!(retries[4], Next::GiveUp);
    }

    #[test]
    fn who_was_well_is_not_in_a_loop() {
        let mut policy = RestartPolicy::default();
        for _ in 0..4 {
            policy.death(Duration::ZERO);
        }
        assert_eq!(policy.death(Duration::from_secs(60)), Next::Retry(FIRST_DELAY));
        assert_eq!(policy.death(Duration::ZERO), Next::Retry(FIRST_DELAY));
    }

    #[test]
    fn a_person_starts_the_count_anew() {
        let mut policy = RestartPolicy::default();
        for _ in 0..5 {
            policy.death(Duration::ZERO);
        }
        policy.forget();
        assert_eq!(policy.death(Duration::ZERO), Next::Retry(FIRST_DELAY));
    }
}
