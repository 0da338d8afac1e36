//! What each workload asks.

use super::bodies;
use super::workload::{Workload, loads};
use crate::bench::load::{get, post};
use crate::bench::options::Named as _;

/// wrk's programs, by the names of the workloads that put load on a server.
pub(super) fn all() -> impl Iterator<Item = (&'static str, String)> {
    loads(Workload::ALL).map(|workload| (workload.name(), script(workload)))
}

fn script(workload: Workload) -> String {
    match workload {
        Workload::Plaintext => get("/plaintext"),
        Workload::Json => get("/json"),
        Workload::Product => post("/products", bodies::PRODUCT),
        Workload::Order => post("/orders", &bodies::order()),
        Workload::Compressed => format!("{}wrk.headers['accept-encoding'] = 'gzip'\n", get("/catalogue")),
        Workload::Operations => ONE_OF_A_THOUSAND.to_owned(),
        Workload::Idle => String::new(),
    }
}

/// Every operation in turn, 37 further each time, so that neighbours in a table are not neighbours in time.
const ONE_OF_A_THOUSAND: &str = "\
local requests, next = {}, 0
init = function()
  for number = 0, 999 do
    local operation = (number * 37) % 1000
    requests[number] = wrk.format('GET', string.format('/resources%03d/items/%d', operation, number))
  end
end
request = function()
  next = (next + 1) % 1000
  return requests[next]
end
";
