//! Waiting for what must come true, up to a limit.

use std::time::{Duration, Instant};

const LOOK: Duration = Duration::from_millis(20);

/// Looks until it holds.
///
/// # Errors
/// When it does not within the limit: with what was waited for.
pub(super) fn wait_until(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) -> Result<(), String> {
    let end = Instant::now() + limit;
    while !holds() {
        if Instant::now() > end {
            return Err(format!("It was waited for {limit:?} until {what}."));
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}
