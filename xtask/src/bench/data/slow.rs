//! Statements that take two seconds, a few of them always under way.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use crate::bench::requests::get;
use crate::exchange::exchange;

pub(super) const UNDER_WAY: usize = 8;

const LIMIT: Duration = Duration::from_secs(30);

/// Does something while slow statements are under way.
///
/// # Errors
/// When one of them is not answered.
pub(super) fn beside<T>(address: SocketAddr, run: impl FnOnce() -> T) -> Result<T, String> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..UNDER_WAY).map(|_| scope.spawn(|| ask_until(&is_over, address))).collect();
        let done = run();
        is_over.store(true, Relaxed);
        for client in clients {
            client.join().map_err(|_| "a client of the slow statements panicked".to_owned())??;
        }
        Ok(done)
    })
}

fn ask_until(is_over: &AtomicBool, address: SocketAddr) -> Result<(), String> {
    while !is_over.load(Relaxed) {
        match exchange(address, &get("/slow", "identity"), LIMIT) {
            Ok(response) if response.status == 204 => {}
            Ok(response) => return Err(format!("GET /slow is answered with {response}")),
            Err(failure) => return Err(format!("GET /slow: {failure}")),
        }
    }
    Ok(())
}
