//! How many files the app may have open. Each connection is one.

use kovar_serve::Limits;
use rustix::process::{Resource, Rlimit, getrlimit};

use super::finding::Finding;

/// Listeners, the database's files, the log, and what the app itself opens.
const BESIDE_CONNECTIONS: u64 = 256;

/// Below this, an app for one person runs dry.
const FEWEST: u64 = 256;

pub(super) fn check(workers: u64) -> Finding {
    let connections = Limits::default().connections.unwrap_or_default() as u64;
    judge(&getrlimit(Resource::Nofile), workers, connections)
}

/// A limit that is `None` is none.
fn judge(limit: &Rlimit, workers: u64, connections_per_worker: u64) -> Finding {
    let needed = workers * connections_per_worker + BESIDE_CONNECTIONS;
    let (soft, hard) = (limit.current.unwrap_or(u64::MAX), limit.maximum.unwrap_or(u64::MAX));
    let found = format!(
        "{} may be open (at most {}); {needed} are needed for {connections_per_worker} connections on each of {workers} workers",
        text(limit.current),
        text(limit.maximum),
    );
    let raise = match hard >= needed {
        true => format!("raise it with `ulimit -n {needed}`, or LimitNOFILE={needed} in the systemd unit"),
        false => format!("set LimitNOFILE={needed} in the systemd unit, or `nofile` in /etc/security/limits.conf"),
    };
    match soft {
        soft if soft >= needed => Finding::ok(found),
        soft if soft >= FEWEST => Finding::warn(found, raise),
        _ => Finding::fail(found, raise),
    }
}

fn text(limit: Option<u64>) -> String {
    limit.map_or_else(|| "any number".to_owned(), |limit| limit.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    fn of(soft: Option<u64>, hard: Option<u64>) -> Finding {
        judge(&Rlimit { current: soft, maximum: hard }, 2, 10_000)
    }

    #[test]
    fn each_connection_needs_one() {
        assert_finding(&of(Some(20_256), Some(20_256)), Verdict::Ok, "20256 are needed");
        assert_finding(&of(None, None), Verdict::Ok, "any number may be open");
        assert_finding(&of(Some(1024), Some(524_288)), Verdict::Warn, "`ulimit -n 20256`");
        assert_finding(&of(Some(1024), Some(4096)), Verdict::Warn, "limits.conf");
        assert_finding(&of(Some(255), None), Verdict::Fail, "255 may be open");
    }
}
