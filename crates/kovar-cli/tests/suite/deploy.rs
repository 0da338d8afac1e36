//! The files that deploy a new app, read as those read them who use them.

use std::fs;
use std::path::Path;
use std::process::Command;

use saphyr::{LoadableYamlNode as _, Yaml};

use super::{make_app, stderr};

/// How long an app takes to end at most: `Limits::drain_timeout` of `kovar-serve` for what is in flight, and as long
/// again for detached work.
const DRAIN_SECONDS: i64 = 60;

fn read(app: &Path, file: &str) -> String {
    fs::read_to_string(app.join(file)).unwrap()
}

#[test]
fn kubernetes_gets_a_deployment_that_can_run() {
    let folder = tempfile::tempdir().unwrap();
    let app = make_app(folder.path(), "my_shop");
    let text = read(&app, "deploy/kubernetes.yaml");
    let documents = Yaml::load_from_str(&text).unwrap();
    let kinds: Vec<_> = documents.iter().map(|document| document["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["PersistentVolumeClaim", "Deployment", "Service"]);
    for document in &documents {
        assert!(document["metadata"]["name"].as_str().unwrap().starts_with("my-shop"), "{document:?}");
    }

    let deployment = &documents[1]["spec"];
    assert_eq!(deployment["replicas"].as_integer(), Some(1));
    assert_eq!(deployment["strategy"]["type"].as_str(), Some("Recreate"));
    let labels = &deployment["template"]["metadata"]["labels"];
    assert_eq!(&deployment["selector"]["matchLabels"], labels);
    assert_eq!(&documents[2]["spec"]["selector"], labels);

    let pod = &deployment["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"].as_bool(), Some(true));
    assert_eq!(pod["volumes"][0]["persistentVolumeClaim"]["claimName"], documents[0]["metadata"]["name"]);
    let container = &pod["containers"][0];
    let sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"].as_integer().unwrap();
    assert!(pod["terminationGracePeriodSeconds"].as_integer().unwrap() > sleep + DRAIN_SECONDS);
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"].as_bool(), Some(true));
    assert!(container["resources"]["limits"]["memory"].as_str().is_some());
    for (probe, path) in
        [("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready")]
    {
        assert_eq!(container[probe]["httpGet"]["path"].as_str(), Some(path));
        assert_eq!(container[probe]["httpGet"]["port"].as_str(), Some("admin"));
    }
}

#[test]
fn ci_looks_at_everything() {
    let folder = tempfile::tempdir().unwrap();
    let text = read(&make_app(folder.path(), "demo"), ".github/workflows/ci.yml");
    let documents = Yaml::load_from_str(&text).unwrap();
    let steps = |job: &str| -> String {
        let steps = documents[0]["jobs"][job]["steps"].as_sequence().unwrap();
        steps.iter().filter_map(|step| step.as_mapping_get("run")?.as_str()).collect::<Vec<_>>().join("\n")
    };
    for command in ["cargo fmt --check", "cargo clippy --locked --all-targets -- -D warnings", "cargo test --locked"] {
        assert!(steps("check").contains(command), "{command}");
    }
    assert!(steps("compat").contains("compat \"$RUNNER_TEMP/before.json\""));
    assert_eq!(documents[0]["permissions"]["contents"].as_str(), Some("read"));
}

#[test]
fn systemd_accepts_the_unit() {
    let folder = tempfile::tempdir().unwrap();
    let app = make_app(folder.path(), "my-shop");
    let unit = read(&app, "deploy/my-shop.service");
    let seconds = |key: &str| -> i64 {
        let value = unit.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        value.unwrap_or_else(|| panic!("no {key}")).parse().unwrap()
    };
    assert!(seconds("TimeoutStopSec") > DRAIN_SECONDS);
    assert!(seconds("LimitNOFILE") >= 10_000);
    for line in
        ["Type=notify", "DynamicUser=yes", "StateDirectory=my-shop", "ProtectSystem=strict", "NoNewPrivileges=yes"]
    {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }

    // The program is not installed here, and `verify` asks for it.
    let installed = unit.replace("ExecStart=/usr/local/bin/my-shop", "ExecStart=/bin/true");
    let path = folder.path().join("my-shop.service");
    fs::write(&path, installed).unwrap();
    match Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output() {
        Ok(verified) => {
            assert!(verified.status.success(), "{}", stderr(&verified));
            assert!(!stderr(&verified).contains("my-shop.service"), "{}", stderr(&verified));
        }
        Err(_) => eprintln!("skipped: there is no systemd-analyze"),
    }
}

#[test]
fn the_image_is_small_and_runs_as_nobody_special() {
    let folder = tempfile::tempdir().unwrap();
    let app = make_app(folder.path(), "my-shop");
    let text = read(&app, "Dockerfile");
    let instructions: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let stages: Vec<&str> = instructions.iter().filter_map(|line| line.strip_prefix("FROM ")).collect();
    assert_eq!(stages.len(), 2);
    assert!(stages[0].starts_with(concat!("rust:", env!("CARGO_PKG_RUST_VERSION"), "-slim-trixie")), "{}", stages[0]);
    assert!(stages[1].contains("debian13:nonroot") && !text.contains(":latest"), "{}", stages[1]);
    // Process 1 gets SIGTERM only if no shell stands before it.
    assert!(instructions.contains(&r#"ENTRYPOINT ["/usr/local/bin/my-shop"]"#));
    assert!(instructions.iter().any(|line| line.starts_with("USER 65532")));
    assert!(instructions.contains(&"EXPOSE 8000"), "the admin port is not published");
    let ignored = read(&app, ".dockerignore");
    for secret in [".env", ".git", "target", "data"] {
        assert!(ignored.lines().any(|line| line == secret), "{secret}");
    }
}
