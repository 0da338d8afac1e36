//! What Linux says about this process. Elsewhere nothing is known.

use std::fs;

/// Linux counts CPU time for programs in hundredths of a second, whatever the kernel's own clock is
/// (`proc_pid_stat(5)`).
const TICKS_PER_SECOND: f64 = 100.0;

/// What is known of this process.
#[derive(Debug, Default)]
pub(super) struct Process {
    pub(super) cpu_seconds: Option<f64>,
    pub(super) resident_bytes: Option<f64>,
    pub(super) threads: Option<f64>,
    pub(super) open_files: Option<f64>,
    pub(super) most_files: Option<f64>,
    pub(super) started: Option<f64>,
}

impl Process {
    pub(super) fn now() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let (status, stat, limits) = (read("/proc/self/status"), read("/proc/self/stat"), read("/proc/self/limits"));
        Self {
            cpu_seconds: stat_field(&stat, 14)
                .zip(stat_field(&stat, 15))
                .map(|(user, system)| (user + system) / TICKS_PER_SECOND),
            resident_bytes: status_field(&status, "VmRSS:").map(|kilobytes| kilobytes * 1024.0),
            threads: status_field(&status, "Threads:"),
            open_files: open_files().map(|count| count as f64),
            most_files: limits
                .lines()
                .find(|line| line.starts_with("Max open files"))
                .and_then(|line| line.split_whitespace().nth(3)?.parse().ok()),
            started: start_time(&stat, &read("/proc/stat")),
        }
    }
}

/// Since Linux 6.2 the folder's size is their number; before, it has to be read, which takes long where there are many.
fn open_files() -> Option<u64> {
    const FOLDER: &str = "/proc/self/fd";
    match fs::metadata(FOLDER).ok()?.len() {
        0 => fs::read_dir(FOLDER).ok().map(|files| files.count() as u64),
        count => Some(count),
    }
}

fn status_field(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A field by its number in the manual. The second is a name, which may hold spaces.
fn stat_field(stat: &str, number: usize) -> Option<f64> {
    let after_name = stat.rsplit_once(')')?.1;
    after_name.split_whitespace().nth(number - 3)?.parse().ok()
}

fn start_time(stat: &str, of_system: &str) -> Option<f64> {
    let booted: f64 = of_system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(booted + stat_field(stat, 22)? / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_after_a_name_with_spaces() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 5 0 1000 1 2";
        assert_eq!((stat_field(stat, 14), stat_field(stat, 15)), (Some(250.0), Some(50.0)));
        assert_eq!(start_time(stat, "cpu 1\nbtime 1700000000\n"), Some(1_700_000_010.0));
        assert_eq!(status_field("Name:\tx\nVmRSS:\t  12 kB\n", "VmRSS:"), Some(12.0));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_known() {
        let process = Process::now();
        let all = [process.resident_bytes, process.threads, process.open_files, process.most_files, process.started];
        assert!(all.iter().all(|number| number.is_some_and(|number| number > 0.0)), "{process:?}");
    }
}
