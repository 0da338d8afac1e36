//! `kill -9` at any moment, of the program and of its database, while clients place orders with a key and try again until
//! they have an answer: each order is there once, and each try of it got the same answer.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::client::{Client, get};
use super::program::{Program, Setup};
use crate::tally::Tally;
use crate::toolbox::postgres::Postgres;
use crate::workshop::Workshop;

const SHORT: u64 = 20;
pub(crate) const FULL: u64 = 200;

const CLIENTS: usize = 4;

/// How long the key of an order is claimed by a process that was killed.
const LEASE_MS: u64 = 300;

/// How long a client tries to place one order.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two kills; how long exactly differs from one to the next.
const BETWEEN_MS: u64 = 400;

/// An order that a client has placed, and the answer it got.
struct Placed {
    key: String,
    answer: Vec<u8>,
}

/// # Errors
/// When the program or the database cannot be started.
pub(crate) fn short(workshop: &Workshop) -> Result<Tally, String> {
    run(workshop, SHORT)
}

/// # Errors
/// As for [`short`].
pub(crate) fn run(workshop: &Workshop, count: u64) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let mut program = Program::start(workshop, "kills-sqlite", &setup("sqlite://data/orders.db"))?;
    kill_and_check(&mut tally, "SQLite", &mut program, |program, _| program.kill_and_start(), count);
    let mut server = Postgres::start()?;
    let url = format!("{}/postgres", server.url());
    let mut program = Program::start(workshop, "kills-postgres", &setup(&url))?;
    let kill = |program: &mut Program, round: u64| match round % 2 {
        0 => program.kill_and_start(),
        _ => server.kill_and_start(),
    };
    kill_and_check(&mut tally, "PostgreSQL", &mut program, kill, count);
    Ok(tally)
}

fn setup(database: &str) -> Setup {
    let mut setup = Setup::with_quiet_log();
    setup.arguments = vec!["--workers", "2"];
    setup.environment.extend([("STRESS_LEASE_MS", LEASE_MS.to_string()), ("DATABASE_URL", database.to_owned())]);
    setup
}

fn kill_and_check(
    tally: &mut Tally,
    database: &str,
    program: &mut Program,
    mut kill: impl FnMut(&mut Program, u64) -> Result<(), String>,
    count: u64,
) {
    let (is_over, placed, failures) = (AtomicBool::new(false), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let address = program.address;
    let killed = thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (is_over, placed, failures) = (&is_over, &placed, &failures);
            scope.spawn(move || {
                for number in 0.. {
                    if is_over.load(Relaxed) {
                        return;
                    }
                    match place(address, &format!("{client}-{number}")) {
                        Ok(order) => placed.lock().unwrap_or_else(PoisonError::into_inner).push(order),
                        Err(why) => return failures.lock().unwrap_or_else(PoisonError::into_inner).push(why),
                    }
                }
            });
        }
        let killed = (0..count).try_for_each(|round| {
            thread::sleep(Duration::from_millis(30 + round.wrapping_mul(7_919) % BETWEEN_MS));
            kill(program, round).map_err(|why| format!("Kill {}: {why}", round + 1))
        });
        is_over.store(true, Relaxed);
        killed
    });
    let placed = placed.into_inner().unwrap_or_default();
    tally.note(format!("{database}: {} orders over {count} kills", placed.len()));
    tally.case(&format!("{database}: the program comes up after each kill"), killed);
    let failures = failures.into_inner().unwrap_or_default();
    let answered = failures.first().map_or(Ok(()), |why| Err(why.clone()));
    tally.case(&format!("{database}: each order has an answer, and each try the same"), answered);
    tally.case(&format!("{database}: each order is there once"), each_is_there_once(program, &placed));
    let again = placed.iter().rev().take(200).try_for_each(|order| answers_as_before(address, order));
    tally.case(&format!("{database}: each key still has its answer"), again);
}

/// Places an order, and tries until there is an answer; every other one is asked for twice.
fn place(address: std::net::SocketAddr, key: &str) -> Result<Placed, String> {
    let started = Instant::now();
    let mut client = Client::of(address);
    let mut last = String::new();
    while started.elapsed() < PATIENCE {
        match client.ask(&order(key)) {
            Ok(answer) if answer.status == 201 => {
                let order = Placed { key: key.to_owned(), answer: answer.body };
                if key.ends_with(['0', '2', '4', '6', '8']) {
                    // A kill may come in between; then there is no answer, but never another one.
                    let again = Client::of(address).ask(&self::order(key)).ok().filter(|again| again.status == 201);
                    if let Some(again) = again.filter(|again| again.body != order.answer) {
                        return Err(format!("The order {key} has two answers, of which the second is {again}."));
                    }
                }
                return Ok(order);
            }
            Ok(answer) if [409, 500, 503].contains(&answer.status) => last = answer.to_string(),
            Ok(answer) => return Err(format!("The order {key} is answered with {answer}.")),
            Err(why) => last = why,
        }
        thread::sleep(Duration::from_millis(25));
    }
    Err(format!("The order {key} has no answer after {PATIENCE:?}: {last}"))
}

fn answers_as_before(address: std::net::SocketAddr, order: &Placed) -> Result<(), String> {
    let answer = Client::of(address).ask(&self::order(&order.key))?;
    let is_replayed = answer.header("idempotency-replayed") == Some("true");
    match answer.status == 201 && is_replayed && answer.body == order.answer {
        true => Ok(()),
        false => Err(format!("The order {} has another answer now: {answer}", order.key)),
    }
}

fn each_is_there_once(program: &Program, placed: &[Placed]) -> Result<(), String> {
    let answer = Client::of(program.address).ask(&get("/orders"))?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let counts: serde_json::Value = serde_json::from_str(&text).map_err(|error| format!("{text}: {error}"))?;
    let (orders, names) = (counts["orders"].as_u64(), counts["names"].as_u64());
    let wanted = Some(placed.len() as u64);
    match orders == wanted && names == wanted && !placed.is_empty() {
        true => Ok(()),
        false => Err(format!("{} orders were placed; there is {text}", placed.len())),
    }
}

fn order(key: &str) -> Vec<u8> {
    let body = format!("\"{key}\"");
    format!(
        "POST /orders HTTP/1.1\r\nhost: 127.0.0.1\r\nidempotency-key: {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
