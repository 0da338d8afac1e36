//! How many connections the kernel keeps until the app accepts them.

use std::fs;

use super::finding::Finding;

/// What `kovar-serve` asks the kernel for. The kernel gives at most its own limit, and says nothing.
const WANTED: u32 = 4096;

pub(super) fn check() -> Finding {
    let text = fs::read_to_string("/proc/sys/net/core/somaxconn").ok();
    judge(text.and_then(|text| text.trim().parse().ok()))
}

fn judge(longest: Option<u32>) -> Finding {
    match longest {
        None => Finding::ok("this system does not tell how long it is"),
        Some(longest) if longest >= WANTED => Finding::ok(format!("{longest} connections may wait")),
        Some(longest) => Finding::warn(
            format!("{longest} connections may wait; the app asks for {WANTED}"),
            format!("`sysctl -w net.core.somaxconn={WANTED}`, and the same in /etc/sysctl.d to keep it"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    #[test]
    fn a_short_queue_is_told() {
        assert_finding(&judge(Some(4096)), Verdict::Ok, "4096 connections may wait");
        assert_finding(&judge(Some(128)), Verdict::Warn, "net.core.somaxconn=4096");
        assert_finding(&judge(None), Verdict::Ok, "does not tell");
    }
}
