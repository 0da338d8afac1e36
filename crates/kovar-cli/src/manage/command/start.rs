//! `kovar start`: a program becomes an app that is kept running.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::manage::Error;
use crate::manage::client::Client;
use crate::manage::command::change;
use crate::manage::listen::Address;
use crate::manage::protocol::{Request, Spec};
use crate::manage::units;

/// What belongs to whoever started the manager, and not to the app.
const NOT_PASSED_ON: [&str; 6] =
    ["LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"];

/// The arguments of `kovar start`.
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// What the app is called [default: the name of the program's file]
    #[arg(long)]
    name: Option<String>,

    /// Where it listens, or several with commas; unix:PATH is a Unix socket
    #[arg(long, env = "KOVAR_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDRESS", value_delimiter = ',')]
    listen: Vec<Address>,

    /// Where its health and metrics are, or `none`; port 0 is any free one
    #[arg(long, env = "KOVAR_ADMIN", default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    admin: String,

    /// Restarts it when its process has more memory than this, such as 300MB
    #[arg(long, value_name = "SIZE", value_parser = units::bytes)]
    max_memory: Option<u64>,

    /// Puts its log file aside when it is larger than this
    #[arg(long, value_name = "SIZE", value_parser = units::bytes, default_value = "10MB")]
    log_size: u64,

    /// Keeps so many log files that were put aside
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    log_files: u32,

    /// Answers with JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// The program
    program: PathBuf,

    /// What the program is called with
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Start {
    /// Starts the program, and waits until it is ready.
    pub(crate) fn run(self) -> Result<ExitCode, Error> {
        self.note_misplaced_listen();
        let json = self.json;
        let spec = self.into_spec()?;
        let started = Client::started()?.change(&Request::Start(Box::new(spec)))?;
        Ok(change::report(&[started], "is running", json))
    }

    fn into_spec(self) -> Result<Spec, Error> {
        let program = find_program(&self.program)?;
        let name = match self.name {
            Some(name) => name,
            None => program.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default(),
        };
        check_name(&name)?;
        let admin = match self.admin.as_str() {
            "none" => None,
            address => Some(address.parse()?),
        };
        Ok(Spec {
            name,
            program,
            arguments: self.arguments,
            directory: std::env::current_dir()?,
            environment: environment(),
            listen: self.listen,
            admin,
            max_memory: self.max_memory,
            log_size: self.log_size,
            log_files: self.log_files,
        })
    }

    fn note_misplaced_listen(&self) {
        let is_listen = |argument: &String| argument == "--listen" || argument.starts_with("--listen=");
        if self.arguments.iter().any(is_listen) {
            eprintln!("note: the program gets its sockets from kovar: write --listen before the program, not after it");
        }
    }
}

fn environment() -> Vec<(String, String)> {
    let pairs =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    pairs.filter(|(name, _)| !NOT_PASSED_ON.contains(&name.as_str())).collect()
}

fn check_name(name: &str) -> Result<(), Error> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let is_name = !name.is_empty() && name.len() <= 64 && name.chars().all(is_plain) && !name.starts_with(['.', '-']);
    match name {
        "all" => Err("`all` means all apps: give the app another --name".into()),
        _ if is_name => Ok(()),
        _ => Err(format!("`{name}` cannot be a name: letters, digits, `.`, `_` and `-` can; say --name NAME").into()),
    }
}

/// The program as an absolute path, found as a shell finds it.
fn find_program(program: &Path) -> Result<PathBuf, Error> {
    let shown = program.display();
    if program.components().count() > 1 || program.is_absolute() {
        let path = std::path::absolute(program)?;
        return match std::fs::metadata(&path) {
            Err(cause) => Err(format!("{shown} cannot be started: {cause}").into()),
            Ok(metadata) if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 => Ok(path),
            Ok(_) => Err(format!("{shown} is no program: is it a directory, or is `chmod +x` missing?").into()),
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join(program)).find(|path| path.is_file());
    let hint = if program.is_file() { format!("; for the file that is here write ./{shown}") } else { String::new() };
    found.ok_or_else(|| format!("no program `{shown}` is in the directories of PATH{hint}").into())
}
