//! Requests, and load.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

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
    threads: Vec<JoinHandle<(usize, Vec<String>)>>,
}

impl Load {
    /// Four clients that ask for this, each as fast as it can.
    pub(crate) fn start(address: &str, path: &'static str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let client = |_| {
            let (stop, address) = (Arc::clone(&stop), address.to_owned());
            std::thread::spawn(move || {
                let (mut succeeded, mut failures) = (0, Vec::new());
                while !stop.load(Ordering::Relaxed) {
                    match body(&address, path) {
                        Ok(_) => succeeded += 1,
                        Err(failure) => failures.push(failure),
                    }
                }
                (succeeded, failures)
            })
        };
        Self { threads: (0..4).map(client).collect(), stop }
    }

    /// How many requests succeeded, and what the others met.
    pub(crate) fn end(self) -> (usize, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        let (mut succeeded, mut failures) = (0, Vec::new());
        for thread in self.threads {
            let (more, failed) = thread.join().unwrap();
            succeeded += more;
            failures.extend(failed);
        }
        (succeeded, failures)
    }
}
