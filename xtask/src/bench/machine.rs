//! The machine: its cores, its limits, and what the report says of it.

use std::fs;
use std::time::Duration;

use crate::command::{limited, run};
use crate::workshop::Workshop;

pub(crate) const SERVER_CORE: &str = "0";
pub(crate) const LOAD_CORE: &str = "1";

/// Ten thousand connections and some more.
const OPEN_FILES: &str = "--nofile=16384:";

/// What the numbers depend on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) date: String,
    pub(crate) commit: String,
    /// Names and versions of the tools.
    pub(crate) tools: Vec<(String, String)>,
}

/// Puts this process, and with it the load, on the load's core, and lets it and the servers open enough files.
///
/// # Errors
/// When there is one core only, or the limits cannot be set.
pub(crate) fn separate_cores() -> Result<(), String> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if cores < 2 {
        return Err("The benchmark needs two cores: one for the server, one for the load.".to_owned());
    }
    quick("taskset", &["--cpu-list", "--pid", LOAD_CORE, &std::process::id().to_string()])?;
    allow_open_files()
}

/// What runs before all others of this machine, if we may say so: what they take is no property of a server.
pub(crate) const FAVOURED: &str = "-20";

/// Puts this thread, and what it starts, on the load's core, and before all others there.
///
/// # Errors
/// When there is one core only.
pub(crate) fn pin_this_thread() -> Result<(), String> {
    let thread = fs::read_link("/proc/thread-self").map_err(|error| format!("No /proc/thread-self: {error}"))?;
    let thread = thread.file_name().unwrap_or_default().to_string_lossy();
    // Only root may.
    let _ = quick("renice", &["--priority", FAVOURED, "--pid", &thread]);
    quick("taskset", &["--cpu-list", "--pid", LOAD_CORE, &thread]).map(drop)
}

/// Lets this process and what it starts open enough files.
///
/// # Errors
/// When they may not.
pub(crate) fn allow_open_files() -> Result<(), String> {
    quick("prlimit", &["--pid", &std::process::id().to_string(), OPEN_FILES])
        .map_err(|why| format!("16,384 open files must be allowed (`ulimit -Hn`): {why}"))?;
    Ok(())
}

/// # Errors
/// When the machine does not tell what day it is.
pub(crate) fn describe(workshop: &Workshop) -> Result<Machine, String> {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let names: Vec<&str> = processors.lines().filter_map(|line| line.strip_prefix("model name")).collect();
    let root = workshop.root().to_string_lossy().into_owned();
    Ok(Machine {
        processor: names.first().map_or("unknown", |name| name.trim_start_matches(['\t', ' ', ':'])).to_owned(),
        cores: names.len(),
        kernel: quick("uname", &["-sr"])?,
        date: quick("date", &["-u", "+%Y-%m-%d"])?,
        commit: quick("git", &["-C", &root, "describe", "--always", "--dirty"]).unwrap_or_default(),
        tools: tools(),
    })
}

fn tools() -> Vec<(String, String)> {
    let asked = [
        ("rustc", "--version"),
        ("go", "version"),
        ("node", "--version"),
        ("python3", "--version"),
        ("wrk", "--version"),
    ];
    let told = asked.into_iter().filter_map(|(program, flag)| {
        let version = first_line(program, flag)?;
        Some((program.to_owned(), version))
    });
    told.collect()
}

/// The first line that a program says of its version; wrk says it with an exit code of 1.
fn first_line(program: &str, flag: &str) -> Option<String> {
    let output = limited(program, Duration::from_secs(20)).arg(flag).output().ok()?;
    let text =
        String::from_utf8_lossy(if output.stdout.is_empty() { &output.stderr } else { &output.stdout }).into_owned();
    let line = text.lines().next()?.split(" Copyright").next()?.trim().to_owned();
    (output.status.code() != Some(127)).then_some(line)
}

fn quick(program: &str, arguments: &[&str]) -> Result<String, String> {
    run(limited(program, Duration::from_secs(20)).args(arguments)).map(|said| said.trim().to_owned())
}
