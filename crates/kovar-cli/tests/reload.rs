//! `reload` and `restart` lose nothing.

use crate::house::{House, kill, lives, stand_in};
use crate::http::{Load, ask};

#[test]
fn twenty_five_reloads_under_load_lose_no_request() {
    let house = House::new();
    house.start(&[]);
    let address = house.address("app");
    let (quick, slow) = (Load::start(&address, "/"), Load::start(&address, "/slow"));
    let mut pids = vec![house.app("app")["pid"].as_u64().unwrap()];
    for _ in 0..25 {
        assert!(house.run(&["reload", "app"]).starts_with("app was reloaded (pid "));
        pids.push(house.app("app")["pid"].as_u64().unwrap());
    }
    for (load, least) in [(quick, 100), (slow, 8)] {
        load.wait_for(least);
        let (succeeded, failures) = load.end();
        assert_eq!(failures, Vec::<String>::new());
        assert!(succeeded >= least, "only {succeeded} requests");
    }
    pids.dedup();
    assert_eq!(pids.len(), 26, "each reload has a new process: {pids:?}");
    assert_eq!(house.app("app")["restarts"], 25);
    house.wait_for("app", |app| app["draining"].as_array().unwrap().is_empty());
    assert_eq!(pids.iter().filter(|pid| lives(**pid)).count(), 1);
}

#[test]
fn restarts_under_load_lose_no_request() {
    let house = House::new();
    house.start(&[]);
    let load = Load::start(&house.address("app"), "/");
    for _ in 0..10 {
        house.run(&["restart", "app"]);
    }
    let (succeeded, failures) = load.end();
    assert_eq!(failures, Vec::<String>::new());
    assert!(succeeded > 50, "only {succeeded} requests");
}

#[test]
fn a_new_version_that_fails_leaves_the_old_one() {
    let house = House::new();
    let app = stand_in();
    let program = house.script("app", &format!("exec {} \"$@\"", app.display()));
    house.run(&["start", "--listen", "127.0.0.1:0", program.to_str().unwrap()]);
    let (address, old) = (house.address("app"), house.app("app")["pid"].clone());
    let load = Load::start(&address, "/");

    house.script("app", &format!("[ \"$1\" = --version ] && exit 0; exec {} --fail", app.display()));
    let complaint = house.fail(&["reload", "app"]);
    assert!(complaint.contains("app was not reloaded: exit status 3. The old process"), "{complaint}");
    assert!(complaint.contains("\nIts last lines:\n") && complaint.contains("\n  it is broken\n"), "{complaint}");
    let json: serde_json::Value = {
        let output = house.command(&["reload", "app", "--json"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(json[0]["error"]["log"].as_array().unwrap().last().unwrap(), "it is broken");

    let now = house.app("app");
    assert_eq!((&now["pid"], &now["state"]), (&old, &"running".into()));
    assert_eq!(now["reason"], "a reload failed: exit status 3");
    house.script("app", &format!("STAND_IN_VERSION=2.0.0 exec {} \"$@\"", app.display()));
    house.run(&["reload", "app"]);
    house.wait_for("app", |app| app["version"] == "2.0.0");
    assert_eq!(load.end().1, Vec::<String>::new());
}

#[test]
fn a_new_version_that_is_never_ready_is_killed_after_30_s() {
    let house = House::new();
    let app = stand_in();
    let program = house.script("app", &format!("exec {} \"$@\"", app.display()));
    house.run(&["start", "--listen", "127.0.0.1:0", program.to_str().unwrap()]);
    let old = house.app("app")["pid"].clone();
    house.script("app", &format!("exec {} --never-ready \"$@\"", app.display()));
    let complaint = house.fail(&["reload", "app"]);
    assert!(complaint.contains("not ready within 30 s: no READY=1 came to NOTIFY_SOCKET"), "{complaint}");
    assert_eq!(house.app("app")["pid"], old);
    assert_eq!(house.processes().len(), 2, "the daemon and the old process");
}

#[test]
fn an_old_process_that_dies_during_a_reload_costs_nothing_but_its_requests() {
    let house = House::new();
    let app = stand_in();
    let program = house.script("app", &format!("exec {} \"$@\"", app.display()));
    house.run(&["start", "--listen", "127.0.0.1:0", program.to_str().unwrap()]);
    let old = house.app("app")["pid"].as_u64().unwrap();
    house.script("app", &format!("[ \"$1\" = --version ] || sleep 1; exec {} \"$@\"", app.display()));
    let mut reload = house.command(&["reload", "app"]).spawn().unwrap();
    house.wait_for("app", |app| app["state"] == "reloading");
    kill(old.try_into().unwrap(), "KILL");
    // It waits for the new process.
    assert!(ask(&house.address("app"), "/").unwrap().starts_with("HTTP/1.1 200"));
    assert!(reload.wait().unwrap().success());
    assert_eq!(house.app("app")["state"], "running");
}

#[test]
fn all_apps_at_once() {
    let house = House::new();
    let program = stand_in();
    for name in ["a", "b"] {
        house.run(&["start", "--name", name, "--listen", "127.0.0.1:0", program.to_str().unwrap()]);
    }
    let told = house.run(&["reload", "all"]);
    assert!(told.contains("a was reloaded") && told.contains("b was reloaded"), "{told}");
    house.run(&["stop", "all"]);
    assert!(["a", "b"].iter().all(|name| house.app(name)["state"] == "stopped"));
    house.run(&["restart", "all"]);
    assert!(["a", "b"].iter().all(|name| house.app(name)["state"] == "running"));
}
