//! Who is measured, on which database, and how each is started in production.

use crate::bench::peer::{Kit, NATIVE, ON_GO, ON_NODE, ON_PYTHON, Peer};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Database {
    Postgres,
    Sqlite,
}

impl Database {
    pub(super) const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// The one that a peer is on.
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
];

// The peers that follow come with their apps.
const _: (Kit, Peer, Peer, Peer) = (Kit::Go, ON_GO, ON_NODE, ON_PYTHON);
