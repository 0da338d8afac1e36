//! Calls cargo, shows what it says, and keeps it for the page.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::Stdio;

use clap::Args;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::Command;

use super::package::Package;
use crate::manage::Error;
use crate::manage::process_group::ProcessGroup;

/// So much of what cargo says is kept.
const KEPT: usize = 256 << 10;

/// What is built.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The package, if not the one that is here
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,

    /// The program, if the package has several
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,

    /// Features of the package, with commas
    #[arg(short = 'F', long, value_name = "FEATURES")]
    features: Option<String>,

    /// Builds with optimizations
    #[arg(long)]
    release: bool,
}

/// What came of a build.
#[derive(Debug)]
pub(super) enum Built {
    /// There is a program.
    Program(PathBuf),
    /// There is none, and this is what cargo said.
    Broken(String),
}

/// The messages of cargo that are read: `cargo build --message-format=json`.
#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    executable: Option<PathBuf>,
    #[serde(default)]
    target: Option<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Options {
    /// The arguments that say which features are wanted.
    pub(super) fn features(&self) -> Vec<String> {
        self.features.iter().flat_map(|features| ["--features".to_owned(), features.clone()]).collect()
    }

    fn arguments(&self) -> Vec<String> {
        let named = |flag: &str, name: &Option<String>| {
            name.iter().flat_map(|name| [flag.to_owned(), name.clone()]).collect::<Vec<_>>()
        };
        let mut arguments = named("--package", &self.package);
        arguments.extend(named("--bin", &self.bin));
        arguments.extend(self.features());
        arguments.extend(self.release.then(|| "--release".to_owned()));
        arguments
    }
}

/// Builds. When this is dropped, cargo and its compilers are killed.
///
/// # Errors
///
/// When cargo cannot be started, or it is not plain which program to run.
pub(super) async fn build(package: &Package, options: &Options) -> Result<Built, Error> {
    let color = if std::io::stderr().is_terminal() { "always" } else { "never" };
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--message-format=json-render-diagnostics", "--color", color]).args(options.arguments());
    cargo.current_dir(&package.directory).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut cargo = cargo.process_group(0).spawn().map_err(|cause| format!("cargo cannot be started: {cause}"))?;
    let _group = cargo.id().map(ProcessGroup::led_by);
    let (Some(out), Some(err)) = (cargo.stdout.take(), cargo.stderr.take()) else {
        return Err("cargo has no output".into());
    };
    let (programs, said) = tokio::join!(programs(out), show(err));
    if !cargo.wait().await?.success() {
        return Ok(Built::Broken(said));
    }
    only_one(programs)
}

fn only_one(mut programs: Vec<(String, PathBuf)>) -> Result<Built, Error> {
    match (programs.pop(), programs.len()) {
        (Some((_, path)), 0) => Ok(Built::Program(path)),
        (Some((last, _)), _) => {
            let names: Vec<_> = programs.into_iter().map(|(name, _)| name).chain([last]).collect();
            Err(format!("which of the programs is meant: {}? Say --bin NAME", names.join(", ")).into())
        }
        (None, _) => {
            Err("nothing that is built here is a program: go to a package with src/main.rs, or say --package NAME"
                .into())
        }
    }
}

/// The programs that were built, or are as they were.
async fn programs(out: impl AsyncRead + Unpin) -> Vec<(String, PathBuf)> {
    let mut lines = BufReader::new(out).lines();
    let mut programs = Vec::new();
    while let Ok(Some(line)) = lines.next_line().await {
        // There are messages of other kinds.
        let Ok(Message { executable: Some(path), target: Some(target) }) = serde_json::from_str(&line) else {
            continue;
        };
        if target.kind.iter().any(|kind| kind == "bin") {
            programs.push((target.name, path));
        }
    }
    programs
}

/// Shows what cargo says as it comes, and returns it.
async fn show(mut err: impl AsyncRead + Unpin) -> String {
    let (mut said, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = err.read(&mut buffer).await {
        // A terminal that is gone is no reason to stop.
        let _ = std::io::stderr().write_all(&buffer[..read]);
        said.extend_from_slice(&buffer[..read.min(KEPT - said.len().min(KEPT))]);
    }
    String::from_utf8_lossy(&said).into_owned()
}
