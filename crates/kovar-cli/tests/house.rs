//! A daemon for one test, and all that it starts. Everything ends with the test, however that ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A directory with a daemon of its own.
pub(crate) struct House {
    directory: TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("kovar").tempdir().unwrap();
        std::fs::create_dir(directory.path().join("work")).unwrap();
        Self { directory }
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Where programs of the test are.
    pub(crate) fn work(&self) -> PathBuf {
        self.directory.path().join("work")
    }

    /// The command, in this house.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kovar"));
        command.args(arguments).env("KOVAR_HOME", self.home()).current_dir(self.work()).stdin(Stdio::null());
        command.env_remove("KOVAR_LISTEN").env_remove("KOVAR_ADMIN");
        command
    }

    /// Runs a command that has to succeed, and returns what it printed.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "kovar {}: {}", arguments.join(" "), text(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that has to fail, and returns what it complained.
    #[track_caller]
    pub(crate) fn fail(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "kovar {}: {}", arguments.join(" "), text(&output));
        String::from_utf8(output.stderr).unwrap()
    }

    /// Starts the stand-in as `app`, with these arguments.
    #[track_caller]
    pub(crate) fn start(&self, arguments: &[&str]) -> String {
        let program = stand_in();
        let all =
            [&["start", "--name", "app", "--listen", "127.0.0.1:0", program.to_str().unwrap()], arguments].concat();
        self.run(&all)
    }

    /// What `describe` knows of an app.
    #[track_caller]
    pub(crate) fn app(&self, name: &str) -> Value {
        serde_json::from_str(&self.run(&["describe", name, "--json"])).unwrap()
    }

    /// Where the app listens.
    #[track_caller]
    pub(crate) fn address(&self, name: &str) -> String {
        self.app(name)["addresses"][0].as_str().unwrap().to_owned()
    }

    /// Waits until an app is in a state.
    #[track_caller]
    pub(crate) fn wait_for(&self, name: &str, what: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let app = self.app(name);
            if what(&app) {
                return app;
            }
            assert!(Instant::now() < until, "it did not come to this: {app:#}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A script at a path that tests may change, as a deployment changes a program.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let (path, new) = (self.work().join(name), self.work().join("new"));
        std::fs::write(&new, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::rename(new, &path).unwrap();
        path
    }

    /// The pid of the daemon.
    pub(crate) fn daemon(&self) -> Option<u32> {
        std::fs::read_to_string(self.home().join("daemon.lock")).ok()?.parse().ok()
    }

    /// The processes that have this house in their environment.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let mark = format!("KOVAR_HOME={}", self.home().display()).into_bytes();
        let pids =
            std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let is_here = |pid: &u32| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|&byte| byte == 0).any(|variable| variable == mark)
        };
        pids.filter(is_here).collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // A test that failed may have left anything.
        let _ = self.command(&["kill"]).output();
        for pid in self.processes() {
            kill(pid, "KILL");
        }
    }
}

/// The program that obeys the protocol. Cargo builds examples for some ways to run the tests, and
/// not for others.
pub(crate) fn stand_in() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        // As the whole workspace is tested, so that nothing is compiled twice.
        cargo.args(["build", "--workspace", "--all-features", "--example", "stand_in"]);
        assert!(cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
        Path::new(env!("CARGO_BIN_EXE_kovar")).with_file_name("examples").join("stand_in")
    });
    assert!(built.exists(), "{} is missing", built.display());
    built.clone()
}

pub(crate) fn kill(pid: u32, signal: &str) {
    // The process may have ended.
    let _ = Command::new("kill").args([format!("-{signal}"), pid.to_string()]).stderr(Stdio::null()).status();
}

/// Whether a process runs, and is no zombie.
pub(crate) fn lives(pid: u64) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

pub(crate) fn text(output: &Output) -> String {
    format!("{}\n{}{}", output.status, String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
