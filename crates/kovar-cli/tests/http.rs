//! Requests, and load.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Asks once, on a connection of its own. The answer has its head.
pub(crate) fn ask(address: &str, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    // In one piece: some of the servers here read only once.
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The body of an answer that has to be a success.
pub(crate) fn body(address: &str, path: &str) -> Result<String, String> {
    let answer = ask(address, path).map_err(|cause| cause.to_string())?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200 ") && !body.is_empty() => Ok(body.to_owned()),
        _ => Err(format!("no success: {answer:?}")),
    }
}

/// Asks all the time.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    succeeded: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<Vec<String>>>,
}

impl Load {
    /// Four clients that ask for this, each as fast as it can.
    pub(crate) fn start(address: &str, path: &'static str) -> Self {
        let (stop, succeeded) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let client = |_| {
            let (stop, succeeded, address) = (Arc::clone(&stop), Arc::clone(&succeeded), address.to_owned());
            std::thread::spawn(move || {
                let mut failures = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    match body(&address, path) {
                        Ok(_) => drop(succeeded.fetch_add(1, Ordering::Relaxed)),
                        Err(failure) => failures.push(failure),
                    }
                }
                failures
            })
        };
        Self { threads: (0..4).map(client).collect(), stop, succeeded }
    }

    /// Goes on until so many requests have succeeded, however slow the machine is; a minute at most.
    pub(crate) fn wait_for(&self, least: usize) {
        let start = Instant::now();
        while self.succeeded.load(Ordering::Relaxed) < least && start.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// How many requests succeeded, and what the others met.
    pub(crate) fn end(self) -> (usize, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        let failures = self.threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        (self.succeeded.load(Ordering::Relaxed), failures)
    }
}
