use super::{Verdict, all};
use crate::bench::live::measured::{Measured, Sample, Waits};
use crate::bench::live::memory::Memory;
use crate::bench::live::peers::PEERS;
use crate::bench::live::workload::Workload;
use crate::bench::live::{OFFER, Options, PeerResult, Results};
use crate::bench::machine::Machine;

fn measured(name: &str, workload: Workload, sample: Sample) -> PeerResult {
    let peer = PEERS.iter().find(|peer| peer.name == name).expect("there is such a peer");
    let mut measured = Measured::default();
    measured.samples.add(workload, sample);
    PeerResult { peer, versions: Vec::new(), outcome: Ok(measured) }
}

fn verdicts(peers: Vec<PeerResult>) -> Vec<Verdict> {
    let options = Options::parse(&OFFER, std::iter::empty()).expect("nothing is right");
    all(&Results::new(Machine::default(), &options, peers))
}

fn told(verdicts: &[Verdict]) -> Vec<(&str, &str, bool)> {
    verdicts.iter().map(|verdict| (verdict.wanted.as_str(), verdict.found.as_str(), verdict.holds)).collect()
}

#[test]
fn a_fan_out_is_compared_with_one_send_and_with_everybody() {
    let of = |name, rate, cpu_us| {
        let sample = Sample { per_second: Some(rate), cpu_us: Some(cpu_us), ..Sample::default() };
        measured(name, Workload::FanOut, sample)
    };
    let found = verdicts(vec![
        of("kovar", 300_000.0, 2.4),
        of("bare", 400_000.0, 2.0),
        of("axum", 100_000.0, 8.0),
        of("ws", 200_000.0, 2.1),
    ]);
    let expected = [
        ("≤ 1.15 × one `send`", "1.20 ×", false),
        ("≥ 200,000 (ws on Node)", "300,000", true),
        ("≤ 2.10 (ws on Node)", "2.40", false),
    ];
    assert_eq!(told(&found), expected);
}

#[test]
fn an_idle_connection_has_a_limit() {
    for (rss, holds) in [(4096.0, true), (4097.0, false)] {
        let sample = Sample { memory: Some(Memory { rss, ..Memory::default() }), ..Sample::default() };
        let found = verdicts(vec![measured("kovar", Workload::Idle, sample)]);
        assert_eq!((found.len(), found[0].holds), (1, holds));
    }
}

#[test]
fn latencies_are_compared_at_each_quantile() {
    let of = |name, p99_us| {
        let waits = Some(Waits { p50_us: 100.0, p99_us, p999_us: 5000.0 });
        measured(name, Workload::Latency, Sample { waits, ..Sample::default() })
    };
    let found = verdicts(vec![of("kovar", 900.0), of("axum", 800.0)]);
    let holds: Vec<bool> = found.iter().map(|verdict| verdict.holds).collect();
    assert_eq!(holds, [true, false, true]);
}

#[test]
fn without_kovar_nothing_is_said() {
    let sample = Sample { per_second: Some(1.0), ..Sample::default() };
    assert_eq!(verdicts(vec![measured("ws", Workload::Echo, sample)]), []);
    assert_eq!(verdicts(vec![measured("kovar", Workload::Echo, sample)]), []);
}
