//! `kovar dev`, in a package of its own.

use std::io::{BufRead, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::house::{House, kill};
use crate::http::{ask, body};

/// A program that answers each request with a word. It takes the socket as the protocol says, by the
/// name that the shell knows it by: this package has no dependencies, so it builds at once.
const PROGRAM: &str = r#"
use std::io::{Read, Write};
use std::os::fd::FromRawFd;

const WORD: &str = "first";

fn main() {
    assert_eq!(std::env::var("LISTEN_FDS").as_deref(), Ok("1"));
    let environment = std::fs::read_to_string(".env").unwrap_or_default();
    std::fs::write("data.db", "written while it runs").unwrap();
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let listener = unsafe { std::net::TcpListener::from_raw_fd(3) };
    println!("ready");
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut head = [0; 1024];
        let read = stream.read(&mut head).unwrap();
        if head[..read].starts_with(b"GET /die ") {
            std::process::exit(4);
        }
        let body = format!("{WORD} {}{environment}", arguments.join(" "));
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).unwrap();
    }
}
"#;

/// `kovar dev` in a package that is made for it.
struct Session {
    house: House,
    kovar: Child,
    said: Arc<Mutex<String>>,
    address: String,
}

impl Session {
    fn start() -> Self {
        let house = House::new();
        std::fs::create_dir(house.work().join("src")).unwrap();
        let manifest = "[package]\nname = \"word\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
        std::fs::write(house.work().join("Cargo.toml"), manifest).unwrap();
        std::fs::write(house.work().join("src/main.rs"), PROGRAM).unwrap();
        let mut command = house.command(&["dev", "--listen", "127.0.0.1:0", "--", "with", "arguments"]);
        command.env_remove("CARGO_TARGET_DIR").stdout(Stdio::null()).stderr(Stdio::piped());
        let mut kovar = command.spawn().unwrap();
        let mut lines = BufReader::new(kovar.stderr.take().unwrap());
        let address = address(&mut lines);
        let said = Arc::new(Mutex::new(String::new()));
        let saying = Arc::clone(&said);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = lines.read(&mut buffer) {
                saying.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        Self { house, kovar, said, address }
    }

    fn source(&self) -> PathBuf {
        self.house.work().join("src/main.rs")
    }

    fn write(&self, from: &str, to: &str) {
        let text = PROGRAM.replace(from, to);
        assert_ne!(text, PROGRAM);
        std::fs::write(self.source(), text).unwrap();
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Asks until the answer is this.
    #[track_caller]
    fn wait_for(&self, what: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            // This program does not drain, so whom it answers when it ends is cut off. Nobody is refused.
            let answer = ask(&self.address, "/").unwrap_or_else(|cause| {
                assert_ne!(cause.kind(), std::io::ErrorKind::ConnectionRefused, "{}", self.said());
                cause.to_string()
            });
            if what(&answer) {
                return answer;
            }
            assert!(Instant::now() < until, "{answer}\n{}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends it as a person does, and looks who is left.
    #[track_caller]
    fn end(mut self, signal: &str) {
        kill(self.kovar.id(), signal);
        let until = Instant::now() + Duration::from_secs(10);
        while self.kovar.try_wait().unwrap().is_none() {
            assert!(Instant::now() < until, "it does not end: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(self.house.processes(), [0; 0], "someone is left");
    }
}

/// Cargo may say something before, such as that it waits for another one.
fn address(lines: &mut impl BufRead) -> String {
    let mut lines = lines.lines().map(Result::unwrap);
    let address = |line: String| line.strip_prefix("kovar dev: listening at http://").map(str::to_owned);
    lines.find_map(address).unwrap()
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.kovar.kill();
        let _ = self.kovar.wait();
    }
}

#[test]
fn a_change_is_built_and_a_broken_one_is_told_in_the_browser() {
    let session = Session::start();
    // The first request comes before the first build has ended, and waits.
    assert_eq!(body(&session.address, "/").unwrap(), "first with arguments");

    session.write("\"first\"", "\"second\"");
    session.wait_for(|answer| answer.ends_with("second with arguments"));

    session.write("\"first\"", "<b>Vec::<u8>::new()");
    let page = session.wait_for(|answer| answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    assert!(page.contains("<h1>The build is broken</h1>") && page.contains("error: "), "{page}");
    assert!(page.contains("&lt;b&gt;Vec::&lt;u8&gt;::new()") && !page.contains("<b>"), "{page}");
    assert!(page.contains("fetch(\"/__kovar/dev\"") && !page.contains("https://"), "{page}");
    let mark = |answer: &str| answer.lines().find_map(|line| line.strip_prefix("kovar-dev: ").map(str::to_owned));
    assert_eq!(mark(&ask(&session.address, "/__kovar/dev").unwrap()), mark(&page));
    assert!(session.said().contains("the build is broken; waiting for a change"));

    session.write("\"first\"", "12");
    let other = session.wait_for(|answer| answer.contains("mismatched types"));
    assert!(mark(&other).is_some() && mark(&other) != mark(&page), "the page that is open loads the new message");

    session.write("\"first\"", "\"third\"");
    let answer = session.wait_for(|answer| answer.starts_with("HTTP/1.1 200"));
    assert!(answer.ends_with("third with arguments") && mark(&answer).is_none(), "{answer}");
    session.end("INT");
}

#[test]
fn a_program_that_ends_is_told_and_one_that_is_unchanged_stays() {
    let session = Session::start();
    body(&session.address, "/").unwrap();
    std::fs::write(session.source(), PROGRAM).unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    let runs = |session: &Session| session.said().matches("kovar dev: running").count();
    assert!(runs(&session) <= 2, "{}", session.said());
    let before = runs(&session);
    std::fs::write(session.house.work().join("other.db"), "x").unwrap();
    std::fs::write(session.house.work().join("notes.txt"), "x").unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(runs(&session), before, "cargo found nothing to do, so the program stays: {}", session.said());

    std::fs::write(session.house.work().join(".env"), " from the environment").unwrap();
    session.wait_for(|answer| answer.ends_with("first with arguments from the environment"));

    assert!(body(&session.address, "/die").is_err());
    let page = session.wait_for(|answer| answer.starts_with("HTTP/1.1 503"));
    assert!(page.contains("<h1>The program ended</h1>") && page.contains("exit status: 4"), "{page}");
    session.write("\"first\"", "\"repaired\"");
    session.wait_for(|answer| answer.contains("repaired"));
    session.end("TERM");
}

#[test]
fn a_change_during_a_build_begins_it_anew_and_an_end_leaves_no_compiler() {
    let session = Session::start();
    body(&session.address, "/").unwrap();
    let build_script = "fn main() { std::thread::sleep(std::time::Duration::from_secs(600)); }";
    std::fs::write(session.house.work().join("build.rs"), build_script).unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    // The program, kovar, cargo, and the script that does not end.
    while session.house.processes().len() < 4 {
        assert!(Instant::now() < until, "{}", session.said());
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(1_000));
    std::fs::remove_file(session.house.work().join("build.rs")).unwrap();
    session.write("\"first\"", "\"second\"");
    session.wait_for(|answer| answer.contains("second"));
    std::fs::write(session.house.work().join("build.rs"), build_script).unwrap();
    while session.house.processes().len() < 4 {
        std::thread::sleep(Duration::from_millis(20));
    }
    session.end("HUP");
}

#[test]
fn what_cannot_be_run_is_told() {
    let house = House::new();
    let complaint = house.fail(&["dev"]);
    assert!(complaint.contains("cargo finds no package here: go to the directory of one"), "{complaint}");
    std::fs::create_dir(house.work().join("src")).unwrap();
    std::fs::write(house.work().join("Cargo.toml"), "[package]\nname = \"l\"\nedition = \"2024\"\n[workspace]\n")
        .unwrap();
    std::fs::write(house.work().join("src/lib.rs"), "").unwrap();
    let dev = ["dev", "--listen", "127.0.0.1:0"];
    let complaint = house.fail(&dev);
    assert!(complaint.contains("nothing that is built here is a program"), "{complaint}");
    std::fs::create_dir(house.work().join("src/bin")).unwrap();
    for name in ["a", "b"] {
        std::fs::write(house.work().join(format!("src/bin/{name}.rs")), "fn main() {}").unwrap();
    }
    let complaint = house.fail(&dev);
    assert!(complaint.contains("which of the programs is meant: ") && complaint.contains("--bin NAME"), "{complaint}");
}
