//! Migrations: SQL files in the app, embedded in its binary.
//!
//! The list is written out. A macro that looks into a folder was refused: cargo does not notice a new file in it, so
//! the first run after adding one would silently lack it.

pub(crate) mod applied;

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// A list of migrations, from paths relative to the source file, in the order in which to apply them.
///
/// Each is one file of SQL, known by its file name from then on. The order must be that of the names, which the
/// compiler checks: number them `0001_…`, `0002_…`.
///
/// Behind a line `-- down` a file may say how it is undone, for [`Db::redo_migration`](crate::Db::redo_migration). A file
/// beside it was refused: what may be missing cannot be embedded.
///
/// ```
/// use kovar_data::{Migrations, migrations};
///
/// static MIGRATIONS: Migrations = migrations![
///     "../tests/migrations/0001_create_products.sql",
///     "../tests/migrations/0002_split_name.sql",
/// ];
/// ```
#[macro_export]
macro_rules! migrations {
    ($($path:literal),* $(,)?) => {
        const {
            const FILES: &[$crate::Migration] = &[$($crate::Migration::new($path, ::core::include_str!($path))),*];
            $crate::Migrations::new(FILES)
        }
    };
}

/// The app's migrations, in order. Made by [`migrations!`](crate::migrations!).
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    all: &'static [Migration],
    allows_unknown: bool,
}

impl Migrations {
    /// Takes migrations in the order of their names.
    ///
    /// # Panics
    ///
    /// If two names are out of order or the same. In a `const` that is an error of compilation.
    pub const fn new(migrations: &'static [Migration]) -> Self {
        let mut next = 1;
        while next < migrations.len() {
            assert!(
                is_before(migrations[next - 1].name.as_bytes(), migrations[next].name.as_bytes()),
                "migrations must be listed in the order of their names: number them 0001_, 0002_, …"
            );
            next += 1;
        }
        Self { all: migrations, allows_unknown: false }
    }

    /// Runs on a database with migrations that are not listed here. Default: such a database is refused, because
    /// nobody knows what a newer version of the app has done to its tables.
    ///
    /// It is for going back to an older version after migrations that this version can live with, such as those that
    /// only add columns with a default. Those listed here must still be unchanged, and none may stand before one that
    /// is applied.
    ///
    /// ```
    /// use kovar_data::{Migrations, migrations};
    ///
    /// static MIGRATIONS: Migrations = migrations!["../tests/migrations/0001_create_products.sql"].allow_unknown();
    /// ```
    #[must_use]
    pub const fn allow_unknown(mut self) -> Self {
        self.allows_unknown = true;
        self
    }

    /// What the file of this name says behind its line `-- down`, if there is such a file, and it does.
    pub fn down(&self, name: &str) -> Option<&'static str> {
        self.iter().find(|migration| migration.name == name)?.down()
    }

    pub(crate) fn allows_unknown(self) -> bool {
        self.allows_unknown
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static Migration> + use<> {
        self.all.iter()
    }
}

/// The line behind which a migration says how it is undone.
const DOWN: &str = "-- down";

/// One migration: a name, and SQL of one or more statements without `begin` and `commit`. What follows a line `-- down`
/// undoes it.
#[derive(Clone, Copy)]
pub struct Migration {
    name: &'static str,
    sql: &'static str,
}

impl Migration {
    /// Takes the file name at the end of `path` for the name.
    pub const fn new(path: &'static str, sql: &'static str) -> Self {
        let mut start = path.len();
        while start > 0 && !matches!(path.as_bytes()[start - 1], b'/' | b'\\') {
            start -= 1;
        }
        Self { name: path.split_at(start).1, sql }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// What is run to apply it.
    pub(crate) fn up(&self) -> &'static str {
        self.parts().0
    }

    /// What is run to undo it.
    pub(crate) fn down(&self) -> Option<&'static str> {
        self.parts().1
    }

    /// SHA-256 in hexadecimal of what is applied. Line ends count as `\n`, because git may check files out with others.
    pub(crate) fn checksum(&self) -> String {
        let digest = match self.parts() {
            // As if the section were not there, so that it can be added to a file that was applied.
            (up, Some(_)) => Sha256::digest(format!("{}\n", up.replace("\r\n", "\n").trim_end())),
            (up, None) => Sha256::digest(up.replace("\r\n", "\n")),
        };
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn parts(&self) -> (&'static str, Option<&'static str>) {
        let mut start = 0;
        for line in self.sql.split_inclusive('\n') {
            let end = start + line.len();
            if line.trim_end() == DOWN {
                return (&self.sql[..start], Some(&self.sql[end..]));
            }
            start = end;
        }
        (self.sql, None)
    }
}

impl fmt::Debug for Migration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Migration").field(&self.name).finish()
    }
}

/// One migration, as the database and the app know it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// The file's name.
    pub name: String,
    /// Whether it was applied.
    pub state: MigrationState,
}

/// How the database and the app compare on one migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationState {
    /// Applied, and still the same file.
    Applied {
        /// When it was applied.
        at: Timestamp,
    },
    /// In the app, and not yet applied.
    Pending,
    /// Applied, and changed in the app since.
    Changed {
        /// When it was applied.
        at: Timestamp,
    },
    /// Applied, and not in the app: a newer version of the app did so.
    Unknown {
        /// When it was applied.
        at: Timestamp,
    },
}

/// Whether `left` sorts before `right`. `<` on slices is not for constants.
const fn is_before(left: &[u8], right: &[u8]) -> bool {
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] != right[at] {
            return left[at] < right[at];
        }
        at += 1;
    }
    left.len() < right.len()
}
