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

/// The last migration that is applied, and what undoes it, once all others have been found known and unchanged. It may
/// have been changed itself.
pub(crate) fn last(migrations: Migrations, applied: &Entries) -> Result<(&'static Migration, &'static str), Error> {
    let Some((name, entry)) = applied.last_key_value() else {
        return Err(refuse("no migration is applied: there is nothing to redo"));
    };
    let Some(migration) = migrations.iter().find(|migration| migration.name() == name) else {
        return Err(refuse(&format!("{name} was applied last and is not listed in the app, which cannot undo it")));
    };
    let unchanged = Applied { checksum: migration.checksum(), at: entry.at };
    let mut others = applied.clone();
    others.insert(name.clone(), unchanged);
    next(migrations, &others)?;
    let down = migration.down().ok_or_else(|| {
        refuse(&format!("{name} does not say how it is undone: write that at its end, below a line `-- down`"))
    })?;
    Ok((migration, down))
}

/// How the database and the app compare, by name.
pub(crate) fn compare(migrations: Migrations, applied: &Entries) -> Vec<MigrationStatus> {
    let mut states: BTreeMap<&str, MigrationState> =
        applied.iter().map(|(name, entry)| (name.as_str(), MigrationState::Unknown { at: entry.at })).collect();
    for migration in migrations.iter() {
        let state = match applied.get(migration.name()) {
            None => MigrationState::Pending,
            Some(entry) if entry.checksum != migration.checksum() => MigrationState::Changed { at: entry.at },
            Some(entry) => MigrationState::Applied { at: entry.at },
        };
        states.insert(migration.name(), state);
    }
    states.into_iter().map(|(name, state)| MigrationStatus { name: name.to_owned(), state }).collect()
}

pub(crate) fn refuse(message: &str) -> Error {
    Error::new(Kind::Migration, message)
}
