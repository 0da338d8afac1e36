//! `kovar doctor`: looks whether this machine can run the app in this folder, and says what to do where it cannot.
//!
//! Each check has two parts: one measures, and one judges what was measured. Only the second decides anything, and it
//! is a function of plain values, so that each verdict has a test on every machine.

mod accept_queue;
mod certificate;
mod clock;
mod database;
mod disk;
mod finding;
mod memory;
mod open_files;
mod ports;
mod report;
mod settings;
mod time_zones;

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use kovar_serve::Address;

use self::database::Database;
use self::finding::{Check, Finding, Verdict};
use self::report::Marks;
use self::settings::Settings;
use crate::Outcome;

/// Looks whether this machine can run the app in this folder; exits with 1 if something would fail
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let checks = examine(&std::env::current_dir()?);
    match arguments.json {
        true => println!("{}", report::json(&checks)?),
        false => print!("{}", report::table(&checks, marks())),
    }
    let fails = checks.iter().any(|check| check.finding.verdict == Verdict::Fail);
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Every check of the app in a folder, in the order in which they are told.
fn examine(folder: &Path) -> Vec<Check> {
    let (settings, file) = Settings::of(folder);
    let mut checks = vec![
        Check::new("settings", file),
        Check::new("open files", examine_open_files(&settings)),
        Check::new("accept queue", accept_queue::check()),
        Check::new("memory", memory::check()),
        Check::new("clock", clock::check()),
        Check::new("time zones", time_zones::check()),
    ];
    checks.extend(examine_ports(&settings));
    checks.extend(examine_database(&settings));
    checks.extend(examine_certificate(&settings));
    checks
}

fn examine_open_files(settings: &Settings) -> Finding {
    match settings.workers() {
        Ok(workers) => open_files::check(workers),
        Err(reason) => Finding::fail(reason, "correct KOVAR_WORKERS"),
    }
}

/// A port that is taken is no failure if this app is what has it, which its admin listener tells.
fn examine_ports(settings: &Settings) -> Vec<Check> {
    let admin = settings.admin();
    let is_running = admin.as_ref().is_ok_and(|admin| ports::is_an_app_at(*admin));
    let (listen, admin) = (settings.listen(), admin.map(Address::Tcp));
    let look = |address: &Result<Address, String>, setting: &str| match address {
        Ok(address) => ports::check(address, setting, is_running),
        Err(reason) => Finding::fail(reason, format!("correct {setting}")),
    };
    let mut checks: Vec<Check> =
        listen.iter().map(|address| Check::new("listen", look(address, "KOVAR_LISTEN"))).collect();
    checks.push(Check::new("admin", look(&admin, "KOVAR_ADMIN")));
    checks
}

fn examine_database(settings: &Settings) -> Vec<Check> {
    let database = match settings.database() {
        Ok(database) => database,
        Err(reason) => return vec![Check::new("database", Finding::fail(reason, "correct DATABASE_URL"))],
    };
    match &database {
        Database::File(path) => vec![
            Check::new("disk", disk::check(disk::folder_of(path))),
            Check::new("database", database::sqlite::check(path)),
        ],
        Database::Memory => {
            let found = "SQLite in memory";
            let advice = "everything is gone when the app ends: set DATABASE_URL to sqlite://path/to/file.db";
            vec![Check::new("database", Finding::warn(found, advice))]
        }
        Database::Server { host, port } => vec![Check::new("database", database::server::check(host, *port))],
    }
}

fn examine_certificate(settings: &Settings) -> Vec<Check> {
    match (settings.certificate(), settings.key()) {
        (None, None) => Vec::new(),
        (Some(certificate), Some(key)) => {
            let mut checks = vec![
                Check::new("certificate", certificate::check_certificate(&certificate)),
                Check::new("key", certificate::check_key(&key)),
            ];
            checks.extend(certificate::check_pair(&certificate, &key).map(|pair| Check::new("key", pair)));
            checks
        }
        (Some(_), None) => vec![Check::new("key", half("KOVAR_TLS_CERT", "KOVAR_TLS_KEY"))],
        (None, Some(_)) => vec![Check::new("certificate", half("KOVAR_TLS_KEY", "KOVAR_TLS_CERT"))],
    }
}

fn half(present: &str, absent: &str) -> Finding {
    Finding::fail(format!("{present} is set, and {absent} is not"), "set both, or neither")
}

/// Signs and colours are for people in a terminal; <https://no-color.org> says how they refuse them.
fn marks() -> Marks {
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if std::io::stdout().is_terminal() && !is_refused { Marks::Signs } else { Marks::Words }
}

#[cfg(test)]
mod tests;
