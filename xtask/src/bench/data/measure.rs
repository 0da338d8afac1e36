//! One round of one peer.

use super::database::Databases;
use super::measured::{Measured, Sample};
use super::peers::Database;
use super::workload::{App, Workload};
use super::{Options, slow};
use crate::bench::load;
use crate::bench::options::Named as _;
use crate::bench::peer::Peer;
use crate::bench::places::Places;
use crate::bench::processes::Family;
use crate::bench::server::{Log, Server, Start};

/// How long short links are asked for at most, in measurements. Who answers a million requests sooner is done sooner.
pub(super) const LONGEST_LINKS: u64 = 8;

/// What a round needs beside the peer.
pub(super) struct Ground<'a> {
    pub(super) places: &'a Places,
    pub(super) databases: &'a mut Databases,
    pub(super) options: &'a Options,
}

/// Starts the peer for each of its apps on a fresh database, and adds what is measured. A million requests of a short
/// link are long enough to be asked for in the first round only.
///
/// # Errors
/// When the peer does not start. A workload that fails is told where its numbers would be.
pub(super) fn round(
    peer: &Peer,
    measured: &mut Measured,
    ground: &mut Ground<'_>,
    number: usize,
) -> Result<(), String> {
    let apps: &[App] = if number == 1 { &[App::Products, App::Shortener] } else { &[App::Products] };
    for app in apps {
        let fits = |workload: &Workload| workload.app() == *app && workload.fits(Database::of(peer));
        let asked = |workload: &Workload| ground.options.workloads.contains(workload) && fits(workload);
        let workloads: Vec<Workload> = Workload::ALL.iter().copied().filter(asked).collect();
        if !workloads.is_empty() {
            run_app(peer, *app, &workloads, measured, ground)?;
        }
    }
    Ok(())
}

fn run_app(
    peer: &Peer,
    app: App,
    workloads: &[Workload],
    measured: &mut Measured,
    ground: &mut Ground<'_>,
) -> Result<(), String> {
    let mut server = start(peer, app, Log::Dropped, ground.places, ground.databases)?;
    for workload in workloads {
        let outcome = run_load(&server, *workload, Database::of(peer), ground);
        match outcome.and_then(|sample| server.still_runs().map(|()| sample)) {
            Ok(sample) => {
                println!("  {:<22}{:<12}{}", peer.name, workload.name(), told(&sample));
                measured.loads.add(*workload, sample);
            }
            Err(why) => {
                println!("  {:<22}{:<12}{why}", peer.name, workload.name());
                measured.loads.failed(*workload, why);
            }
        }
    }
    Ok(())
}

/// Starts one of a peer's apps on a fresh database.
///
/// # Errors
/// When either does not start.
pub(super) fn start(
    peer: &Peer,
    app: App,
    log: Log,
    places: &Places,
    databases: &mut Databases,
) -> Result<Server, String> {
    let environment = vec![("DATABASE_URL", databases.fresh(peer, app)?)];
    let start = Start { app: app.name(), environment, first_path: app.first_path(), log };
    Server::start(peer, &start, places)
}

fn run_load(server: &Server, workload: Workload, database: Database, ground: &Ground<'_>) -> Result<Sample, String> {
    let measure = || sample(server, workload, database, ground);
    if workload != Workload::Slow {
        return measure();
    }
    let quiet = measure()?;
    Ok(slow::beside(server.address, measure)??.after(&quiet))
}

fn sample(server: &Server, workload: Workload, database: Database, ground: &Ground<'_>) -> Result<Sample, String> {
    let Options { warm_up_seconds, seconds, is_quick, .. } = *ground.options;
    let seconds = match workload.app() {
        App::Shortener if !is_quick => LONGEST_LINKS * seconds,
        _ => seconds,
    };
    let script = ground.places.script(workload.name());
    let load = |seconds: u64| load::run_wrk(server.address, &script, workload.connections(), seconds);
    let cpu_ms = || (server.processes().cpu_ms(), ground.databases.processes(database).map(Family::cpu_ms));
    load(warm_up_seconds)?;
    let (app_before, database_before) = cpu_ms();
    let load = load(seconds)?;
    let (app_after, database_after) = cpu_ms();
    let database_ms = database_after.zip(database_before).map(|(after, before)| after - before);
    Ok(Sample::new(load, app_after.saturating_sub(app_before), database_ms))
}

fn told(sample: &Sample) -> String {
    let database = sample.database_cpu_us.map_or_else(String::new, |cpu_us| format!(" + {cpu_us:.1} database"));
    let quiet = sample.quiet_p99_us.map_or_else(String::new, |p99_us| format!(" (quiet {:.2})", p99_us / 1000.0));
    format!(
        "{:>9.0} requests/s {:>8.2} ms p99{quiet} {:>8.1} CPU µs{database}",
        sample.requests_per_second,
        sample.p99_us / 1000.0,
        sample.app_cpu_us
    )
}
