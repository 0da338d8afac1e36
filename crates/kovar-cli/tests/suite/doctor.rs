//! `kovar doctor`, run as a person and as a program run it.

use std::fs;
use std::net::TcpListener;

use super::{kovar, stdout};

/// Two addresses that are free now.
fn addresses() -> [String; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().to_string())
}

#[test]
fn a_machine_that_is_fit_passes() {
    let folder = tempfile::tempdir().unwrap();
    let [listen, admin] = addresses();
    fs::write(folder.path().join(".env"), format!("KOVAR_LISTEN={listen}\nKOVAR_ADMIN={admin}\n")).unwrap();
    let looked = kovar(folder.path()).arg("doctor").output().unwrap();
    let text = stdout(&looked);
    assert_eq!(looked.status.code(), Some(0), "{text}");
    assert!(text.contains(&format!("ok    listen        {listen} is free\n")), "{text}");
    assert!(text.contains("will be made when the app starts"), "{text}");
    assert!(text.is_ascii() && text.ends_with(" 0 failing\n"), "{text}");
}

#[test]
fn what_fails_is_told_in_json_and_by_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let [_, admin] = addresses();
    fs::write(folder.path().join("shop.db"), "Dear diary, ".repeat(100)).unwrap();
    let looked = kovar(folder.path())
        .args(["doctor", "--json"])
        .env("KOVAR_LISTEN", taken.local_addr().unwrap().to_string())
        .env("KOVAR_ADMIN", admin)
        .env("DATABASE_URL", "sqlite://shop.db")
        .env("KOVAR_TLS_CERT", "cert.pem")
        .output()
        .unwrap();
    assert_eq!(looked.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&looked.stdout).unwrap();
    let fails = json["checks"].as_array().unwrap().iter().filter(|check| check["verdict"] == "fail");
    let fails: Vec<_> = fails.map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(fails, ["listen", "database", "key"]);
}
