//! What memory connections take: the server's own, and the kernel's.

use std::fs;

use crate::bench::processes::Group;

/// The size of a page.
const PAGE: f64 = 4096.0;

/// Memory at a moment, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Memory {
    /// The server's resident pages.
    pub(super) rss: f64,
    /// Those of them that no file is behind.
    pub(super) anonymous: f64,
    /// The kernel's slabs, and the pages in which data waits in sockets: of the whole machine.
    pub(super) kernel: f64,
}

impl Memory {
    pub(super) fn now(server: Group) -> Self {
        let memory = server.memory();
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        Self {
            rss: memory.now_kib as f64 * 1024.0,
            anonymous: memory.anonymous_kib as f64 * 1024.0,
            kernel: slabs(&read("/proc/meminfo")) + waiting(&read("/proc/net/sockstat")),
        }
    }

    /// What each of so many connections has added.
    pub(super) fn added_since(self, before: Self, connections: usize) -> Self {
        let each = |now: f64, before: f64| (now - before) / connections as f64;
        Self {
            rss: each(self.rss, before.rss),
            anonymous: each(self.anonymous, before.anonymous),
            kernel: each(self.kernel, before.kernel),
        }
    }
}

/// The line `Slab:  123456 kB`, in bytes.
fn slabs(meminfo: &str) -> f64 {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("Slab:"));
    let kib: Option<f64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.unwrap_or_default() * 1024.0
}

/// The number after `mem` in the line of TCP, which counts pages.
fn waiting(sockstat: &str) -> f64 {
    let line = sockstat.lines().find_map(|line| line.strip_prefix("TCP:"));
    let pages: Option<f64> =
        line.and_then(|line| line.split_whitespace().skip_while(|word| *word != "mem").nth(1)?.parse().ok());
    pages.unwrap_or_default() * PAGE
}

#[cfg(test)]
mod tests {
    use super::{Memory, slabs, waiting};

    #[test]
    fn the_kernel_says_what_it_has() {
        assert_eq!(slabs("MemFree: 5 kB\nSlab:             1000 kB\nSReclaimable: 3 kB\n"), 1_024_000.0);
        let sockstat = "sockets: used 200\nTCP: inuse 5 orphan 0 tw 11 alloc 7 mem 3\nUDP: inuse 1 mem 9\n";
        assert_eq!(waiting(sockstat), 3.0 * 4096.0);
        assert_eq!((slabs(""), waiting("TCP: inuse 5")), (0.0, 0.0));
    }

    #[test]
    fn memory_is_of_each_connection() {
        let before = Memory { rss: 1000.0, anonymous: 500.0, kernel: 0.0 };
        let after = Memory { rss: 3000.0, anonymous: 1500.0, kernel: 4000.0 };
        assert_eq!(after.added_since(before, 10), Memory { rss: 200.0, anonymous: 100.0, kernel: 400.0 });
    }
}
