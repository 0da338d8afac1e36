//! Reload after reload under load, and no request lost.
//!
//! wrk brings the load. It counts a connection that ends before its answer as a failure, and one that ends after an
//! answer that said so as none: so its failures are lost requests. It does not look at answers, and does not tell when it
//! cannot connect again; clients of our own beside it do both.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use super::answers::Answers;
use super::client::{Client, get};
use super::latency;
use super::program::{Program, Setup};
use crate::bench::load::{DONE, Load, parse};
use crate::command::limited;
use crate::tally::Tally;
use crate::temporary::TemporaryFolder;
use crate::toolbox::apt;
use crate::workshop::Workshop;

const SHORT: u64 = 20;
pub(crate) const FULL: u64 = 100;

const CONNECTIONS: usize = 32;

/// How long wrk may run; it is told when to stop. A reload takes some tens of milliseconds.
const LIMIT: Duration = Duration::from_secs(900);

/// # Errors
/// When the program or wrk cannot be started.
pub(crate) fn short(workshop: &Workshop) -> Result<Tally, String> {
    run(workshop, SHORT)
}

/// # Errors
/// As for [`short`].
pub(crate) fn run(workshop: &Workshop, count: u64) -> Result<Tally, String> {
    apt::program(&["wrk"], &["wrk"])?;
    let program = Program::start(workshop, "reloads", &Setup::with_quiet_log())?;
    let wrk = Wrk::start(workshop, program.address)?;
    let is_over = AtomicBool::new(false);
    let (reloaded, own) = thread::scope(|scope| {
        let own = scope.spawn(|| latency::measure(program.address, || !is_over.load(Relaxed)));
        let reloaded = (0..count).try_for_each(|round| reload(&program, round));
        is_over.store(true, Relaxed);
        (reloaded, own.join().unwrap_or_else(|_| Err("The clients panicked.".to_owned())))
    });
    let load = wrk.stop();
    let ended = program.end();
    let mut tally = Tally::default();
    let counted = own.as_ref().map_or(0, |own| own.count() as u64) + reloaded.as_ref().map_or(0, |()| count);
    tally.note(format!("{count} reloads, {counted} requests of our own"));
    tally.case("each reload hands over, and a new connection is answered", reloaded);
    tally.case("each request of our own has its answer", own.map(drop));
    if let Ok(load) = &load {
        tally.note(format!("{} of wrk", load.requests));
        // The start asked once, too.
        tally.case("the program counts what its clients count", agrees(&program, load.requests + counted + 1));
    }
    tally.case("wrk lost no request", load.map(drop));
    tally.case("all processes end when asked", ended);
    if tally.failed() > 0 {
        println!("{}", program.explain("A reload was too much."));
    }
    Ok(tally)
}

fn reload(program: &Program, round: u64) -> Result<(), String> {
    program.reload().map_err(|why| format!("Reload {}: {why}", round + 1))?;
    let answer = Client::of(program.address).ask(&get("/numbers/5"));
    let answer = answer.map_err(|why| format!("After reload {}: {why}", round + 1))?;
    (answer.status == 200).then_some(()).ok_or_else(|| format!("After reload {}: {answer}", round + 1))
}

/// wrk leaves when its time is over, and does not count what it did not wait for: a request for each connection.
fn agrees(program: &Program, counted: u64) -> Result<(), String> {
    let answered = Answers::of_log(&program.log()).total();
    match (counted..=counted + CONNECTIONS as u64).contains(&answered) {
        true => Ok(()),
        false => Err(format!("{counted} answers came, and {answered} were given.")),
    }
}

/// wrk, until it is told to stop.
struct Wrk {
    child: Child,
    _folder: TemporaryFolder,
}

impl Wrk {
    fn start(workshop: &Workshop, address: SocketAddr) -> Result<Self, String> {
        let folder = workshop.temporary("wrk")?;
        let script = folder.path().join("number.lua");
        let unable = |error: std::io::Error| format!("Could not start wrk: {error}");
        fs::write(&script, format!("wrk.path = '/numbers/1'\n{DONE}")).map_err(unable)?;
        let child = wrk(address, &script).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(unable)?;
        Ok(Self { child, _folder: folder })
    }

    /// # Errors
    /// When a request was lost.
    fn stop(mut self) -> Result<Load, String> {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let mut said = String::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            let read = std::io::Read::read_to_string(&mut stdout, &mut said);
            read.map_err(|error| format!("wrk could not be read: {error}"))?;
        }
        parse(&said)
    }
}

impl Drop for Wrk {
    fn drop(&mut self) {
        // `timeout` passes it on.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

fn wrk(address: SocketAddr, script: &Path) -> Command {
    let mut wrk = limited("wrk", LIMIT);
    wrk.args(["--threads", "1", "--connections", &CONNECTIONS.to_string(), "--timeout", "10s", "--duration"]);
    wrk.arg(format!("{}s", LIMIT.as_secs())).arg("--script").arg(script).arg(format!("http://{address}/"));
    wrk
}
