//! The load: wrk on the other core.
//!
//! wrk is a closed loop: each of its connections sends the next request when the last is answered. Its percentiles are
//! those of a server at full load, and leave out what would have waited had clients not waited themselves.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::places::Places;
use crate::command::{limited, run};

pub(crate) const CONNECTIONS: usize = 64;

/// Prints what we need of wrk's results as one line of JSON.
pub(crate) const DONE: &str = r#"
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"duration_us":%d,"failed":%d,"refused":%d,"p50_us":%d,"p99_us":%d,"p999_us":%d}\n',
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
"#;

/// What wrk saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    pub(crate) requests: u64,
    pub(crate) duration_us: u64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
}

/// Loads a server for so many seconds, or for as long as the program of wrk says, with so many connections.
///
/// # Errors
/// When wrk fails, or any request does.
pub(crate) fn run_wrk(address: SocketAddr, script: &Path, connections: usize, seconds: u64) -> Result<Load, String> {
    let mut wrk = limited("wrk", Duration::from_secs(seconds + 60));
    wrk.args(["--threads", "1", "--connections", &connections.to_string(), "--timeout", "10s"]);
    wrk.args(["--duration", &format!("{seconds}s")]).arg("--script").arg(script);
    parse(&run(wrk.arg(format!("http://{address}/")))?)
}

/// Reads what `DONE` printed, below what wrk prints itself.
///
/// # Errors
/// When it is not there, or any request failed.
pub(crate) fn parse(said: &str) -> Result<Load, String> {
    let line = said.lines().rev().find(|line| line.starts_with('{'));
    let seen: Value = line.and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let number = |key: &str| seen[key].as_u64().ok_or_else(|| format!("wrk said no `{key}`:\n{said}"));
    let (failed, refused) = (number("failed")?, number("refused")?);
    if failed + refused > 0 {
        return Err(format!("{failed} requests failed and {refused} were answered with an error"));
    }
    let (requests, duration_us) = (number("requests")?, number("duration_us")?);
    if requests == 0 {
        return Err("no request was answered".to_owned());
    }
    let microseconds = |key| number(key).map(|number| number as f64);
    let (p50_us, p99_us, p999_us) = (microseconds("p50_us")?, microseconds("p99_us")?, microseconds("p999_us")?);
    Ok(Load { requests, duration_us, p50_us, p99_us, p999_us })
}

/// Writes wrk's programs, by their names.
///
/// # Errors
/// When the file system refuses.
pub(super) fn write_scripts(
    places: &Places,
    scripts: impl Iterator<Item = (&'static str, String)>,
) -> Result<(), String> {
    for (name, text) in scripts {
        let path = places.script(name);
        let folder = path.parent().unwrap_or(&path);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, format!("{text}{DONE}")));
        written.map_err(|error| format!("Could not write wrk's program {}: {error}", path.display()))?;
    }
    Ok(())
}

/// A program that asks for one path. wrk makes a request that never changes once only.
pub(super) fn get(path: &str) -> String {
    format!("wrk.path = '{path}'\n")
}

/// A program that posts one body.
pub(super) fn post(path: &str, body: &str) -> String {
    let headers = "wrk.headers['content-type'] = 'application/json'";
    format!("wrk.method = 'POST'\nwrk.path = '{path}'\n{headers}\nwrk.body = [==[{body}]==]\n")
}

#[cfg(test)]
mod tests {
    use super::{Load, parse};

    const SAID: &str = "Running 1s test @ http://127.0.0.1:1/\n  1 threads and 64 connections\n\
        {\"requests\":1000,\"duration_us\":1000100,\"failed\":0,\"refused\":0,\"p50_us\":800,\"p99_us\":2100,\"p999_us\":3100}\n";

    #[test]
    fn what_wrk_says_is_read() {
        let load = Load { requests: 1000, duration_us: 1_000_100, p50_us: 800.0, p99_us: 2100.0, p999_us: 3100.0 };
        assert_eq!(parse(SAID), Ok(load));
    }

    #[test]
    fn a_request_that_failed_spoils_the_measurement() {
        for (from, to, told) in [
            (r#""failed":0"#, r#""failed":3"#, "3 requests failed"),
            (r#""refused":0"#, r#""refused":5"#, "5 were answered with an error"),
            (r#""requests":1000"#, r#""requests":0"#, "no request was answered"),
            (r#""p50_us""#, r#""p40_us""#, "no `p50_us`"),
        ] {
            let problem = parse(&SAID.replace(from, to)).expect_err(told);
            assert!(problem.contains(told), "{problem}");
        }
        assert!(parse("wrk: command not found").is_err());
    }
}
