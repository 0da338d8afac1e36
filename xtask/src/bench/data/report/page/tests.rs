use super::page;
use crate::bench::data::measured::{Measured, Sample};
use crate::bench::data::peers::PEERS;
use crate::bench::data::workload::Workload;
use crate::bench::data::{OFFER, Options, PeerResult, Results};
use crate::bench::machine::Machine;

fn measured(name: &str, requests_per_second: f64) -> PeerResult {
    let peer = PEERS.iter().find(|peer| peer.name == name).expect("there is such a peer");
    let mut measured = Measured::default();
    let (p50_us, p99_us, quiet_p99_us, times_quiet) = (500.0, 2500.0, Some(1000.0), Some(2.5));
    let (app_cpu_us, database_cpu_us) = (20.0, Some(30.0));
    let sample = Sample { requests_per_second, app_cpu_us, database_cpu_us, p50_us, p99_us, quiet_p99_us, times_quiet };
    measured.loads.add(Workload::Read, sample);
    measured.loads.add(Workload::Slow, sample);
    PeerResult { peer, versions: Vec::new(), outcome: Ok(measured) }
}

fn text(peers: Vec<PeerResult>) -> String {
    let options = Options::parse(&OFFER, std::iter::empty()).expect("nothing is right");
    page(&Results::new(Machine::default(), &options, peers))
}

#[test]
fn where_kovar_loses_the_page_says_so() {
    let page = text(vec![measured("kovar", 9000.0), measured("axum-sqlx", 10_000.0)]);
    assert!(page.contains("| 0.90 × | **no** |"), "{page}");
    assert!(page.find("| axum, sqlx ") < page.find("| **Kovar** "), "{page}");
}

#[test]
fn beside_slow_statements_the_p99_is_told_twice() {
    let page = text(vec![measured("kovar", 9000.0)]);
    assert!(page.contains("|   2.50 |         1.00 |  2.50 |      9,000 |"), "{page}");
}

#[test]
fn what_nobody_was_measured_in_has_no_table() {
    let page = text(vec![measured("kovar", 9000.0)]);
    assert!(!page.contains(", SQLite") && !page.contains("POST a product"), "{page}");
}
