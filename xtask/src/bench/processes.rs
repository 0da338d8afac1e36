//! What processes cost, read from `/proc`: a server may be several of them.

use std::collections::BTreeMap;
use std::fs;

/// The unit of CPU times in `/proc/PID/stat`: `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux that we know of.
const TICK_MS: u64 = 10;

/// How often a family is looked at before what was seen last is believed.
const LOOKS: usize = 50;

/// All processes of one group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group(pub(crate) u32);

/// A process with all its descendants, whatever groups those have put themselves into, as PostgreSQL's do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family(pub(crate) u32);

impl Family {
    /// The CPU time of all processes, and of those that have ended, in milliseconds. What ends between the looks at its
    /// parent and at itself is seen by neither, so it is looked until two looks in a row see the same processes.
    pub(crate) fn cpu_ms(self) -> f64 {
        let mut before = self.look();
        for _ in 0..LOOKS {
            let now = self.look();
            if now.0 == before.0 {
                return now.1;
            }
            before = now;
        }
        before.1
    }

    /// The members, and the CPU time of all.
    fn look(self) -> (Vec<u32>, f64) {
        let members = self.members();
        // Of twenty processes, twenty rounded ticks would be a fifth of a second.
        let cpu_ms = members.iter().map(|(process, stat)| running_ms(*process) + (stat.ended_ticks * TICK_MS) as f64);
        let cpu_ms = cpu_ms.sum();
        (members.into_iter().map(|(process, _)| process).collect(), cpu_ms)
    }

    /// In the order of their numbers.
    fn members(self) -> Vec<(u32, Stat)> {
        let all: BTreeMap<u32, Stat> = processes().into_iter().collect();
        let (mut left, mut found) = (vec![self.0], BTreeMap::new());
        while let Some(process) = left.pop() {
            left.extend(all.iter().filter(|(_, stat)| stat.parent == process).map(|(child, _)| *child));
            found.extend(all.get(&process).map(|stat| (process, *stat)));
        }
        found.into_iter().collect()
    }
}

/// Resident memory in KiB. Pages that several processes share are counted in each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) now_kib: u64,
    pub(crate) peak_kib: u64,
    /// Of what is resident now, that which no file is behind.
    pub(crate) anonymous_kib: u64,
}

impl Group {
    /// The CPU time of all processes, and of their children that have ended, in milliseconds.
    pub(crate) fn cpu_ms(self) -> u64 {
        self.members().iter().map(|(_, stat)| (stat.own_ticks + stat.ended_ticks) * TICK_MS).sum()
    }

    /// The CPU time of all threads that run, in milliseconds. The kernel's ticks, of which [`Group::cpu_ms`] is the sum,
    /// are too coarse for a server that wakes for a moment and sleeps again: each tick that meets it counts as a whole.
    pub(crate) fn running_cpu_ms(self) -> f64 {
        self.members().into_iter().map(|(process, _)| running_ms(process)).sum()
    }

    pub(crate) fn memory(self) -> Memory {
        let mut memory = Memory::default();
        for (process, _) in self.members() {
            // One that ends between the two looks has no memory.
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            memory.now_kib += kib(&status, "VmRSS:").unwrap_or_default();
            memory.peak_kib += kib(&status, "VmHWM:").unwrap_or_default();
            memory.anonymous_kib += kib(&status, "RssAnon:").unwrap_or_default();
        }
        memory
    }

    /// Whether every process has ended. One that nobody has waited for yet has.
    pub(crate) fn has_ended(self) -> bool {
        self.members().iter().all(|(_, stat)| stat.is_zombie)
    }

    fn members(self) -> Vec<(u32, Stat)> {
        processes().into_iter().filter(|(_, stat)| stat.group == self.0).collect()
    }
}

/// The CPU time of all threads of a process, in milliseconds.
pub(crate) fn running_ms(process: u32) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).ok();
    let schedstats =
        tasks.into_iter().flatten().filter_map(|task| fs::read_to_string(task.ok()?.path().join("schedstat")).ok());
    // sched-stats(4.rst) of the kernel: the first number is the time spent on the CPU, in nanoseconds.
    schedstats.filter_map(|text| text.split(' ').next()?.parse::<f64>().ok()).sum::<f64>() / 1e6
}

fn processes() -> Vec<(u32, Stat)> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let with_stat = numbers.filter_map(|process: u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        Some((process, Stat::parse(&stat)?))
    });
    with_stat.collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    group: u32,
    own_ticks: u64,
    /// Of children that have ended.
    ended_ticks: u64,
    is_zombie: bool,
}

impl Stat {
    /// Reads a line of `/proc/PID/stat`. The name, in parentheses, may hold anything, parentheses included.
    fn parse(line: &str) -> Option<Self> {
        let (_, after_name) = line.rsplit_once(") ")?;
        let fields: Vec<&str> = after_name.split(' ').collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        // proc(5): the parent is field 4, the group 5; utime, stime, cutime and cstime are 14 to 17. The first field here is 3.
        let (own_ticks, ended_ticks) = (number(11)? + number(12)?, number(13)? + number(14)?);
        let process = |index: usize| fields.get(index)?.parse().ok();
        Some(Self { parent: process(1)?, group: process(2)?, own_ticks, ended_ticks, is_zombie: fields[0] == "Z" })
    }
}

/// The number of `VmRSS:     5120 kB`.
fn kib(status: &str, field: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Family, Stat, kib};

    #[test]
    fn the_stat_of_a_process_with_a_spiteful_name() {
        let line = "42 (a) b (c) S 1 40 40 0 -1 4194304 5 6 7 8 100 20 3 4 20 0 1 0 12345 1000 200 0";
        assert_eq!(
            Stat::parse(line),
            Some(Stat { parent: 1, group: 40, own_ticks: 120, ended_ticks: 7, is_zombie: false })
        );
        assert!(Stat::parse(&line.replace("S 1", "Z 1")).is_some_and(|stat| stat.is_zombie));
        assert_eq!(Stat::parse("nonsense"), None);
    }

    #[test]
    fn a_family_is_as_old_as_its_members() {
        let started = std::time::Instant::now();
        while Family(std::process::id()).cpu_ms() == 0.0 {
            assert!(started.elapsed() < std::time::Duration::from_secs(30), "no CPU time is seen");
        }
    }

    #[test]
    fn memory_is_read_from_the_status() {
        assert_eq!(kib("Name:\tx\nVmHWM:\t   71244 kB\n", "VmHWM:"), Some(71_244));
        assert_eq!(kib("Name:\tx\n", "VmHWM:"), None);
    }
}
