//! Whether a number that goes up and down stays where it is.

/// How much more memory there may be at the end than at the beginning, in percent.
const GROWN_PERCENT: u64 = 10;

/// What is taken for a trend: each quarter above the one before, and this much in all, in percent.
const TREND_PERCENT: u64 = 4;

/// How many samples a trend needs: five minutes of them. In fewer, warming up looks the same.
const TREND_SAMPLES: usize = 600;

/// How many files more may be open: the log and the admin listener's own connections come and go.
const MORE_FILES: usize = 2;

/// The samples of one process, in the order of time.
///
/// # Errors
/// When there is growth or a trend, and when nothing was seen.
pub(super) fn memory(samples: &[u64]) -> Result<(), String> {
    if samples.len() < 16 {
        return Err(format!("There are {} samples only.", samples.len()));
    }
    let quarters: Vec<u64> = samples.chunks(samples.len().div_ceil(4)).map(median).collect();
    let (first, last) = (quarters[0], quarters[3]);
    let is_rising = samples.len() >= TREND_SAMPLES && quarters.is_sorted_by(|earlier, later| earlier < later);
    let is_above = |percent: u64| last > first + first * percent / 100;
    match first == 0 || is_above(GROWN_PERCENT) || (is_rising && is_above(TREND_PERCENT)) {
        true => Err(format!("It grew: the medians of the quarters are {quarters:?} KiB.")),
        false => Ok(()),
    }
}

/// # Errors
/// When more files are open than before.
pub(super) fn files(before: usize, after: usize) -> Result<(), String> {
    match after <= before + MORE_FILES {
        true => Ok(()),
        false => Err(format!("{before} files were open before, {after} after.")),
    }
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::{files, memory};

    fn check(sample: impl Fn(u64) -> u64, is_flat: bool) {
        let samples: Vec<u64> = (0..1000).map(sample).collect();
        assert_eq!(memory(&samples).is_ok(), is_flat, "{samples:?}");
    }

    #[test]
    fn memory_may_go_up_and_down_but_not_up() {
        check(|_| 20_000, true);
        check(|number| 20_000 + number % 7 * 900, true);
        check(|number| 20_000 + number / 2, true);
        check(|number| 20_000 + number * 2, false);
        check(|number| if number < 500 { 20_000 } else { 23_000 }, false);
        check(|_| 0, false);
        assert!(memory(&[1; 3]).is_err());
    }

    #[test]
    fn one_file_for_each_reload_is_too_many() {
        assert!(files(20, 21).is_ok());
        assert!(files(20, 26).is_err());
    }
}
