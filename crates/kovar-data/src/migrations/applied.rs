//! What a database says was applied to it, beside what the app lists.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Migration, MigrationState, MigrationStatus, Migrations};
use crate::error::{Error, Kind};

/// The entries of `_kovar_migrations`, by name.
pub(crate) type Entries = BTreeMap<String, Applied>;

/// An entry of `_kovar_migrations`.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub(crate) checksum: String,
    pub(crate) at: Timestamp,
}

/// The first migration that is not applied, once those that are have been found known and unchanged.
pub(crate) fn next(migrations: Migrations, applied: &Entries) -> Result<Option<&'static Migration>, Error> {
    let mut unknown = applied.keys().filter(|name| migrations.iter().all(|migration| migration.name() != *name));
    if let Some(name) = unknown.next().filter(|_| !migrations.allows_unknown()) {
        return Err(refuse(&format!(
            "{name} was applied to the database and is not listed in the app: list it, run the newer version that \
             applied it, or permit it with Migrations::allow_unknown"
        )));
    }
    for migration in migrations.iter() {
        if applied.get(migration.name()).is_some_and(|entry| entry.checksum != migration.checksum()) {
            let name = migration.name();
            return Err(refuse(&format!("{name} was changed after it was applied: restore it, and write a new one")));
        }
    }
    let Some(pending) = migrations.iter().find(|migration| !applied.contains_key(migration.name())) else {
        return Ok(None);
    };
    match applied.last_key_value() {
        Some((last, _)) if last.as_str() > pending.name() => {
            let name = pending.name();
            Err(refuse(&format!("{name} stands before {last}, which is applied already: number it higher")))
        }
        _ => Ok(Some(pending)),
    }
}

/// How the database and the app compare, by name.
pub(crate) fn compare(migrations: Migrations, applied: &Entries) -> Vec<MigrationStatus> {
    let mut states: BTreeMap<&str, MigrationState> =
        applied.keys().map(|name| (name.as_str(), MigrationState::Unknown)).collect();
    for migration in migrations.iter() {
        let state = match applied.get(migration.name()) {
            None => MigrationState::Pending,
            Some(entry) if entry.checksum != migration.checksum() => MigrationState::Changed,
            Some(entry) => MigrationState::Applied { at: entry.at },
        };
        states.insert(migration.name(), state);
    }
    states.into_iter().map(|(name, state)| MigrationStatus { name: name.to_owned(), state }).collect()
}

pub(crate) fn refuse(message: &str) -> Error {
    Error::new(Kind::Migration, message)
}
