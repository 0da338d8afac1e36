//! How much memory is left: on the machine, and to the control group that a container or a systemd unit is.

use std::fs;
use std::path::{Path, PathBuf};

use super::finding::Finding;

const MEBIBYTE: u64 = 1024 * 1024;

/// An app with its database starts within this.
const LEAST: u64 = 32 * MEBIBYTE;

/// Below this, a few thousand connections may be too many.
const COMFORTABLE: u64 = 128 * MEBIBYTE;

/// Memory that is left, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Left {
    machine: Option<u64>,
    group: Option<u64>,
}

pub(super) fn check() -> Finding {
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    judge(Left { machine: available(&meminfo), group: left_in_group(Path::new("/sys/fs/cgroup"), &groups) })
}

fn judge(left: Left) -> Finding {
    let Some(least) = left.machine.into_iter().chain(left.group).min() else {
        return Finding::ok("this system does not tell how much is left");
    };
    let found = match left.group {
        Some(group) if group == least => format!("{} MiB left within the limit of the control group", least / MEBIBYTE),
        _ => format!("{} MiB left on this machine", least / MEBIBYTE),
    };
    let advice = "give it more: a bigger machine, or a higher limit of the container or of MemoryMax= in its unit";
    match least {
        least if least < LEAST => Finding::fail(found, advice),
        least if least < COMFORTABLE => Finding::warn(found, advice),
        _ => Finding::ok(found),
    }
}

/// `MemAvailable` of `/proc/meminfo`, which is in KiB.
fn available(meminfo: &str) -> Option<u64> {
    let value = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = value.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// What is left within the tightest limit of the group and those around it, in version 2 of control groups.
fn left_in_group(root: &Path, groups: &str) -> Option<u64> {
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let folder = root.join(group);
    let folders: Vec<PathBuf> =
        folder.ancestors().take_while(|folder| folder.starts_with(root)).map(Into::into).collect();
    let number = |folder: &Path, file: &str| fs::read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok();
    let left = |folder: &PathBuf| {
        // `memory.max` is the word `max` where there is no limit.
        Some(number(folder, "memory.max")?.saturating_sub(number(folder, "memory.current")?))
    };
    folders.iter().filter_map(left).min()
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    #[test]
    fn the_tighter_of_two_limits_counts() {
        let left = |machine, group| judge(Left { machine, group });
        assert_finding(&left(Some(8192 * MEBIBYTE), None), Verdict::Ok, "8192 MiB left on this machine");
        assert_finding(&left(Some(8192 * MEBIBYTE), Some(64 * MEBIBYTE)), Verdict::Warn, "64 MiB left within");
        assert_finding(&left(Some(16 * MEBIBYTE), Some(64 * MEBIBYTE)), Verdict::Fail, "16 MiB left on this machine");
        assert_finding(&left(None, None), Verdict::Ok, "does not tell");
    }

    #[test]
    fn the_machine_tells_what_is_available() {
        let meminfo = "MemTotal:       24000000 kB\nMemFree:  100 kB\nMemAvailable:   2048 kB\n";
        assert_eq!(available(meminfo), Some(2 * MEBIBYTE));
        assert_eq!(available(""), None);
    }

    #[test]
    fn a_group_is_limited_by_those_around_it() {
        let root = tempfile::tempdir().unwrap();
        let write = |folder: &str, max: &str, current: &str| {
            let folder = root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("memory.max"), max).unwrap();
            fs::write(folder.join("memory.current"), current).unwrap();
        };
        write("system.slice", "1000\n", "400\n");
        write("system.slice/shop.service", "max\n", "400\n");
        assert_eq!(left_in_group(root.path(), "0::/system.slice/shop.service\n"), Some(600));
        write("system.slice/shop.service", "500\n", "450\n");
        assert_eq!(left_in_group(root.path(), "0::/system.slice/shop.service\n"), Some(50));
        assert_eq!(left_in_group(root.path(), "0::/\n"), None);
        assert_eq!(left_in_group(root.path(), "4:memory:/shop\n"), None);
    }
}
