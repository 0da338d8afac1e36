//! What is asked of each peer.

use super::peers::Database;
use crate::bench::options::Named;

/// Which of a peer's apps. The name is that of Kovar's program, and what `BENCH_APP` tells the peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum App {
    Products,
    Shortener,
}

impl App {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Products => "bench-data-app",
            Self::Shortener => "shortener",
        }
    }

    pub(super) fn first_path(self) -> &'static str {
        match self {
            Self::Products => "/products/1",
            Self::Shortener => "/s00001",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    Read,
    List,
    Bundle,
    Update,
    Mixed,
    Insert,
    Slow,
    Links10,
    Links50,
    Links100,
}

impl Workload {
    /// In the order in which they are measured: who inserts comes after who reads what there was.
    pub(super) const ALL: &[Self] = &[
        Self::Read,
        Self::List,
        Self::Bundle,
        Self::Slow,
        Self::Update,
        Self::Mixed,
        Self::Insert,
        Self::Links10,
        Self::Links50,
        Self::Links100,
    ];

    pub(super) fn app(self) -> App {
        match self {
            Self::Links10 | Self::Links50 | Self::Links100 => App::Shortener,
            _ => App::Products,
        }
    }

    /// SQLite has no statement that only waits.
    pub(super) fn fits(self, database: Database) -> bool {
        self != Self::Slow || database == Database::Postgres
    }

    pub(super) fn connections(self) -> usize {
        match self {
            Self::Links10 => 10,
            Self::Links50 => 50,
            Self::Links100 => 100,
            _ => crate::bench::load::CONNECTIONS,
        }
    }
}

impl Named for Workload {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Bundle => "bundle",
            Self::Update => "update",
            Self::Mixed => "mixed",
            Self::Insert => "insert",
            Self::Slow => "slow",
            Self::Links10 => "links-10",
            Self::Links50 => "links-50",
            Self::Links100 => "links-100",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Read => "GET a product by its key",
            Self::List => "GET ten products of a category",
            Self::Bundle => "GET twenty products, a statement each",
            Self::Update => "POST a change of the stock",
            Self::Mixed => "Nine reads to one update",
            Self::Insert => "POST a product",
            Self::Slow => "GET a product while eight statements take two seconds",
            Self::Links10 => "A short link, 10 at once",
            Self::Links50 => "A short link, 50 at once",
            Self::Links100 => "A short link, 100 at once",
        }
    }
}
