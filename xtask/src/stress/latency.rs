//! How long normal requests take.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::client::{Client, get};

/// Each with a connection that it keeps.
pub(super) const CLIENTS: usize = 3;

/// Between two requests of a client. They should meet a server that has room, since waiting for each other is no news.
const PAUSE: Duration = Duration::from_millis(1);

/// The times of all requests, in order.
#[derive(Debug)]
pub(super) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn quantile(&self, part: f64) -> Duration {
        let index = (self.0.len() as f64 * part) as usize;
        self.0.get(index.min(self.0.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// Asks while `goes_on` holds.
///
/// # Errors
/// When a request has no answer or a wrong one.
pub(super) fn measure(address: SocketAddr, goes_on: impl Fn() -> bool + Sync) -> Result<Latencies, String> {
    let next = AtomicU64::new(0);
    let of_clients = thread::scope(|scope| {
        let ask = || ask(address, &next, &goes_on);
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
        let joined = clients.into_iter().map(|client| client.join().map_err(|_| "A client panicked.".to_owned())?);
        joined.collect::<Result<Vec<_>, String>>()
    })?;
    let mut all: Vec<Duration> = of_clients.into_iter().flatten().collect();
    all.sort_unstable();
    Ok(Latencies(all))
}

fn ask(address: SocketAddr, next: &AtomicU64, goes_on: &impl Fn() -> bool) -> Result<Vec<Duration>, String> {
    let (mut client, mut times) = (Client::of(address), Vec::new());
    while goes_on() {
        let number = next.fetch_add(1, Relaxed);
        let answer = client.ask(&get(&format!("/numbers/{number}")))?;
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status != 200 || said["number"] != number {
            return Err(format!("a normal request for {number} is answered with {answer}"));
        }
        times.push(answer.took);
        thread::sleep(PAUSE);
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Latencies;

    #[test]
    fn a_quantile_is_one_of_the_times() {
        let latencies = Latencies((1..=200).map(Duration::from_millis).collect());
        assert_eq!(latencies.quantile(0.99), Duration::from_millis(199));
        assert_eq!(latencies.quantile(1.0), Duration::from_millis(200));
        assert_eq!(Latencies(Vec::new()).quantile(0.5), Duration::ZERO);
    }
}
