//! A program in a process of its own, for tests: this test binary, started again to run one test that is a program.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program as it runs.
pub(crate) struct Running {
    child: Child,
    address: SocketAddr,
    log: Receiver<Value>,
}

/// A program that has ended, and what it said.
#[derive(Debug)]
pub(crate) struct Finished {
    is_success: bool,
    pub(crate) stdout: String,
    stderr: String,
}

/// The test of this name, which is ignored otherwise, as a program with these variables.
fn command(starter: &[&str], program: &str, variables: &[(&str, &str)]) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut words = starter.iter().map(OsStr::new).chain([own.as_os_str()]);
    let mut command = Command::new(words.next().unwrap());
    command
        .args(words)
        .args(["--exact", program, "--ignored", "--nocapture"])
        .env("KOVAR_LISTEN", "127.0.0.1:0")
        .env("KOVAR_ADMIN", "127.0.0.1:0")
        .env("RUST_LOG", "info")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Finished {
    /// Waits for the end of a program.
    pub(crate) fn of(program: &str, variables: &[(&str, &str)]) -> Self {
        Self::started_by(&[], program, variables).unwrap()
    }

    /// The same of one that another program starts; what that says where it cannot.
    pub(crate) fn started_by(starter: &[&str], program: &str, variables: &[(&str, &str)]) -> Result<Self, String> {
        let output = command(starter, program, variables).output().map_err(|error| error.to_string())?;
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // Around its words stand those of the test harness.
        let (_, stdout) = stdout.split_once("running 1 test\n").ok_or_else(|| stderr.to_string())?;
        let stdout = stdout.split(&format!("test {program} ...")).next().unwrap();
        let stderr = stderr.split("\nthread '").next().unwrap();
        Ok(Self { is_success: output.status.success(), stdout: stdout.to_owned(), stderr: stderr.to_owned() })
    }

    /// What it said, having done what it was asked for.
    pub(crate) fn said(self) -> String {
        assert!(self.is_success, "{self:?}");
        self.stdout
    }

    /// Why it failed: its last words.
    pub(crate) fn failed(self) -> String {
        assert!(!self.is_success, "{self:?}");
        self.stderr.trim_end().lines().last().unwrap_or_default().to_owned()
    }
}

impl Running {
    /// Starts the test of this name, which is ignored otherwise.
    pub(crate) fn start(program: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = command(&[], program, variables).spawn().unwrap();
        let (say, log) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                // What the test harness says is no JSON.
                let _ = serde_json::from_str(&line).map(|line| say.send(line));
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("Listening at   http://")?.parse().ok()).unwrap();
        // Whoever closes the pipe ends the program with its next word.
        thread::spawn(move || lines.for_each(drop));
        Self { child, address, log }
    }

    /// The body of an answer to a GET with these fields.
    pub(crate) fn get(&self, target: &str, fields: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!("GET {target} HTTP/1.1\r\nhost: shop.example:8443\r\nconnection: close\r\n{fields}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("traceparent"), "{head}");
        body.to_owned()
    }

    /// The next line of the log whose message begins so.
    pub(crate) fn logged(&self, message: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let line = self.log.recv_timeout(end.saturating_duration_since(Instant::now()));
            let line = line.unwrap_or_else(|_| panic!("the log never says `{message}`"));
            if line["message"].as_str().is_some_and(|text| text.starts_with(message)) {
                return line;
            }
        }
    }

    /// Asks the program to end, and gives how long that took and what else the log says.
    pub(crate) fn end(&mut self) -> (Duration, Vec<Value>) {
        let asked = Instant::now();
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
        (asked.elapsed(), self.log.iter().collect())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
