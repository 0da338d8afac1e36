//! A real app of Kovar: the example `products`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::house::{House, kill};
use crate::http::Load;

/// Builds the example, which is not a dependency of this crate.
fn products() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--package", "products", "--message-format=json"]).stderr(Stdio::inherit());
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success());
    let messages =
        std::str::from_utf8(&output.stdout).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut executables = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    executables.next_back().unwrap()
}

#[test]
fn an_app_of_kovar_is_reloaded_without_losing_a_request() {
    let house = House::new();
    let program = products();
    house.run(&["start", "--listen", "127.0.0.1:0", program.to_str().unwrap(), "--workers", "2"]);
    let load = Load::start(&house.address("products"), "/api/v1/products");
    for _ in 0..20 {
        house.run(&["reload", "products"]);
    }
    let app =
        house.wait_for("products", |app| app["requests_per_second"].as_f64() > Some(1.0) && !app["p95_ms"].is_null());
    let (succeeded, failures) = load.end();
    assert_eq!(failures, Vec::<String>::new());
    assert!(succeeded > 100, "only {succeeded} requests");
    assert_eq!((&app["restarts"], &app["state"]), (&20.into(), &"running".into()));
    assert_eq!(app["version"], "1.0.0");
    assert!(house.run(&["stop", "products"]).contains("products is stopped"));
    let exits = house.app("products")["exits"].clone();
    let reasons: Vec<_> = exits.as_array().unwrap().iter().map(|exit| exit["reason"].clone()).collect();
    assert!(reasons.iter().all(|reason| reason == "exit status 0"), "{reasons:?}");
}

#[test]
fn sighup_is_a_reload() {
    let house = House::new();
    house.run(&["start", "--listen", "127.0.0.1:0", products().to_str().unwrap(), "--workers", "1"]);
    let pid = |app: &Value| u32::try_from(app["pid"].as_u64().unwrap()).unwrap();
    let load = Load::start(&house.address("products"), "/api/v1/products");
    let mut old = pid(&house.app("products"));
    for reloads in 1..=3 {
        kill(old, "HUP");
        let app = house.wait_for("products", |app| app["state"] == "running" && app["restarts"] == reloads);
        let exits = app["exits"].as_array().unwrap();
        assert!(exits.iter().all(|exit| exit["reason"] == "exit status 0"), "{exits:?}");
        assert_ne!(pid(&app), old);
        old = pid(&app);
    }
    let app = house.wait_for("products", |app| app["exits"].as_array().unwrap().len() == 3);
    let (succeeded, failures) = load.end();
    assert_eq!((failures, succeeded > 0), (Vec::<String>::new(), true));
    assert_eq!((&app["state"], pid(&app)), (&"running".into(), old));
}
