//! What each workload asks.

use super::workload::Workload;
use crate::bench::options::Named as _;

/// How many requests of a short link are measured.
const LINK_REQUESTS: usize = 1_000_000;
const QUICK_LINK_REQUESTS: usize = 20_000;

/// A product that everybody accepts.
pub(super) const PRODUCT: &str = r#"{"name":"Desk lamp","description":"Warm light, with a dimmer","price_cents":3990,"stock":12,"category":"lamps"}"#;

/// wrk's programs, by the names of the workloads.
pub(super) fn all(is_quick: bool) -> impl Iterator<Item = (&'static str, String)> {
    Workload::ALL.iter().map(move |workload| (workload.name(), script(*workload, is_quick)))
}

fn script(workload: Workload, is_quick: bool) -> String {
    match workload {
        Workload::Read | Workload::Slow => each_in_turn(10_000, READ, ""),
        Workload::List => each_in_turn(100, LIST, ""),
        Workload::Bundle => each_in_turn(10_000, BUNDLE, ""),
        Workload::Update => each_in_turn(10_000, UPDATE, ""),
        Workload::Mixed => each_in_turn(10_000, &format!("(number % 10 == 0) and {UPDATE} or {READ}"), ""),
        Workload::Insert => each_in_turn(100, &insert(), ""),
        Workload::Links10 | Workload::Links50 | Workload::Links100 => {
            each_in_turn(10_000, LINK, &stop_after(if is_quick { QUICK_LINK_REQUESTS } else { LINK_REQUESTS }))
        }
    }
}

const READ: &str = "wrk.format('GET', '/products/' .. number + 1)";
const LIST: &str = "wrk.format('GET', '/products?limit=10&category=c' .. number)";
const BUNDLE: &str = "wrk.format('GET', '/bundles/' .. number)";
const UPDATE: &str = r#"wrk.format('POST', '/products/' .. number + 1 .. '/stock', json, '{"change":-1}')"#;
const LINK: &str = "wrk.format('GET', string.format('/s%05d', number))";

fn insert() -> String {
    let body = PRODUCT.replace("lamps", "c' .. number .. '");
    format!("wrk.format('POST', '/products', json, '{body}')")
}

/// Ends the load, as Ctrl-C would. A shell of its own does it, since wrk's programs know no signals.
fn stop_after(requests: usize) -> String {
    format!("  sent = sent + 1\n  if sent == {requests} then io.popen('kill -INT $PPID') end\n")
}

/// A request for each number in turn, 7,919 further each time, so that neighbours in a table are not neighbours in time.
fn each_in_turn(count: usize, request: &str, then: &str) -> String {
    format!(
        "local json = {{ ['content-type'] = 'application/json' }}\n\
         local requests, next, sent = {{}}, 0, 0\n\
         init = function()\n  for number = 0, {count} - 1 do\n    requests[number] = {request}\n  end\nend\n\
         request = function()\n  next = (next + 7919) % {count}\n{then}  return requests[next]\nend\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{Workload, script};

    #[test]
    fn links_are_asked_for_a_million_times() {
        assert!(script(Workload::Links50, false).contains("sent == 1000000"));
        assert!(script(Workload::Links50, true).contains("sent == 20000 "));
        assert!(!script(Workload::Read, false).contains("popen"));
    }

    #[test]
    fn what_is_inserted_differs_in_its_category() {
        let script = script(Workload::Insert, false);
        assert!(script.contains(r#""category":"c' .. number .. '"}')"#), "{script}");
    }
}
