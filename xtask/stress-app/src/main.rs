//! The program that the stress tests load, starve and reload.
//!
//! It is a program of its own, and not a mode of `bench-app` or a part of `examples/products`: the one is measured, its
//! size included, and the other is what users read. Neither should panic or dawdle on purpose.
//!
//! Variables make a test shorter. Without them every limit is what a user gets:
//! `STRESS_WAITS_S` is how long any wait for a client may last, `STRESS_CONNECTIONS` how many each worker has open, and
//! `STRESS_LEASE_MS`, which adds orders in a database, how long the key of one is claimed.

mod operations;
mod orders;
mod topics;

use std::str::FromStr;
use std::time::Duration;

use kovar::Limits;
use kovar::http::idempotency::Idempotency;
use kovar::http::metrics::Metrics;
use kovar::prelude::*;

#[kovar::main]
async fn main() -> kovar::Result {
    std::thread::spawn(end_with_the_test);
    let app = App::new("Stress", env!("CARGO_PKG_VERSION")).live(Live::new()).mount(operations![
        operations::number,
        operations::create_item,
        operations::abandoned,
        operations::large,
        operations::unread,
        operations::unhurried,
        operations::late,
        operations::panics,
        operations::open_files,
        operations::close_files,
        topics::listen,
        topics::publish,
    ]);
    let metrics = app.metrics();
    with_orders(app)?.limits(limits()?).run().await?;
    print_answers(&metrics);
    Ok(())
}

/// With a database, orders can be placed.
fn with_orders(app: App) -> kovar::Result<Program> {
    let Some(lease) = variable("STRESS_LEASE_MS")? else { return Ok(Program::new(app)) };
    let idempotency = Idempotency::new().lease(Duration::from_millis(lease));
    let app = app.mount(operations![orders::place_order, orders::count_orders]).idempotency(idempotency);
    Ok(Program::new(app).database(&orders::MIGRATIONS))
}

/// Successors have the same standard input: when the test is killed, nobody holds its other end, and all of them end.
fn end_with_the_test() {
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    std::process::exit(1);
}

/// What this process has answered in all, for whoever reads its log: by then its admin listener is the successor's.
fn print_answers(metrics: &Metrics) {
    for operation in metrics.operations() {
        for (status, count) in operation.statuses {
            println!("answered {} {status} {count}", operation.id);
        }
    }
}

fn limits() -> kovar::Result<Limits> {
    let mut limits = Limits::default();
    if let Some(seconds) = variable("STRESS_WAITS_S")? {
        let wait = Some(Duration::from_secs(seconds));
        (limits.head_timeout, limits.body_idle_timeout, limits.write_stall_timeout) = (wait, wait, wait);
    }
    if let Some(connections) = variable("STRESS_CONNECTIONS")? {
        limits.connections = Some(connections);
    }
    Ok(limits)
}

fn variable<T: FromStr>(name: &str) -> kovar::Result<Option<T>> {
    let Ok(value) = std::env::var(name) else { return Ok(None) };
    value.parse().map(Some).map_err(|_| format!("{name} is a number, not `{value}`").into())
}
