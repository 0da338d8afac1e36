//! One round of one peer, and the look at it before: nobody is quick at the wrong thing.

use std::time::Duration;

use super::Options;
use super::dialect::Dialect;
use super::measured::{Measured, Sample};
use super::peers::{first_path, reason};
use super::scene::{Outcomes, Scene, Size, Stage, Times};
use super::workload::Workload;
use crate::bench::options::Named as _;
use crate::bench::peer::Peer;
use crate::bench::places::Places;
use crate::bench::server::{Log, Server, Start};

const IN_CHECK: Times = Times {
    warm_up: Duration::from_millis(50),
    measured: Duration::from_millis(200),
    quiet: Duration::from_millis(200),
};

/// Does everything once with few connections: every message must come to whom it is for, once and in order.
///
/// # Errors
/// With everything that the peer does wrong.
pub(super) fn check(peer: &Peer, places: &Places) -> Result<(), String> {
    println!("Checking {}", peer.label);
    let mut problems = Vec::new();
    for scene in Scene::ALL {
        let asked = asked(peer, scene, Workload::ALL);
        if asked.is_empty() {
            continue;
        }
        for (workload, outcome) in play(peer, scene, &asked, places, (Size::SMALL, IN_CHECK, Log::Kept))? {
            if let Err(why) = outcome {
                problems.push(format!("{}: {why}", workload.title()));
            }
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(format!("not measured, since it is wrong: {}", problems.join("; "))),
    }
}

/// Starts the peer for each scene, and adds what is measured.
///
/// # Errors
/// When the peer does not start. A workload that fails is told where its numbers would be.
pub(super) fn round(peer: &Peer, measured: &mut Measured, places: &Places, options: &Options) -> Result<(), String> {
    let Options { seconds, warm_up_seconds, .. } = *options;
    let times = Times {
        warm_up: Duration::from_secs(warm_up_seconds),
        measured: Duration::from_secs(seconds),
        quiet: Duration::from_secs(2),
    };
    for scene in Scene::ALL {
        let asked = asked(peer, scene, &options.workloads);
        if asked.is_empty() {
            continue;
        }
        for (workload, outcome) in play(peer, scene, &asked, places, (Size::FULL, times, Log::Dropped))? {
            match outcome {
                Ok(sample) => {
                    println!("  {:<12}{:<10}{}", peer.name, workload.name(), told(&sample));
                    measured.samples.add(workload, sample);
                }
                Err(why) => {
                    println!("  {:<12}{:<10}{why}", peer.name, workload.name());
                    measured.samples.failed(workload, why);
                }
            }
        }
    }
    Ok(())
}

fn asked(peer: &Peer, scene: Scene, workloads: &[Workload]) -> Vec<Workload> {
    let all = scene.workloads().iter().copied();
    all.filter(|workload| workloads.contains(workload) && reason(peer, *workload).is_none()).collect()
}

fn play(
    peer: &Peer,
    scene: Scene,
    asked: &[Workload],
    places: &Places,
    (size, times, log): (Size, Times, Log),
) -> Result<Outcomes, String> {
    let start = Start { app: scene.app(), environment: Vec::new(), first_path: first_path(peer), log };
    let mut server = Server::start(peer, &start, places)?;
    let (address, processes) = (server.address, server.processes());
    let stage = Stage { address, server: processes, dialect: Dialect::of(peer), size, times };
    let outcomes = stage.play(scene, asked);
    let ended = server.still_runs();
    let with_its_end = |(workload, outcome): (Workload, Result<Sample, String>)| {
        let outcome = match (&ended, outcome) {
            (Err(how), Ok(_)) => Err(format!("the server {how}")),
            (Err(how), Err(why)) => Err(format!("the server {how}: {why}")),
            (Ok(()), outcome) => outcome,
        };
        (workload, outcome)
    };
    Ok(outcomes.into_iter().map(with_its_end).collect())
}

/// A measurement in a few words.
fn told(sample: &Sample) -> String {
    let mut words = Vec::new();
    if let Some(memory) = sample.memory {
        let [rss, anonymous, kernel] = [memory.rss, memory.anonymous, memory.kernel].map(|bytes| bytes / 1024.0);
        words.push(format!("{rss:.2} KiB each ({anonymous:.2} anonymous), kernel {kernel:.2} KiB"));
    }
    if let Some(rate) = sample.per_second {
        words.push(format!("{rate:>9.0}/s"));
    }
    if let Some(cpu_us) = sample.cpu_us {
        words.push(format!("{cpu_us:>7.2} CPU µs"));
    }
    if let Some(waits) = sample.waits {
        let [p50, p99, p999] = [waits.p50_us, waits.p99_us, waits.p999_us].map(|us| us / 1000.0);
        words.push(format!("{p50:.2}/{p99:.2}/{p999:.2} ms"));
    }
    if let Some(last_ms) = sample.last_ms {
        words.push(format!("all after {last_ms:.1} ms"));
    }
    if let Some((server, load)) = sample.busy {
        words.push(format!("busy {:.0} %/{:.0} %", server * 100.0, load * 100.0));
    }
    words.join("  ")
}
