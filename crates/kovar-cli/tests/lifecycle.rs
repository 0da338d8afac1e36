//! How apps start, die, come back, and end.

use std::time::Duration;

use crate::house::{House, kill, lives, stand_in, text};
use crate::http::body;

#[test]
fn an_app_starts_stops_and_starts_again() {
    let house = House::new();
    let told = house.start(&[]);
    let app = house.app("app");
    let address = house.address("app");
    assert_eq!(told, format!("app is running (pid {}) at {address}\n", app["pid"]));
    assert_eq!(body(&address, "/").unwrap(), app["pid"].to_string());

    assert_eq!(house.run(&["stop", "app"]), "app is stopped\n");
    assert!(body(&address, "/").unwrap_err().contains("refused"), "nobody waits for an app that is stopped");
    assert_eq!(house.app("app")["exits"][0]["reason"], "exit status 0");
    assert_eq!(house.run(&["stop", "app"]), "app is stopped\n");

    house.run(&["restart", "app"]);
    let app = house.app("app");
    assert_eq!((&app["state"], &app["restarts"]), (&"running".into(), &1.into()));
    house.run(&["delete", "app"]);
    assert_eq!(house.run(&["ls", "--json"]), "[]\n");
    assert_eq!(house.processes().len(), 1, "only the daemon");
}

#[test]
fn a_crash_is_followed_by_a_start() {
    let house = House::new();
    house.start(&[]);
    let (address, old) = (house.address("app"), house.app("app")["pid"].clone());
    assert!(body(&address, "/die").is_err());
    // It waits for the next process.
    assert_ne!(body(&address, "/").unwrap(), old.to_string());
    let app = house.wait_for("app", |app| app["state"] == "running");
    assert_eq!((&app["restarts"], &app["exits"][0]["reason"]), (&1.into(), &"exit status 7".into()));

    kill(app["pid"].as_u64().unwrap().try_into().unwrap(), "KILL");
    let app = house.wait_for("app", |app| app["restarts"] == 2 && app["state"] == "running");
    assert_eq!(app["exits"][1]["reason"], "killed by SIGKILL");
}

#[test]
fn a_crash_loop_is_given_up() {
    let house = House::new();
    let program = stand_in();
    let start = ["start", "--name", "app", "--listen", "127.0.0.1:0", program.to_str().unwrap(), "--fail"];
    let complaint = house.fail(&start);
    assert!(complaint.contains("app did not start: exit status 3. It is tried again"), "{complaint}");
    assert!(complaint.contains("it is broken"), "{complaint}");
    let app = house.wait_for("app", |app| app["state"] == "crash-loop");
    assert_eq!(app["reason"], "5 deaths in a row, each within 60 s of its start; the last: exit status 3");
    assert_eq!((&app["restarts"], app["exits"].as_array().unwrap().len()), (&4.into(), 5));
    assert!(body(&house.address("app"), "/").is_err(), "its address is free");
    // Who has repaired it starts it as before.
    house.start(&[]);
    assert_eq!(house.app("app")["state"], "running");
}

#[test]
fn an_app_with_too_much_memory_is_restarted() {
    let house = House::new();
    let program = stand_in();
    let start =
        ["start", "--name", "app", "--listen", "127.0.0.1:0", "--max-memory", "100MB", program.to_str().unwrap()];
    house.run(&[&start[..], &["--hoard"]].concat());
    let app = house.wait_for("app", |app| app["restarts"].as_u64() > Some(0));
    let reason = app["exits"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("memory: ") && reason.ends_with(" is more than 100.0 MB (exit status 0)"), "{reason}");
}

#[test]
fn what_an_app_started_ends_with_it() {
    let house = House::new();
    let program = house.script("parent", &format!("sleep 600 & exec {} \"$@\"", stand_in().display()));
    house.run(&["start", "--listen", "127.0.0.1:0", program.to_str().unwrap()]);
    // With the child, perhaps that of `--version`, too.
    assert!(house.processes().len() >= 3);
    house.run(&["stop", "parent"]);
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(house.processes().len(), 1, "only the daemon");
}

#[test]
fn a_killed_daemon_is_followed_by_one_that_brings_the_apps_back() {
    let house = House::new();
    house.start(&[]);
    let (address, orphan) = (house.address("app"), house.app("app")["pid"].as_u64().unwrap());
    house.run(&["start", "--name", "idle", "--listen", "127.0.0.1:0", stand_in().to_str().unwrap()]);
    house.run(&["stop", "idle"]);
    std::thread::sleep(Duration::from_millis(100));
    kill(house.daemon().unwrap(), "KILL");
    std::thread::sleep(Duration::from_millis(100));
    assert!(lives(orphan));
    assert!(house.run(&["ls"]).contains("The daemon does not run."));

    let mut daemon = house.command(&["daemon"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let app = house.wait_for("app", |app| app["state"] == "running");
    assert!(!lives(orphan) && app["pid"] != orphan);
    assert_ne!(house.address("app"), address, "port 0 is any free one");
    assert_eq!(house.app("idle")["state"], "stopped");

    let output = house.command(&["daemon"]).output().unwrap();
    assert!(text(&output).contains(&format!("a daemon runs already (pid {})", daemon.id())));
    assert!(house.run(&["kill"]).contains("have ended"));
    assert!(daemon.wait().unwrap().success());
    assert_eq!(house.processes(), [0; 0]);
    assert_eq!(house.run(&["kill"]), "The daemon does not run.\n");
}

#[test]
fn many_starts_at_once_share_one_daemon() {
    let house = House::new();
    let program = stand_in();
    let start = |name: &str| {
        house.command(&["start", "--name", name, "--listen", "127.0.0.1:0", program.to_str().unwrap()]).spawn()
    };
    let started: Vec<_> = ["a", "b", "c", "d"].iter().map(|name| start(name).unwrap()).collect();
    assert!(started.into_iter().all(|mut child| child.wait().unwrap().success()));
    let apps: Vec<serde_json::Value> = serde_json::from_str(&house.run(&["ls", "--json"])).unwrap();
    assert!(apps.len() == 4 && apps.iter().all(|app| app["state"] == "running"));
    assert_eq!(house.processes().len(), 5);
}

#[test]
fn mistakes_are_told() {
    let house = House::new();
    let program = stand_in();
    let program = program.to_str().unwrap();
    assert!(house.fail(&["stop", "app"]).contains("no app is named `app`: there are none; `kovar start PROGRAM`"));
    assert!(house.fail(&["start", "./nothing"]).contains("./nothing cannot be started: No such file"));
    assert!(house.fail(&["start", "/tmp"]).contains("/tmp is no program"));
    assert!(
        house
            .fail(&["start", "no-such-program"])
            .contains("no program `no-such-program` is in the directories of PATH")
    );
    assert!(house.fail(&["start", "--name", "all", program]).contains("another --name"));
    assert!(house.fail(&["start", "--name", "../x", program]).contains("cannot be a name"));
    house.start(&[]);
    assert!(house.fail(&["reload", "ap"]).contains("no app is named `ap`; there are: app"));
    assert!(house.fail(&["describe", "ap"]).contains("no app is named `ap`; there are: app"));
    assert!(house.fail(&["start", "--name", "app", program]).contains("app runs already: `kovar reload app`"));
    let taken = house.address("app");
    let complaint = house.fail(&["start", "--name", "two", "--listen", &taken, program]);
    assert!(complaint.contains(&format!("two cannot be started: {taken} cannot be listened at")), "{complaint}");
    assert!(house.fail(&["describe", "two"]).contains("there are: app"), "what never ran is not kept");
    let output = house.command(&["start", "--max-memory", "lots", program]).output().unwrap();
    assert!(text(&output).contains("`lots` is no size: write 300MB"));
}

#[test]
fn a_directory_that_is_open_to_others_is_refused() {
    let house = House::new();
    std::fs::create_dir(house.home()).unwrap();
    let complaint = house.fail(&["start", stand_in().to_str().unwrap()]);
    assert!(complaint.contains("is open to others (mode 755)") && complaint.contains("chmod 700"), "{complaint}");
}
