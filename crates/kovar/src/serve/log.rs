//! Where the log goes: to standard error, for people in a terminal, as JSON otherwise.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Starts logging, unless the program has done so itself. `RUST_LOG` says how much; default: `info`.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match std::io::stderr().is_terminal() {
        true => tracing::subscriber::set_global_default(log.finish()),
        false => tracing::subscriber::set_global_default(log.json().finish()),
    };
    // An error says that the program has a log of its own.
    drop(started);
}
