//! How much room there is where the database lies.

use std::path::Path;

use rustix::fs::{StatVfsMountFlags, statvfs};

use super::finding::Finding;

const MEBIBYTE: u64 = 1024 * 1024;

/// Below this, SQLite's log beside the database (WAL) may find no room.
const LEAST: u64 = 100 * MEBIBYTE;

/// Below this, somebody should look.
const COMFORTABLE: u64 = 1024 * MEBIBYTE;

/// What is known of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Space {
    free_bytes: u64,
    /// `None` where files are not counted.
    free_files: Option<u64>,
    is_read_only: bool,
}

/// The folder of a file, or the nearest around it that is there already.
pub(super) fn folder_of(path: &Path) -> &Path {
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    folders.into_iter().find(|folder| folder.is_dir()).unwrap_or(Path::new("."))
}

pub(super) fn check(folder: &Path) -> Finding {
    match measure(folder) {
        Ok(space) => judge(folder, space),
        Err(cause) => Finding::fail(
            format!("{} cannot be looked at: {cause}", folder.display()),
            "make the folder, and let the app's user write there",
        ),
    }
}

fn measure(folder: &Path) -> std::io::Result<Space> {
    let stat = statvfs(folder)?;
    Ok(Space {
        free_bytes: stat.f_bavail.saturating_mul(stat.f_frsize),
        free_files: (stat.f_files > 0).then_some(stat.f_favail),
        is_read_only: stat.f_flag.contains(StatVfsMountFlags::RDONLY),
    })
}

fn judge(folder: &Path, space: Space) -> Finding {
    let place = folder.display();
    let found = format!("{} MiB free at {place}", space.free_bytes / MEBIBYTE);
    let more = "make room, or put the database elsewhere with DATABASE_URL";
    match space {
        Space { is_read_only: true, .. } => Finding::fail(format!("{place} is mounted read-only"), more),
        Space { free_files: Some(0), .. } => Finding::fail(format!("no more files fit at {place} (inodes)"), more),
        Space { free_bytes, .. } if free_bytes < LEAST => Finding::fail(found, more),
        Space { free_bytes, .. } if free_bytes < COMFORTABLE => Finding::warn(found, more),
        _ => Finding::ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    #[test]
    fn room_is_judged() {
        let roomy = Space { free_bytes: 5000 * MEBIBYTE, free_files: Some(9), is_read_only: false };
        let of = |space| judge(Path::new("data"), space);
        assert_finding(&of(roomy), Verdict::Ok, "5000 MiB free at data");
        assert_finding(&of(Space { free_files: None, ..roomy }), Verdict::Ok, "5000 MiB");
        assert_finding(&of(Space { free_bytes: 500 * MEBIBYTE, ..roomy }), Verdict::Warn, "500 MiB");
        assert_finding(&of(Space { free_bytes: 50 * MEBIBYTE, ..roomy }), Verdict::Fail, "50 MiB");
        assert_finding(&of(Space { free_files: Some(0), ..roomy }), Verdict::Fail, "inodes");
        assert_finding(&of(Space { is_read_only: true, ..roomy }), Verdict::Fail, "read-only");
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_one_around_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(folder_of(&folder.path().join("a/b/c.db")), folder.path());
        assert_eq!(folder_of(Path::new("nowhere/c.db")), Path::new("."));
        assert_eq!(folder_of(Path::new("c.db")), Path::new("."));
        assert!(measure(folder.path()).unwrap().free_bytes > 0);
    }
}
