//! A program in a process of its own, asked over sockets: its log, and what it exports.

#[cfg(feature = "otlp")]
mod collector;
#[cfg(feature = "otlp")]
mod export;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use http::StatusCode;
use kovar_http::app::App;
use kovar_http::describe::Argument;
use kovar_http::extract::Path;
use kovar_http::operation::Operation;
use kovar_http::problem::InternalError;
use kovar_http::respond::Undocumented;
use kovar_http::trace::TraceContext;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::Program;

const PATIENCE: Duration = Duration::from_secs(60);

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// Says what it would pass on to another service.
async fn product(_: Path<u64>, trace: TraceContext) -> Undocumented<String> {
    tracing::info!(stock = 3, "looked at the stock");
    let child = tracing::info_span!("stock");
    child.in_scope(|| tracing::info!("in the storehouse"));
    Undocumented(trace.traceparent().to_str().unwrap().to_owned())
}

async fn silent() -> Undocumented<()> {
    Undocumented(())
}

async fn kept() -> Undocumented<()> {
    tracing::info_span!("kept").in_scope(|| ());
    Undocumented(())
}

async fn fails() -> Result<Undocumented<()>, InternalError> {
    Err(InternalError::from(std::io::Error::other("the storehouse burns")))
}

async fn missing() -> Undocumented<StatusCode> {
    Undocumented(StatusCode::NOT_FOUND)
}

/// The program; its settings come from the environment.
#[tokio::test]
#[ignore = "the child of the tests here"]
async fn program() {
    const ARGUMENTS: &[Argument] = &[Argument { names: &["id"], ..Argument::NONE }];
    let app = App::new("Shop", "1.2.3").mount([
        Operation::get("/products/{id}", product).arguments(ARGUMENTS).id("product"),
        Operation::get("/silent", silent).id("silent"),
        Operation::get("/kept", kept).detached().id("kept"),
        Operation::get("/fails", fails).id("fails"),
        Operation::get("/missing", missing).id("missing"),
    ]);
    Program::new(app).run_with(vec!["shop".into()]).await.unwrap();
}

/// The program as it runs.
struct Running {
    child: Child,
    address: SocketAddr,
    log: Receiver<Value>,
}

impl Running {
    fn start(variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "traces::tests::program", "--ignored", "--nocapture"])
            .env("KOVAR_LISTEN", "127.0.0.1:0")
            .env("KOVAR_ADMIN", "127.0.0.1:0")
            .env("RUST_LOG", "info")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
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
    fn get(&self, target: &str, fields: &str) -> String {
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
    fn logged(&self, message: &str) -> Value {
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
    fn end(&mut self) -> (Duration, Vec<Value>) {
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

fn parent(flags: &str) -> String {
    format!("traceparent: 00-{TRACE}-{PARENT}-{flags}\r\n")
}

/// The span's id in a traceparent of a known trace.
fn span_of(traceparent: &str) -> &str {
    traceparent.strip_prefix(&format!("00-{TRACE}-")).unwrap().split('-').next().unwrap()
}

#[test]
fn the_log_says_which_span_a_request_is() {
    let mut running = Running::start(&[]);
    let passed_on = running.get("/products/7", &parent("01"));
    let answered = running.logged("answered");
    assert_eq!((&answered["trace_id"], &answered["span_id"]), (&TRACE.into(), &span_of(&passed_on).into()));
    assert!(passed_on.ends_with("-01"), "{passed_on}");

    // A trace that begins here is known to whoever was told of it, and so to the log.
    let passed_on = running.get("/products/7", "");
    let answered = running.logged("answered");
    let (trace_id, span_id) = (answered["trace_id"].as_str().unwrap(), answered["span_id"].as_str().unwrap());
    assert_eq!(passed_on, format!("00-{trace_id}-{span_id}-00"));

    running.get("/silent", "");
    let answered = running.logged("answered");
    assert_eq!((answered.get("trace_id"), &answered["operation"]), (None, &"silent".into()), "nobody knows it");

    running.get("/fails", &parent("00"));
    let (failed, answered) = (running.logged("request failed"), running.logged("answered"));
    assert_eq!((&failed["trace_id"], &failed["span_id"]), (&TRACE.into(), &answered["span_id"]));
    assert!(failed["cause"].as_str().unwrap().contains("burns"), "{failed}");
    running.end();
}
