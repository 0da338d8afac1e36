//! Whether a number that goes up and down stays where it is.

/// How much more there may be at the end than at the beginning, in percent.
const GROWN_PERCENT: u64 = 10;

/// What is taken for a trend: each quarter above the one before, and this much in all, in percent.
const TREND_PERCENT: u64 = 4;

/// How many samples a trend needs: five minutes of them. In fewer, warming up looks the same.
const TREND_SAMPLES: usize = 600;

/// How many files more may be open: connections come and go.
const MORE_FILES: u64 = 4;

/// The memory of one process, in the order of time.
///
/// # Errors
/// When there is growth or a trend, and when nothing was seen.
pub(super) fn memory(kib: &[u64]) -> Result<(), String> {
    flat(kib, 0).map_err(|why| format!("{why} KiB."))
}

/// The open files of one process, in the order of time, while clients come and go.
///
/// # Errors
/// As for [`memory`].
pub(super) fn files(open: &[u64]) -> Result<(), String> {
    flat(open, MORE_FILES).map_err(|why| format!("{why} open files."))
}

fn flat(samples: &[u64], slack: u64) -> Result<(), String> {
    if samples.len() < 16 {
        return Err(format!("There are {} samples only, of", samples.len()));
    }
    let quarters: Vec<u64> = samples.chunks(samples.len().div_ceil(4)).map(median).collect();
    let (first, last) = (quarters[0], quarters[3]);
    let is_rising = samples.len() >= TREND_SAMPLES && quarters.is_sorted_by(|earlier, later| earlier < later);
    let is_above = |percent: u64| last > first + first * percent / 100 + slack;
    match first == 0 || is_above(GROWN_PERCENT) || (is_rising && is_above(TREND_PERCENT)) {
        true => Err(format!("It grew: the medians of the quarters are {quarters:?}")),
        false => Ok(()),
    }
}

/// # Errors
/// When more files are open than before, each time when nobody is connected.
pub(super) fn files_of_successor(before: u64, after: u64) -> Result<(), String> {
    match after <= before + MORE_FILES / 2 {
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
    use super::{files, files_of_successor, memory};

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
        assert!(files_of_successor(20, 21).is_ok());
        assert!(files_of_successor(20, 26).is_err());
    }

    #[test]
    fn clients_may_come_and_go_but_files_may_not_stay() {
        let open = |leaked: u64| (0..60).map(|number| 30 + number % 5 + leaked * number / 10).collect::<Vec<_>>();
        assert_eq!(files(&open(0)), Ok(()));
        assert!(files(&open(2)).is_err());
    }
}
