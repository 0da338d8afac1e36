//! What a person sets when starting a program.
//!
//! A flag wins over the environment, the environment over a file `.env` in the working directory,
//! and that over the default.

use std::net::SocketAddr;
use std::num::NonZeroUsize;

use kovar_serve::{Address, Runtime};

/// What a person sets when starting a program.
#[derive(Clone, Debug, clap::Args)]
pub struct Settings {
    /// The address for requests, or several with commas; unix:PATH is a Unix socket
    #[arg(
        long,
        env = "KOVAR_LISTEN",
        default_value = "127.0.0.1:8000",
        global = true,
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    pub listen: Vec<Address>,

    /// The address for health checks; never the public one
    #[arg(long, env = "KOVAR_ADMIN", default_value = "127.0.0.1:8001", global = true, value_name = "ADDRESS")]
    pub admin: SocketAddr,

    /// How many threads answer requests [default: one for each core]
    #[arg(long, env = "KOVAR_WORKERS", global = true, value_name = "NUMBER")]
    pub workers: Option<NonZeroUsize>,

    /// What runs the workers: a thread for each, or one pool that shares all work
    #[arg(long, env = "KOVAR_RUNTIME", default_value = "per-core", global = true, value_name = "KIND")]
    pub runtime: Runtime,

    /// The database; by default a SQLite file in `data`, named like the program
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        value_name = "URL",
        help = "The database [default: sqlite://data/<program>.db]"
    )]
    pub database: Option<String>,
}

impl Settings {
    /// How many threads answer requests: those that are set, or one for each core.
    pub fn worker_count(&self) -> NonZeroUsize {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.workers.unwrap_or_else(cores)
    }

    /// The URL of the database: the one that is set, or a file named like the program.
    pub fn database_url(&self, program: &str) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite://data/{program}.db"))
    }
}
