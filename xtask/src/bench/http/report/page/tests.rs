use super::{cpu_table, page};
use crate::bench::http::idle::IdleCost;
use crate::bench::http::measured::{Measured, Sample};
use crate::bench::http::peers::PEERS;
use crate::bench::http::size::Size;
use crate::bench::http::workload::Workload;
use crate::bench::http::{OFFER, Options, PeerResult, Results};
use crate::bench::machine::Machine;
use crate::bench::peer::Peer;

fn peer(name: &str) -> &'static Peer {
    PEERS.iter().find(|peer| peer.name == name).expect("there is such a peer")
}

fn with_cpu(name: &str, cpu_us: f64) -> PeerResult {
    let mut measured = Measured::new(Size { bytes: 8_000_000, runtime: None });
    measured.started_ms.push(12.0);
    measured.idle_kib.push(9000.0);
    measured.idle.push(IdleCost { kib_per_connection: 3.5, cpu_ms_per_second: 1.0 });
    let sample = Sample {
        requests_per_second: 1e6 / cpu_us,
        cpu_us,
        p50_us: 400.0,
        p99_us: 900.0,
        p999_us: 2000.0,
        rss_kib: 1e4,
    };
    measured.loads.add(Workload::Product, sample);
    measured.loads.add(Workload::Product, Sample { cpu_us: cpu_us * 1.1, ..sample });
    PeerResult { peer: peer(name), versions: vec![("axum".to_owned(), "0.8.9".to_owned())], outcome: Ok(measured) }
}

fn results(peers: Vec<PeerResult>) -> Results {
    let words = "--workload product,idle --rounds 2".split(' ').map(str::to_owned);
    Results::new(Machine::default(), &Options::parse(&OFFER, words).expect("the words are right"), peers)
}

#[test]
fn the_least_is_bold_and_the_floor_is_not_counted() {
    let table = cpu_table(&results(vec![with_cpu("floor", 5.0), with_cpu("kovar", 8.0), with_cpu("axum", 9.0)]));
    assert!(table.contains("| 5.25 |") || table.contains(" 5.25 |"), "{table}");
    assert!(table.contains("**8.40**"), "{table}");
    assert!(!table.contains("**5.25**") && !table.contains("**9.45**"), "{table}");
}

#[test]
fn a_peer_that_wins_is_told() {
    let page = page(&results(vec![with_cpu("kovar", 8.0), with_cpu("actix-web", 7.0), with_cpu("axum", 9.0)]));
    let line = "- POST a product, typed and validated: actix-web, garde 7.35 (Kovar 8.40) CPU µs";
    assert!(page.contains(line), "{page}");
}

#[test]
fn who_is_missing_is_told_with_the_reason() {
    let skipped =
        PeerResult { peer: peer("gin"), versions: Vec::new(), outcome: Err("Go is not\n  installed".to_owned()) };
    let page = page(&results(vec![with_cpu("kovar", 8.0), skipped]));
    assert!(page.contains("## Left out\n\n- Gin: Go is not installed\n"), "{page}");
    assert!(page.contains("| Gin (left out, see below) |"), "{page}");
    assert!(page.contains("In nothing that was measured here."), "{page}");
}

#[test]
fn a_workload_that_failed_once_has_no_number() {
    let mut kovar = with_cpu("kovar", 8.0);
    if let Ok(measured) = &mut kovar.outcome {
        measured.loads.failed(Workload::Product, "3 requests failed".to_owned());
    }
    let page = page(&results(vec![kovar]));
    assert!(page.contains("- Kovar, POST a product, typed and validated: 3 requests failed"), "{page}");
    assert!(!page.contains("8.40"), "{page}");
}

#[test]
fn a_partial_run_says_so() {
    assert!(page(&results(vec![with_cpu("kovar", 8.0)])).contains("**This is a quick or partial run"));
}
