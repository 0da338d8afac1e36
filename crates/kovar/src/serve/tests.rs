//! An app that is served in this process, asked as others ask it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use clap::Parser;
use http::StatusCode;
use kovar_http::describe::Argument;
use kovar_http::extract::Path;
use kovar_http::operation::Operation;
use kovar_http::respond::Undocumented;

use super::*;

#[cfg(feature = "live")]
mod channels;

const PATIENCE: Duration = Duration::from_secs(30);

/// Settings as the command line has them.
#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    settings: Settings,
}

struct Served {
    serving: Serving,
    requests: SocketAddr,
    admin: SocketAddr,
}

fn serve(app: App, workers: usize) -> Served {
    let arguments = ["test", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
    let mut settings = CommandLine::try_parse_from(arguments).unwrap().settings;
    settings.workers = NonZeroUsize::new(workers);
    let bound = bind(&settings).unwrap();
    let address = |server: &Server| server.addresses()[0].to_string().parse().unwrap();
    let (requests, admin) = (address(&bound.requests), address(&bound.admin));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let serving = runtime.block_on(bound.start(app, Limits::default())).unwrap();
    Served { serving, requests, admin }
}

fn ask(address: SocketAddr, host: &str, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
    stream
}

fn get_as(address: SocketAddr, host: &str, path: &str) -> String {
    let mut answer = String::new();
    ask(address, host, path).read_to_string(&mut answer).unwrap();
    answer
}

fn get(address: SocketAddr, path: &str) -> String {
    get_as(address, "localhost", path)
}

/// The data once they say what they must.
fn data_when(admin: SocketAddr, holds: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
    let end = Instant::now() + PATIENCE;
    loop {
        let answer = get(admin, "/console/data");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-type: application/json") && head.contains("nosniff"), "{head}");
        let data = serde_json::from_str(body).unwrap();
        if holds(&data) {
            return data;
        }
        assert!(Instant::now() < end, "never so: {data}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

async fn status(Path(status): Path<u16>) -> Undocumented<StatusCode> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    Undocumented(StatusCode::from_u16(status).unwrap())
}

fn statuses() -> App {
    const ARGUMENTS: &[Argument] = &[Argument { names: &["value"], ..Argument::NONE }];
    let operation = Operation::get("/status/{value}", status).arguments(ARGUMENTS).id("status");
    App::new("Statuses", "1.2.3").mount([operation])
}

fn sent(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// hyper refuses these, and has no words.
#[test]
fn a_request_that_cannot_be_read_is_a_problem_like_any_other() {
    let served = serve(statuses(), 1);
    let fields = (0..150).map(|number| format!("x-{number}: 1\r\n")).collect::<String>();
    for (request, status, kind) in [
        (format!("GET /status/200 HTTP/1.1\r\nhost: a\r\n{fields}\r\n"), 431, "header-fields-too-large"),
        ("GET / HTTP/1.1\r\nho st: a\r\n\r\n".to_owned(), 400, "malformed-request"),
        (format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(70_000)), 414, "uri-too-long"),
    ] {
        let answer = sent(served.requests, &request);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert!(head.contains("connection: close") && head.contains("date: "), "{head}");
        assert!(head.contains("content-type: application/problem+json"), "{head}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&problem["status"], &problem["type"]), (&status.into(), &format!("/problems/{kind}").into()));
        let id = head.lines().find_map(|line| line.strip_prefix("x-request-id: "));
        assert_eq!((problem["request_id"].as_str(), id.is_some()), (id, true), "{head}");
    }
}

#[test]
fn answers_before_one_that_cannot_be_read_are_sent_as_they_are() {
    let served = serve(statuses(), 1);
    let answer =
        sent(served.requests, &format!("{}nonsense\r\n\r\n", "GET /status/404 HTTP/1.1\r\nhost: a\r\n\r\n".repeat(3)));
    let statuses: Vec<&str> =
        answer.matches("HTTP/1.1 ").zip(answer.split("HTTP/1.1 ").skip(1)).map(|(_, rest)| &rest[..3]).collect();
    assert_eq!(statuses, ["404", "404", "404", "400"], "{answer}");
    assert!(answer.ends_with('}') && answer.contains("/problems/malformed-request"), "{answer}");
}

#[test]
fn the_console_says_what_was_asked() {
    let served = serve(statuses(), 2);
    let answers = [200, 200, 200, 404, 404, 500].map(|status| {
        let answer = get(served.requests, &format!("/status/{status}"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        answer
    });
    assert!(get(served.requests, "/nowhere").starts_with("HTTP/1.1 404"));
    let data = data_when(served.admin, |data| data["operations"][0]["requests"] == 6 && !data["checks"].is_null());
    assert_eq!((&data["title"], &data["version"]), (&"Statuses".into(), &"1.2.3".into()));
    assert_eq!((&data["throughput"]["total"], &data["throughput"]["requests"]), (&7.into(), &7.into()));
    let operation = &data["operations"][0];
    assert_eq!((&operation["operation"], &operation["route"]), (&"status".into(), &"/status/{value}".into()));
    assert_eq!((&operation["client_errors"], &operation["failures"]), (&2.into(), &1.into()));
    assert!((20.0..5000.0).contains(&operation["p50"].as_f64().unwrap()), "{operation}");
    assert_eq!((&data["errors"]["client_errors"], &data["errors"]["failures"]), (&2.into(), &1.into()));
    let last = &data["errors"]["last"][0];
    assert_eq!((&last["status"], &last["operation"]), (&500.into(), &"status".into()));
    let id = answers[5].lines().find_map(|line| line.strip_prefix("x-request-id: "));
    assert_eq!((last["request_id"].as_str(), id.is_some()), (id, true), "{}", answers[5]);
    assert_eq!((data["workers"].as_array().map(Vec::len), &data["in_flight_limit"]), (Some(2), &1024.into()));
    assert!(data["process"]["resident_bytes"].as_f64().unwrap() > 1e6);
}

#[test]
fn events_come_each_second() {
    let served = serve(statuses(), 1);
    let mut lines = BufReader::new(ask(served.admin, "127.0.0.1", "/console/events")).lines().map(Result::unwrap);
    let mut events = lines.by_ref().filter_map(|line| line.strip_prefix("data: ").map(str::to_owned));
    let mut uptime = || {
        let event: serde_json::Value = serde_json::from_str(&events.next().unwrap()).unwrap();
        event["uptime_seconds"].as_f64().unwrap()
    };
    let (first, _, third) = (uptime(), uptime(), uptime());
    assert!(third > first && third < first + 5.0, "{first} to {third}");
}

#[test]
fn pages_are_for_names_that_no_stranger_has() {
    let served = serve(statuses(), 1);
    for path in [
        "/",
        "/console.js",
        "/console/data",
        "/console/events",
        "/debug/routes",
        "/debug/statements",
        "/debug/settings",
    ] {
        let refused = get_as(served.admin, "evil.example", path);
        assert!(refused.starts_with("HTTP/1.1 421") && refused.contains("--admin-hosts"), "{path}: {refused}");
    }
    for path in [
        "/",
        "/console.css",
        "/console.js",
        "/live.js",
        "/console.svg",
        "/debug/routes",
        "/debug/statements",
        "/debug/settings",
    ] {
        let page = get(served.admin, path);
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("content-security-policy: default-src 'none'"));
    }
    assert!(get(served.admin, "/debug/routes").contains("<th scope=\"row\">/status/{value}</th><td>GET</td>"));
    assert!(get(served.admin, "/debug/settings").contains("<td>1 MiB</td><td>App::body_limit</td>"));
    for path in ["/metrics", "/health/live", "/health/ready"] {
        assert!(get_as(served.admin, "products.default.svc", path).starts_with("HTTP/1.1 200"), "{path}");
    }
}

static SPINS: AtomicBool = AtomicBool::new(true);

/// Never yields: its worker does nothing else.
async fn spin() -> Undocumented<StatusCode> {
    let end = Instant::now() + PATIENCE;
    while SPINS.load(Relaxed) && Instant::now() < end {
        std::hint::spin_loop();
    }
    Undocumented(StatusCode::OK)
}

#[test]
fn the_admin_listener_answers_while_all_workers_are_stuck() {
    let served = serve(App::new("Busy", "1").mount([Operation::get("/spin", spin).id("spin")]), 2);
    let spinning: Vec<_> = (0..2)
        .flat_map(|wanted| {
            let mut asked = Vec::new();
            let end = Instant::now() + PATIENCE;
            // The kernel chooses the worker, so one may get several.
            while stuck(&served) <= wanted {
                asked.push(ask(served.requests, "localhost", "/spin"));
                std::thread::sleep(Duration::from_millis(300));
                assert!(Instant::now() < end, "a worker cannot be reached");
            }
            asked
        })
        .collect();
    for path in ["/health/live", "/metrics", "/console/data", "/"] {
        let mut times: Vec<_> = (0..9)
            .map(|_| {
                let asked = Instant::now();
                assert!(get(served.admin, path).starts_with("HTTP/1.1 200"), "{path}");
                asked.elapsed()
            })
            .collect();
        times.sort();
        println!("{path}: {times:?}");
        assert!(times[times.len() / 2] < Duration::from_millis(50), "{path}: {times:?}");
    }
    assert_eq!(stuck(&served), 2, "they were stuck all the time");
    let data = data_when(served.admin, |data| data["workers"][0]["lag"].as_f64().unwrap() > 1000.0);
    assert!(data["workers"][0]["requests"].as_u64().unwrap() > 0);
    SPINS.store(false, Relaxed);
    for mut stream in spinning {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

/// How many workers have been silent for longer than they are between two ticks.
fn stuck(served: &Served) -> usize {
    let stats = served.serving.requests.stats();
    stats.iter().filter(|worker| worker.silent_for() > Duration::from_millis(250)).count()
}
