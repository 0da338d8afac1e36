//! The program as whoever operates it meets it: its admin listener, its signals, its successor.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// A running program, which ends with the test.
struct Running {
    child: Child,
    requests: SocketAddr,
    admin: SocketAddr,
    folder: TempDir,
}

impl Running {
    /// Starts a copy of the program, which a test may replace.
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let program = folder.path().join("products");
        std::fs::copy(env!("CARGO_BIN_EXE_products"), &program).unwrap();
        let mut child = Command::new(&program)
            .args(["--listen", "127.0.0.1:0", "--admin", &free_address().to_string(), "--workers", "2"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |name: &str| {
            let line = lines.find(|line| line.as_ref().unwrap().starts_with(name)).unwrap().unwrap();
            let address = line.split("http://").nth(1).unwrap();
            address.split([' ', '/']).next().unwrap().parse().unwrap()
        };
        let (requests, admin) = (address("Listening at"), address("Health"));
        // Nobody reads what else it prints.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, requests, admin, folder }
    }

    fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn asked(&self, path: &str) -> String {
        get(self.admin, path).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
        for pid in successors(&self.log()) {
            signal(pid, "KILL");
        }
    }
}

/// An address that successors can take over, unlike one of port 0.
fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn signal(pid: u32, name: &str) {
    let _ = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).stderr(Stdio::null()).status();
}

/// The processes that took over, by the log.
fn successors(log: &str) -> Vec<u32> {
    let taken = log.lines().filter(|line| line.contains("a new process takes over"));
    taken.filter_map(|line| line.split("\"pid\":").nth(1)?.split([',', '}']).next()?.parse().ok()).collect()
}

fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_admin_listener_says_how_the_app_is() {
    let mut running = Running::start();
    let products = get(running.requests, "/api/v1/products").unwrap();
    assert!(products.starts_with("HTTP/1.1 200"), "{products}");
    assert!(get(running.requests, "/nowhere").unwrap().starts_with("HTTP/1.1 404"));
    let ready = running.asked("/health/ready");
    assert!(ready.starts_with("HTTP/1.1 200") && ready.contains("workers: ok\ndatabase: ok\n"), "{ready}");
    assert!(running.asked("/health/live").starts_with("HTTP/1.1 200"));
    assert!(running.asked("/nowhere").starts_with("HTTP/1.1 404"));
    let numbers = running.asked("/metrics");
    for line in [
        r#"http_server_requests_total{operation="list_products",http_request_method="GET",http_route="/api/v1/products",http_response_status_code="200"} 1"#,
        r#"kovar_app_info{title="Product Management API",version="1.0.0"} 1"#,
        r#"kovar_worker_connections_open{worker="1"} 0"#,
        "# TYPE process_resident_memory_bytes gauge",
    ] {
        assert!(numbers.lines().any(|known| known == line), "missing: {line}\n{numbers}");
    }
    running.signal("TERM");
    assert!(running.child.wait().unwrap().success());
    let log = running.log();
    let answered = log.lines().find(|line| line.contains("\"operation\":\"list_products\"")).unwrap();
    for part in [r#""status":200"#, r#""route":"/api/v1/products""#, r#""request_id":""#, r#""microseconds":"#] {
        assert!(answered.contains(part), "{part}: {answered}");
    }
}

/// Asks without a pause until it is told to stop, each request on the connection of the one before
/// while the server keeps it open. How many were answered; the rest is an error.
fn load(address: SocketAddr, stop: &AtomicBool, answered: &AtomicUsize) -> Result<(), String> {
    let mut connection: Option<BufReader<TcpStream>> = None;
    while !stop.load(Ordering::Relaxed) {
        let mut stream = match connection.take() {
            Some(stream) => stream,
            None => BufReader::new(TcpStream::connect(address).map_err(|error| format!("refused: {error}"))?),
        };
        let asked = stream.get_mut().write_all(b"GET /api/v1/products HTTP/1.1\r\nhost: a\r\n\r\n");
        asked.map_err(|error| format!("not asked: {error}"))?;
        let (mut length, mut closes, mut status) = (0, false, String::new());
        loop {
            let mut line = String::new();
            let read = stream.read_line(&mut line).map_err(|error| format!("broken: {error}"))?;
            if read == 0 {
                return Err(format!("closed instead of answered, after {} answers", answered.load(Ordering::Relaxed)));
            }
            let line = line.trim_end().to_ascii_lowercase();
            match line.split_once(": ") {
                None if line.is_empty() => break,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("connection", value)) => closes = value == "close",
                None => status = line,
                _ => {}
            }
        }
        stream.read_exact(&mut vec![0; length]).map_err(|error| format!("cut off: {error}"))?;
        if !status.starts_with("http/1.1 200") {
            return Err(status);
        }
        answered.fetch_add(1, Ordering::Relaxed);
        connection = (!closes).then_some(stream);
    }
    Ok(())
}

#[test]
fn a_successor_takes_over_and_no_request_is_lost() {
    let running = Running::start();
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (stop, answered, address) = (Arc::clone(&stop), Arc::clone(&answered), running.requests);
            std::thread::spawn(move || load(address, &stop, &answered))
        })
        .collect();
    let mut pid = running.child.id();
    for round in 1..=10 {
        signal(pid, "HUP");
        wait_until("a successor takes over", || successors(&running.log()).len() == round);
        pid = *successors(&running.log()).last().unwrap();
        let before = answered.load(Ordering::Relaxed);
        wait_until("requests go on", || answered.load(Ordering::Relaxed) > before + 100);
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().unwrap().unwrap();
    }
    assert!(running.asked("/health/ready").starts_with("HTTP/1.1 200"));
    assert!(!running.log().contains("cannot be told"), "nobody manages these: {}", running.log());
    signal(pid, "TERM");
    wait_until("the last one ends", || TcpStream::connect(running.requests).is_err());
}

#[test]
fn a_successor_that_does_not_start_changes_nothing() {
    let mut running = Running::start();
    let program = running.folder.path().join("products");
    std::fs::rename(&program, running.folder.path().join("old")).unwrap();
    std::fs::write(&program, "#!/bin/sh\nexit 3\n").unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    running.signal("HUP");
    wait_until("the log says why", || running.log().contains("ended before it was ready: exit status: 3"));
    assert!(get(running.requests, "/api/v1/products").unwrap().starts_with("HTTP/1.1 200"));
    assert!(running.asked("/health/ready").starts_with("HTTP/1.1 200"));
    running.signal("TERM");
    assert!(running.child.wait().unwrap().success());
}
