//! `ls`, `describe`, `logs`.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::Duration;

use crate::house::{House, stand_in};
use crate::http::body;

#[test]
fn the_table_is_aligned_and_knows_everything() {
    let house = House::new();
    house.start(&[]);
    house.run(&["start", "--name", "another-app", "--listen", "127.0.0.1:0", stand_in().to_str().unwrap()]);
    house.run(&["stop", "another-app"]);
    let address = house.address("app");
    // What came before the daemon first asked the app is no part of its rates.
    house.wait_for("app", |app| {
        drop(body(&address, "/").unwrap());
        !app["p95_ms"].is_null() && !app["cpu_percent"].is_null()
    });

    let table = house.run(&["ls"]);
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    let head = ["name", "pid", "version", "uptime", "restarts", "status", "cpu", "memory", "req/s", "p95"];
    assert_eq!(lines[0], head);
    assert_eq!(lines[1], ["another-app", "-", "1.2.3", "-", "0", "stopped", "-", "-", "-", "-"]);
    assert_eq!((lines[2][0], lines[2][2], lines[2][5]), ("app", "1.2.3", "running"));
    assert_eq!((lines[2][8], lines[2][11]), ("MB", "ms"));
    let column = |line: usize, word: &str| table.lines().nth(line).unwrap().find(word).unwrap();
    assert_eq!(column(0, "status"), column(1, "stopped"));
    assert_eq!(column(0, "status"), column(2, "running"));
}

#[test]
fn describe_knows_the_past() {
    let house = House::new();
    house.start(&["one", "two words"]);
    house.run(&["reload", "app"]);
    let text = house.wait_for("app", |app| app["draining"].as_array().unwrap().is_empty()).to_string();
    assert!(text.contains("\"arguments\":[\"one\",\"two words\"]"), "{text}");
    let text = house.run(&["describe", "app"]);
    for expected in [
        "status        running\n",
        "memory limit  none\n",
        "/logs/app.log\n",
        "\nLast exits\n",
        "exit status 0\n",
        "  reloading\n",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in {text}");
    }
    assert!(text.contains(&format!("addresses     {}\n", house.address("app"))));
}

#[test]
fn logs_have_both_streams_in_order_and_follow() {
    let house = House::new();
    house.start(&[]);
    house.run(&["stop", "app"]);
    assert_eq!(house.run(&["logs", "app"]), "to standard output\nto standard error\ndrained\n");
    assert_eq!(house.run(&["logs", "app", "-n", "1"]), "drained\n");
    assert_eq!(house.run(&["logs", "app", "-n", "1", "--json"]), "{\"app\":\"app\",\"line\":\"drained\"}\n");

    let mut following = house.command(&["logs", "app", "-n", "0", "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    std::thread::sleep(Duration::from_millis(200));
    house.run(&["restart", "app"]);
    assert_eq!(lines.next().unwrap().unwrap(), "to standard output");
    following.kill().unwrap();
    following.wait().unwrap();
}

#[test]
fn logs_are_bounded_and_followed_across_files() {
    let house = House::new();
    let program = stand_in();
    let program = program.to_str().unwrap();
    house.run(&[
        "start",
        "--name",
        "app",
        "--listen",
        "127.0.0.1:0",
        "--log-size",
        "1KB",
        "--log-files",
        "2",
        program,
        "--chatty",
    ]);
    let mut following = house.command(&["logs", "app", "-n", "0", "-f"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let number = |line: String| line.trim_start_matches("line ").parse::<u64>().unwrap();
    let first = number(lines.next().unwrap().unwrap());
    // More than two files have room for would be lost; what is read five times a second is not more.
    let last = number(lines.nth(1_000).unwrap().unwrap());
    assert!(last > first + 1_000);
    following.kill().unwrap();
    following.wait().unwrap();
    let files =
        std::fs::read_dir(house.home().join("logs")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    let sizes: Vec<_> = files.collect();
    assert!(sizes.len() == 3 && sizes.iter().all(|&size| size <= 1_024), "{sizes:?}");
}
