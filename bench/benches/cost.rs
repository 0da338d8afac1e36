//! Instructions for each request, counted by valgrind: times are noisy, counts are not.
//!
//! Each case runs in a process of its own, twice: with few requests and with many. The difference
//! is what the requests cost, without start-up. Needs `valgrind` (Debian's package).
//!
//! Exits with 1 when Kovar's POST costs more than axum's, diagnosing twenty issues costs more than
//! ten times the fast pass over a body of as many fields, a request costs more among ten thousand
//! operations than among ten, or such an app takes longer to build than it may.

use std::process::{Command, ExitCode};

use bench::{on_axum, on_kovar, work};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

const CASES: [&str; 6] = ["kovar-post", "axum-post", "fast-pass", "diagnose-20", "of-10", "of-10000"];
const FEW: u64 = 100;
const MANY: u64 = 1100;

/// In millions, about 100 ms.
const MOST_TO_BUILD: u64 = 300;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, case, count] = arguments.as_slice()
        && let Ok(count) = count.parse()
    {
        run(case, count);
        return ExitCode::SUCCESS;
    }
    let costs = CASES.map(|case| (case, cost(case)));
    for (case, cost) in costs {
        println!("{case:12} {cost:>8} instructions");
    }
    let ratio = |left: usize, right: usize| costs[left].1 as f64 / costs[right].1 as f64;
    let (post, diagnosis, routing) = (ratio(0, 1), ratio(3, 2), ratio(5, 4));
    let start = instructions("of-10000", 0) - instructions("of-10", 0);
    println!("typed, validated POST, Kovar to axum + serde + garde: {post:.3} (at most 1.0)");
    println!("diagnosing 20 issues to the fast pass: {diagnosis:.2} (at most 10)");
    println!("a request among 10,000 operations to one among 10: {routing:.3} (at most 1.05)");
    println!(
        "building an app of 10,000 operations: {} million instructions (at most {MOST_TO_BUILD})",
        start / 1_000_000
    );
    let holds = post <= 1.0 && diagnosis <= 10.0 && routing <= 1.05 && start / 1_000_000 <= MOST_TO_BUILD;
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The instructions of one request.
fn cost(case: &str) -> u64 {
    (instructions(case, MANY) - instructions(case, FEW)) / (MANY - FEW)
}

fn instructions(case: &str, count: u64) -> u64 {
    let program = std::env::current_exe().expect("the program knows where it is");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([case, &count.to_string()])
        .output()
        .expect("valgrind is installed: apt-get install valgrind");
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let collected = log.lines().find_map(|line| line.split("Collected : ").nth(1));
    collected
        .and_then(|number| number.trim().parse().ok())
        .unwrap_or_else(|| panic!("valgrind counted nothing:\n{log}"))
}

fn run(case: &str, count: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        match case {
            "kovar-post" => {
                let app = on_kovar::app().build().await.expect("the app is sound");
                for _ in 0..count {
                    check(app.clone().oneshot(work::request(work::PRODUCT)).await).await;
                }
            }
            "axum-post" => {
                let app = on_axum::app();
                for _ in 0..count {
                    check(app.clone().oneshot(work::request(work::PRODUCT)).await).await;
                }
            }
            "of-10" => ask(10, count).await,
            "of-10000" => ask(10_000, count).await,
            "fast-pass" => {
                let body = work::nothing_wrong();
                for _ in 0..count {
                    let read = kovar::contract::read_json::<Vec<on_kovar::NewProduct>>(body.as_bytes());
                    assert!(std::hint::black_box(read).is_ok());
                }
            }
            _ => {
                let body = work::twenty_issues();
                for _ in 0..count {
                    let read = kovar::contract::read_json::<Vec<on_kovar::NewProduct>>(body.as_bytes());
                    let Err(kovar::contract::Unreadable::Issues(issues)) = read else { panic!("issues are expected") };
                    assert_eq!(std::hint::black_box(issues).len(), 20);
                }
            }
        }
    });
}

/// Asks an app of so many operations for all of them in turn.
async fn ask(operations: u32, count: u64) {
    let app = on_kovar::many(operations).build().await.expect("the app is sound");
    for number in (0..operations).step_by(operations as usize / 10).cycle().take(count as usize) {
        let Ok(response) = app.clone().oneshot(work::numbered(number)).await;
        assert_eq!(std::hint::black_box(response).status(), http::StatusCode::OK);
    }
}

async fn check(response: Result<axum::response::Response, std::convert::Infallible>) {
    let Ok(response) = response;
    assert_eq!(response.status(), http::StatusCode::CREATED);
    let body = response.into_body().collect().await.expect("the body is in memory").to_bytes();
    assert!(std::hint::black_box(body).len() > 100);
}
