use super::page;
use crate::bench::live::measured::{Measured, Sample, Waits};
use crate::bench::live::memory::Memory;
use crate::bench::live::peers::PEERS;
use crate::bench::live::workload::Workload;
use crate::bench::live::{OFFER, Options, PeerResult, Results};
use crate::bench::machine::Machine;

/// Somebody whose fan-out costs so much, and who does everything else alike.
fn measured(name: &str, cpu_us: f64) -> PeerResult {
    let peer = PEERS.iter().find(|peer| peer.name == name).expect("there is such a peer");
    let mut measured = Measured::default();
    let waits = Some(Waits { p50_us: 500.0, p99_us: 2500.0, p999_us: 9000.0 });
    let rate = Some(1_000_000.0 / cpu_us);
    let fan_out = Sample { per_second: rate, cpu_us: Some(cpu_us), waits, last_ms: Some(31.0), ..Sample::default() };
    measured.samples.add(Workload::FanOut, fan_out);
    let memory = Some(Memory { rss: 2100.4, anonymous: 2000.0, kernel: 5000.0 });
    measured.samples.add(Workload::Idle, Sample { memory, ..Sample::default() });
    PeerResult { peer, versions: Vec::new(), outcome: Ok(measured) }
}

fn text(peers: Vec<PeerResult>) -> String {
    let options = Options::parse(&OFFER, std::iter::empty()).expect("nothing is right");
    page(&Results::new(Machine::default(), &options, peers))
}

#[test]
fn where_kovar_loses_the_page_says_so() {
    let page = text(vec![measured("kovar", 3.0), measured("bare", 2.0), measured("ws", 2.5)]);
    assert!(page.contains("1.50 × | **no** |"), "{page}");
    let (_, fan_out) = page.split_once("## One message to 10,000").expect("there is such a table");
    assert!(fan_out.find("| ws on Node ") < fan_out.find("| **Kovar** "), "{page}");
}

#[test]
fn a_fan_out_is_told_in_calls_of_send() {
    let page = text(vec![measured("kovar", 3.0), measured("bare", 2.0)]);
    assert!(page.contains("| **Kovar**             |      333,333 |   3.00 |             1.50 |"), "{page}");
}

#[test]
fn memory_is_told_in_bytes() {
    let page = text(vec![measured("kovar", 3.0)]);
    assert!(
        page.contains("| **Kovar** |           2,100 |             2,000 |              5,000 |    0 % |"),
        "{page}"
    );
}

#[test]
fn who_does_not_do_it_has_a_dash_and_a_reason() {
    let mut kovar = measured("kovar", 3.0);
    if let Ok(measured) = &mut kovar.outcome {
        let recovered = Sample { per_second: Some(9.0), cpu_us: Some(1.0), last_ms: Some(5.0), ..Sample::default() };
        measured.samples.add(Workload::Recovery, recovered);
    }
    let page = text(vec![kovar, measured("ws", 3.0), measured("bare", 2.0)]);
    assert!(page.contains("ws on Node: it keeps nothing for who comes again."), "{page}");
    assert!(!page.contains("it only sends") && !page.contains("An echo, 64 at once\n\n|"), "{page}");
    assert!(page.contains("uWebSockets.js: "), "{page}");
}
