use super::{Verdict, all};
use crate::bench::data::measured::{Measured, Sample};
use crate::bench::data::peers::PEERS;
use crate::bench::data::workload::Workload;
use crate::bench::data::{OFFER, Options, PeerResult, Results};
use crate::bench::machine::Machine;

fn measured(name: &str, workload: Workload, sample: Sample) -> PeerResult {
    let peer = PEERS.iter().find(|peer| peer.name == name).expect("there is such a peer");
    let mut measured = Measured::default();
    measured.loads.add(workload, sample);
    PeerResult { peer, versions: Vec::new(), outcome: Ok(measured) }
}

fn sample(requests_per_second: f64, app_cpu_us: f64, p99_us: f64) -> Sample {
    let (database_cpu_us, quiet_p99_us, times_quiet) = (None, None, None);
    Sample { requests_per_second, app_cpu_us, database_cpu_us, p50_us: 500.0, p99_us, quiet_p99_us, times_quiet }
}

fn verdicts(peers: Vec<PeerResult>) -> Vec<Verdict> {
    let options = Options::parse(&OFFER, std::iter::empty()).expect("nothing is right");
    all(&Results::new(Machine::default(), &options, peers))
}

fn told(verdicts: &[Verdict]) -> Vec<(&str, bool)> {
    verdicts.iter().map(|verdict| (verdict.found.as_str(), verdict.holds)).collect()
}

#[test]
fn reads_are_compared_with_axum_and_sqlx_and_with_everybody() {
    let of = |name, sample| measured(name, Workload::Read, sample);
    let found = verdicts(vec![
        of("kovar", sample(41_000.0, 20.0, 3000.0)),
        of("axum-sqlx", sample(10_000.0, 45.0, 9000.0)),
        of("axum-deadpool", sample(20_000.0, 30.0, 2900.0)),
    ]);
    assert_eq!(told(&found), [("4.10 ×", true), ("0.44 ×", false), ("41,000", true), ("3.00", false)]);
    assert_eq!(found[2].wanted, "> 20,000 (axum, deadpool-postgres)");
    assert_eq!(found[3].wanted, "≤ 2.90 (axum, deadpool-postgres)");
}

#[test]
fn inserts_on_sqlite_are_compared_with_sqlx_on_sqlite() {
    let of = |name, rate| measured(name, Workload::Insert, sample(rate, 20.0, 3000.0));
    let found = verdicts(vec![of("kovar-sqlite", 9_000.0), of("axum-sqlx-sqlite", 1_000.0), of("axum-sqlx", 99_000.0)]);
    assert_eq!(told(&found), [("9.00 ×", false), ("9,000", true), ("3.00", true)]);
}

#[test]
fn slow_statements_are_compared_with_the_quiet_moment_before() {
    for (p99_us, holds) in [(1990.0, true), (2000.0, false)] {
        let slowed = sample(9000.0, 20.0, p99_us).after(&sample(9000.0, 20.0, 1000.0));
        assert_eq!(verdicts(vec![measured("kovar", Workload::Slow, slowed)])[0].holds, holds);
    }
}

#[test]
fn without_kovar_or_without_peers_nothing_is_said() {
    let alone = |name| verdicts(vec![measured(name, Workload::Read, sample(1.0, 1.0, 1.0))]);
    assert_eq!(alone("kovar"), []);
    assert_eq!(alone("axum-sqlx"), []);
}
