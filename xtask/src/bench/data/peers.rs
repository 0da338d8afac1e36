//! Who is measured, on which database, and how each is started in production.

use crate::bench::peer::{Kit, NATIVE, ON_GO, ON_NODE, ON_PYTHON, Peer};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Database {
    Postgres,
    Sqlite,
}

impl Database {
    pub(super) const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// The one that a peer is on: its name says so.
    pub(super) fn of(peer: &Peer) -> Self {
        match peer.name.ends_with("sqlite") {
            true => Self::Sqlite,
            false => Self::Postgres,
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

const KOVAR: Peer = Peer {
    label: "Kovar",
    kit: Kit::Kovar(&["bench-data-app", "shortener"]),
    environment: &[],
    command: "{release}/{app} serve --listen {host}:{port} --admin {host}:{admin} --workers 1",
    ..NATIVE
};

const WITH_NODE: Peer = Peer { kit: Kit::JavaScriptWithAddOn("node", "better-sqlite3"), ..ON_NODE };

/// Everybody, in the order of the report.
pub(super) const PEERS: &[Peer] = &[
    Peer { name: "kovar", packages: &["kovar", "tokio-postgres", "tokio"], ..KOVAR },
    Peer {
        name: "axum-deadpool",
        label: "axum, deadpool-postgres",
        packages: &["axum", "deadpool-postgres", "tokio-postgres", "tokio"],
        command: "{made}/rust/release/axum-deadpool {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "axum-sqlx",
        label: "axum, sqlx",
        packages: &["axum", "sqlx", "tokio"],
        command: "{made}/rust/release/axum-sqlx {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "nethttp",
        label: "Go net/http, pgx",
        packages: &["github.com/jackc/pgx/v5", "github.com/go-playground/validator/v10"],
        command: "{made}/go/nethttp {host}:{port}",
        ..ON_GO
    },
    Peer {
        name: "fastify",
        label: "Fastify, pg",
        packages: &["fastify", "pg"],
        command: "node {made}/node/fastify.js {port}",
        ..WITH_NODE
    },
    Peer {
        name: "express",
        label: "Express, pg",
        packages: &["express", "zod", "pg"],
        command: "node {made}/node/express.js {port}",
        ..WITH_NODE
    },
    Peer {
        name: "fastapi-asyncpg",
        label: "FastAPI, asyncpg",
        packages: &["fastapi", "pydantic", "asyncpg", "uvicorn", "uvloop", "httptools"],
        command: "{made}/python/bin/uvicorn --app-dir {made}/python --host {host} --port {port} --workers 1 \
                  --loop uvloop --http httptools --timeout-keep-alive 75 --no-access-log --log-level warning on_asyncpg:app",
        ..ON_PYTHON
    },
    Peer {
        name: "fastapi-sqlalchemy",
        label: "FastAPI, SQLAlchemy on asyncpg",
        packages: &["fastapi", "pydantic", "sqlalchemy", "asyncpg", "uvicorn", "uvloop", "httptools"],
        command: "{made}/python/bin/uvicorn --app-dir {made}/python --host {host} --port {port} --workers 1 \
                  --loop uvloop --http httptools --timeout-keep-alive 75 --no-access-log --log-level warning on_sqlalchemy:app",
        ..ON_PYTHON
    },
    Peer {
        name: "kovar-sqlite",
        label: "Kovar on SQLite",
        packages: &["kovar", "rusqlite", "libsqlite3-sys", "tokio"],
        ..KOVAR
    },
    Peer {
        name: "axum-sqlx-sqlite",
        label: "axum, sqlx on SQLite",
        packages: &["axum", "sqlx", "libsqlite3-sys", "tokio"],
        command: "{made}/rust/release/axum-sqlx-sqlite {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "fastify-sqlite",
        label: "Fastify, better-sqlite3",
        packages: &["fastify", "better-sqlite3"],
        command: "node {made}/node/fastify.js {port}",
        ..WITH_NODE
    },
    Peer {
        name: "fastapi-aiosqlite",
        label: "FastAPI, aiosqlite",
        packages: &["fastapi", "pydantic", "aiosqlite", "uvicorn", "uvloop", "httptools"],
        command: "{made}/python/bin/uvicorn --app-dir {made}/python --host {host} --port {port} --workers 1 \
                  --loop uvloop --http httptools --timeout-keep-alive 75 --no-access-log --log-level warning on_aiosqlite:app",
        ..ON_PYTHON
    },
];

#[cfg(test)]
mod tests {
    use super::{Database, PEERS};

    #[test]
    fn every_peer_is_on_the_database_of_its_name() {
        let on_sqlite: Vec<_> = PEERS.iter().filter(|peer| Database::of(peer) == Database::Sqlite).collect();
        let names: Vec<_> = on_sqlite.iter().map(|peer| peer.name).collect();
        assert_eq!(names, ["kovar-sqlite", "axum-sqlx-sqlite", "fastify-sqlite", "fastapi-aiosqlite"]);
        assert_eq!(PEERS.iter().filter(|peer| peer.is_kovar()).count(), 2);
    }
}
