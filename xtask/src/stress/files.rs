//! No more file descriptors, and no more connections than are allowed: the server waits for better times, and neither
//! ends nor spins.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::client::{Client, bodiless, get};
use super::patience::wait_until;
use super::program::{Program, Setup};
use crate::tally::Tally;
use crate::workshop::Workshop;

/// How many files the program may have open: half are for connections.
const FILES: usize = 128;

/// How many connections the program may have open, in the other case.
const CONNECTIONS: usize = 40;

/// How many connections are opened; most of them more than may be.
const CLIENTS: usize = 300;

/// How long the program is watched while nothing can be accepted, and how much CPU time it may need for that. One that
/// spins needs all of it; two workers that look ten times a second, and a log, need a hundredth.
const WATCHED: Duration = Duration::from_secs(3);
const MOST_CPU_MS: u64 = 300;

const PATIENCE: Duration = Duration::from_secs(15);

/// # Errors
/// When the program cannot be started.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let launcher = ["prlimit".to_owned(), format!("--nofile={FILES}:{FILES}")].to_vec();
    let setup = Setup { launcher, arguments: vec!["--workers", "2"], ..Setup::default() };
    tally.case("no file descriptors left", no_files(&Program::start(workshop, "files", &setup)?));
    tally.case("few file descriptors", few_files(&Program::start(workshop, "few-files", &setup)?));
    let environment = vec![("STRESS_CONNECTIONS", CONNECTIONS.to_string())];
    let few_connections = Setup { environment, arguments: vec!["--workers", "1"], ..Setup::default() };
    let program = Program::start(workshop, "connections", &few_connections)?;
    tally.case("no connections left", no_connections(&program));
    Ok(tally)
}

/// The program's own files use up the limit.
fn no_files(program: &Program) -> Result<(), String> {
    let (mut admin, mut holder) = (Client::of(program.admin), Client::of(program.address));
    is_live(&mut admin)?;
    let opened = holder.ask(&bodiless("POST", "/files"))?;
    check(opened.status == 200, &format!("files are opened with {opened}"))?;
    let mut clients = Asking::several(program.address)?;
    let is_told = || program.log().contains("Too many open files");
    wait_until("no file is left", PATIENCE, is_told).map_err(|why| program.explain(&why))?;
    rests(program)?;
    is_live(&mut admin)?;
    let answered = clients.iter_mut().map(Asking::is_answered).filter(|answered| *answered).count();
    check(answered == 0, &format!("{answered} of {CLIENTS} were answered with no file left"))?;
    let closed = holder.ask(&bodiless("DELETE", "/files"))?;
    check(closed.status == 200, &format!("files are closed with {closed}"))?;
    go_on(program, &mut clients)?;
    is_live(&mut Client::of(program.admin))
}

/// Clients would use up the limit: they are kept from it, so that the rest of the program has files.
fn few_files(program: &Program) -> Result<(), String> {
    let mut clients = Asking::several(program.address)?;
    let open = || program.metrics().map_or(0, |metrics| metrics.open_connections());
    wait_until("all that may be are open", PATIENCE, || open() == FILES / 2).map_err(|why| program.explain(&why))?;
    rests(program)?;
    is_live(&mut Client::of(program.admin))?;
    check(!program.log().contains("Too many open files"), "No file was left.")?;
    go_on(program, &mut clients)
}

fn no_connections(program: &Program) -> Result<(), String> {
    let mut clients = Asking::several(program.address)?;
    let open = || program.metrics().map_or(0, |metrics| metrics.open_connections());
    wait_until("all that may be are open", PATIENCE, || open() == CONNECTIONS).map_err(|why| program.explain(&why))?;
    rests(program)?;
    check(open() == CONNECTIONS, &format!("{} connections are open, {CONNECTIONS} may be", open()))?;
    let answered = clients.iter_mut().map(Asking::is_answered).filter(|answered| *answered).count();
    check(answered == CONNECTIONS, &format!("{answered} were answered, {CONNECTIONS} can have been"))?;
    go_on(program, &mut clients)
}

/// Those that were answered go away, and those that wait come in their place, until nobody waits any more.
fn go_on(program: &Program, clients: &mut Vec<Asking>) -> Result<(), String> {
    let everybody = wait_until("everybody who waits is answered", PATIENCE, || {
        clients.retain_mut(|client| !client.is_answered());
        clients.is_empty()
    });
    everybody.map_err(|why| program.explain(&format!("{why} {} wait.", clients.len())))?;
    let answer = Client::of(program.address).ask(&get("/numbers/7"))?;
    check(answer.status == 200, &format!("a new request is answered with {answer}"))?;
    check(program.is_running() && program.successors().is_empty(), "the program has ended")
}

/// Whether the program does next to nothing.
fn rests(program: &Program) -> Result<(), String> {
    let before = program.processes().cpu_ms();
    std::thread::sleep(WATCHED);
    let used = program.processes().cpu_ms() - before;
    println!("        {used} ms of CPU time in {WATCHED:?}");
    check(used <= MOST_CPU_MS, &format!("It used {used} ms of CPU time in {WATCHED:?}, where nothing can be done."))
}

fn is_live(admin: &mut Client) -> Result<(), String> {
    let answer = admin.ask(&get("/health/live")).map_err(|why| format!("The admin listener: {why}"))?;
    check(answer.status == 200, &format!("the admin listener says {answer}"))
}

fn check(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// A client that has asked, and may have to wait for its answer.
#[derive(Debug)]
struct Asking {
    stream: TcpStream,
    is_answered: bool,
}

impl Asking {
    fn several(address: SocketAddr) -> Result<Vec<Self>, String> {
        let all = (0..CLIENTS).map(|_| Self::begin(address)).collect::<std::io::Result<_>>();
        all.map_err(|error| format!("A client could not connect: {error}"))
    }

    /// The kernel connects, whether or not the program accepts.
    fn begin(address: SocketAddr) -> std::io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(&get("/numbers/1"))?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, is_answered: false })
    }

    fn is_answered(&mut self) -> bool {
        let mut buffer = [0; 1024];
        self.is_answered |=
            matches!(self.stream.read(&mut buffer), Ok(read) if buffer[..read].starts_with(b"HTTP/1.1 200"));
        self.is_answered
    }
}
