//! Open files: how many there may be, and how many of them connections have.

use kovar_serve::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many files are kept for what is no request's connection.
const KEPT: u64 = 256;

/// A connection is a file, and many shells permit 1024 of them where 10,000 connections are.
pub(super) fn raise_the_limit() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(cause) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        tracing::warn!(%cause, "the limit of open files cannot be raised");
    }
}

/// Permits no more connections than there are files for, less those that the program itself needs: its database's, its
/// log's, its admin listener's, by which it must be found when all others are used up.
pub(super) fn limit_connections(limits: &mut Limits, workers: usize) {
    let Some(files) = getrlimit(Resource::Nofile).current else { return };
    let most = most_connections(files, workers);
    if limits.connections.is_none_or(|limit| limit > most) {
        tracing::info!(files, connections = most, "each worker has fewer connections, for the limit of open files");
        limits.connections = Some(most);
    }
}

/// How many connections each worker may have.
fn most_connections(files: u64, workers: usize) -> usize {
    let free = files - KEPT.min(files / 2);
    usize::try_from(free).unwrap_or(usize::MAX).checked_div(workers).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_rest() {
        assert_eq!(most_connections(1024, 2), 384);
        assert_eq!(most_connections(128, 2), 32);
        assert_eq!(most_connections(524_288, 4), 131_008);
    }

    #[test]
    fn each_worker_has_a_connection() {
        assert_eq!(most_connections(4, 64), 1);
        assert_eq!(most_connections(0, 1), 1);
    }
}
