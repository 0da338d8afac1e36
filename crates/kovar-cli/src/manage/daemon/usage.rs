//! What a process uses, as Linux tells it in `/proc`. Elsewhere nothing is known.

use std::time::Instant;

/// How many ticks of processor time are a second. Linux tells user space 100, whatever it counts in.
const TICKS_PER_SECOND: f64 = 100.0;

/// What a process uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    pub(super) memory_bytes: u64,
    /// Of one core; absent in the first sample.
    pub(super) cpu_percent: Option<f64>,
}

/// Takes samples of one process.
#[derive(Debug)]
pub(super) struct Sampler {
    pid: u32,
    last: Option<(Instant, u64)>,
}

impl Sampler {
    pub(super) fn new(pid: u32) -> Self {
        Self { pid, last: None }
    }

    /// What the process uses now; the processor since the last sample.
    pub(super) fn sample(&mut self) -> Option<Usage> {
        let memory_bytes = memory(&std::fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?)?;
        let (now, ticks) = (Instant::now(), cpu_ticks(&stat(self.pid)?)?);
        let last = self.last.replace((now, ticks));
        let cpu_percent = last.map(|(then, before)| {
            let used = ticks.saturating_sub(before) as f64 / TICKS_PER_SECOND;
            100.0 * used / (now - then).as_secs_f64().max(f64::EPSILON)
        });
        Some(Usage { memory_bytes, cpu_percent })
    }
}

/// When a process was started, in ticks since the machine was.
pub(super) fn start_ticks(pid: u32) -> Option<u64> {
    let stat = stat(pid)?;
    // A zombie has ended, though its parent does not know it yet.
    if field(&stat, 3)? == "Z" { None } else { field(&stat, 22)?.parse().ok() }
}

fn stat(pid: u32) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()
}

/// User and system time: `proc_pid_stat(5)`, fields 14 and 15.
fn cpu_ticks(stat: &str) -> Option<u64> {
    Some(field(stat, 14)?.parse::<u64>().ok()? + field(stat, 15)?.parse::<u64>().ok()?)
}

/// The second field is a name in parentheses, which may hold spaces and parentheses.
fn field(stat: &str, number: usize) -> Option<&str> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(number - 3)
}

/// Resident memory, in bytes: `VmRSS: 1234 kB`.
fn memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_hides_nothing() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 1 0 9876 1 1";
        assert_eq!(cpu_ticks(stat), Some(300));
        assert_eq!(field(stat, 22), Some("9876"));
        assert_eq!(memory("Name:\tx\nVmRSS:\t    1024 kB\n"), Some(1 << 20));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_uses_something() {
        let mut sampler = Sampler::new(std::process::id());
        assert!(sampler.sample().unwrap().memory_bytes > 0);
        assert!(sampler.sample().unwrap().cpu_percent.is_some());
        assert!(start_ticks(std::process::id()).is_some());
    }
}
