//! One round of one peer.

use super::measured::{Measured, Sample};
use super::peers::is_floor;
use super::workload::{Stage, Variant, Workload, stages};
use super::{Options, idle};
use crate::bench::load;
use crate::bench::options::Named as _;
use crate::bench::peer::Peer;
use crate::bench::places::Places;
use crate::bench::server::{Log, Server};

/// How many starts of a round are measured, after one that is not.
pub(super) const STARTS: usize = 5;

/// Starts the peer as often as the workloads need, and adds what is measured.
///
/// # Errors
/// When the peer does not start. A workload that fails is told where its numbers would be.
pub(super) fn round(peer: &Peer, measured: &mut Measured, places: &Places, options: &Options) -> Result<(), String> {
    let workloads: Vec<_> =
        options.workloads.iter().copied().filter(|workload| !is_floor(peer) || workload.fits_floor()).collect();
    for stage in stages(&workloads) {
        run_stage(peer, &stage, measured, places, options)?;
    }
    Ok(())
}

fn run_stage(
    peer: &Peer,
    stage: &Stage,
    measured: &mut Measured,
    places: &Places,
    options: &Options,
) -> Result<(), String> {
    let mut server = start(peer, stage.variant, measured, places)?;
    if stage.variant == Variant::Standard {
        measured.idle_kib.push(server.processes().memory().now_kib as f64);
    }
    for workload in &stage.workloads {
        let outcome = match workload {
            Workload::Idle => idle::measure(&server, options.seconds).map(|cost| measured.idle.push(cost)),
            load => run_load(&server, *load, places, options).map(|sample| measured.loads.add(*load, sample)),
        };
        let outcome = outcome.and_then(|()| server.still_runs());
        if let Err(why) = outcome {
            println!("  {:<22}{:<12}{why}", peer.name, workload.name());
            measured.loads.failed(*workload, why);
        } else {
            println!("  {:<22}{:<12}{}", peer.name, workload.name(), measured.last(*workload));
        }
    }
    if stage.variant == Variant::Standard && stage.workloads != [Workload::Idle] {
        measured.peak_kib.push(server.processes().memory().peak_kib as f64);
    }
    Ok(())
}

/// Starts the peer several times: the first start after another peer's load is slower by what the machine still has to
/// clear up. The last one stays.
fn start(peer: &Peer, variant: Variant, measured: &mut Measured, places: &Places) -> Result<Server, String> {
    let start = variant.start(Log::Dropped);
    let mut server = Server::start(peer, &start, places)?;
    let Some(starts) = measured.starts(variant) else { return Ok(server) };
    for _ in 0..STARTS {
        drop(server);
        server = Server::start(peer, &start, places)?;
        starts.push(server.first_answer.as_secs_f64() * 1000.0);
    }
    Ok(server)
}

fn run_load(server: &Server, workload: Workload, places: &Places, options: &Options) -> Result<Sample, String> {
    let script = places.script(workload.name());
    let load = |seconds| load::run_wrk(server.address, &script, load::CONNECTIONS, seconds);
    load(options.warm_up_seconds)?;
    let cpu_before = server.processes().cpu_ms();
    let load = load(options.seconds)?;
    let cpu_ms = server.processes().cpu_ms().saturating_sub(cpu_before);
    let memory = server.processes().memory();
    Ok(Sample::new(load, cpu_ms, memory.now_kib))
}
