//! A database for each start of a peer, with the same rows each time: what one has inserted does not slow the next.
//!
//! The tables are made, filled and analysed once, and copied for each start. Kovar's are made by its own migrations,
//! since it refuses tables that it does not know, and the peers' from the same files.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::peers::Database;
use super::seed;
use super::workload::App;
use crate::bench::peer::Peer;
use crate::bench::places::Places;
use crate::bench::processes::Family;
use crate::command::{limited, run};
use crate::temporary::emptied;
use crate::toolbox::apt;
use crate::toolbox::postgres::Postgres;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(60);

/// The name of the database that a peer gets.
const FRESH: &str = "bench";

#[derive(Debug)]
pub(super) struct Databases {
    /// Only if a peer needs it.
    postgres: Option<Postgres>,
    /// Where SQLite's files and the seeds lie.
    folder: PathBuf,
    /// Where cargo puts Kovar's release build, which migrates.
    release: PathBuf,
    root: PathBuf,
    /// The databases that are copied.
    templates: HashSet<String>,
}

impl Databases {
    /// # Errors
    /// When a database cannot be installed or started.
    pub(super) fn start<'a>(
        workshop: &Workshop,
        places: &Places,
        mut peers: impl Iterator<Item = &'a Peer>,
    ) -> Result<Self, String> {
        apt::program(&["sqlite3"], &["sqlite3"])?;
        let postgres = peers.any(|peer| Database::of(peer) == Database::Postgres).then(Postgres::start).transpose()?;
        let folder = places.made.join("databases");
        emptied(&folder)?;
        let (release, root) = (places.release.clone(), workshop.root().to_owned());
        Ok(Self { postgres, folder, release, root, templates: HashSet::new() })
    }

    /// A copy of what an app begins with, and its URL.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn fresh(&mut self, peer: &Peer, app: App) -> Result<String, String> {
        let template = format!("{}_{}", if peer.is_kovar() { "kovar" } else { "peers" }, app.name().replace('-', "_"));
        let database = Database::of(peer);
        if self.templates.insert(format!("{database:?} {template}")) {
            self.make(&template, peer, app)?;
        }
        match database {
            Database::Postgres => {
                self.psql("postgres", &["--command", &format!("drop database if exists {FRESH} with (force)")])?;
                self.psql("postgres", &["--command", &format!("create database {FRESH} template {template}")])?;
                self.psql("postgres", &["--command", "checkpoint"])?;
            }
            Database::Sqlite => self.copy(&template)?,
        }
        self.url(database, FRESH)
    }

    /// What a query on the last fresh database says.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) fn query(&self, database: Database, sql: &str) -> Result<String, String> {
        match database {
            Database::Postgres => self.psql(FRESH, &["--command", sql]),
            Database::Sqlite => self.sqlite(FRESH, &[sql]).map(|said| said.trim().to_owned()),
        }
    }

    /// The processes of the database, if it has any of its own.
    pub(super) fn processes(&self, database: Database) -> Option<Family> {
        match database {
            Database::Postgres => self.postgres.as_ref().map(Postgres::processes),
            Database::Sqlite => None,
        }
    }

    /// What the databases say of themselves. SQLite is in the apps, and its version in their lock files.
    pub(super) fn versions(&self) -> Option<(String, String)> {
        self.postgres.as_ref()?;
        Some(("postgres".to_owned(), self.psql("postgres", &["--command", "show server_version"]).ok()?))
    }

    fn make(&self, template: &str, peer: &Peer, app: App) -> Result<(), String> {
        let database = Database::of(peer);
        if let (Database::Postgres, Some(server)) = (database, &self.postgres) {
            server.create(template)?;
        }
        match peer.is_kovar() {
            true => {
                let mut migrate = limited(self.release.join(app.name()), LIMIT);
                run(migrate.arg("migrate").env("DATABASE_URL", self.url(database, template)?))?;
            }
            false => self.read(database, template, &self.schema(app, database))?,
        }
        let seed = self.folder.join(template).with_extension("sql");
        let text = format!("begin;\n{}commit;\nanalyze;\n", seed::sql(app, database));
        fs::write(&seed, text).map_err(|error| format!("Could not write {}: {error}", seed.display()))?;
        self.read(database, template, &seed)
    }

    fn schema(&self, app: App, database: Database) -> PathBuf {
        self.root.join(match (app, database) {
            (App::Products, Database::Postgres) => "bench/data-app/migrations/postgres.sql",
            (App::Products, Database::Sqlite) => "bench/data-app/migrations/sqlite.sql",
            (App::Shortener, _) => "examples/shortener/migrations/0001_create_links.sql",
        })
    }

    /// Carries out a file of SQL.
    fn read(&self, database: Database, name: &str, file: &Path) -> Result<(), String> {
        match database {
            Database::Postgres => self.psql(name, &["--file", &file.to_string_lossy()]),
            // Of this, a file remembers that it has a write-ahead log; the rest is the connections'.
            Database::Sqlite => self.sqlite(name, &["pragma journal_mode = wal", &format!(".read {}", file.display())]),
        }
        .map(drop)
    }

    fn psql(&self, database: &str, arguments: &[&str]) -> Result<String, String> {
        self.postgres.as_ref().ok_or("PostgreSQL was not started.")?.psql(database, arguments)
    }

    fn sqlite(&self, name: &str, commands: &[&str]) -> Result<String, String> {
        run(limited("sqlite3", LIMIT).arg("-bail").arg(self.file(name)).args(commands))
    }

    fn copy(&self, template: &str) -> Result<(), String> {
        for left in ["bench.db", "bench.db-wal", "bench.db-shm"] {
            // Most often there is none.
            let _ = fs::remove_file(self.folder.join(left));
        }
        let (from, to) = (self.file(template), self.file(FRESH));
        fs::copy(&from, &to).map(drop).map_err(|error| format!("Could not copy {}: {error}", from.display()))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("db")
    }

    fn url(&self, database: Database, name: &str) -> Result<String, String> {
        match database {
            Database::Postgres => {
                let server = self.postgres.as_ref().ok_or("PostgreSQL was not started.")?;
                Ok(format!("{}/{name}?sslmode=disable", server.url()))
            }
            Database::Sqlite => Ok(format!("sqlite://{}", self.file(name).display())),
        }
    }
}
