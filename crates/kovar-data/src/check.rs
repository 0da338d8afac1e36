//! Whether an app's statements fit its database: each is prepared, and its types are compared with those of the source.
//!
//! Every `sql!` of a program is in a list that the linker makes, so that none is forgotten, and none has to run. What the
//! list holds is what a macro can know: the text, and the types that the source names. So rows are compared where the
//! statement says what they are (`sql!(Product: "…")`), and parameters where they do (`{id: ProductId}`).
//!
//! A part of a statement, as `sql!("category = {category}")`, is not prepared alone: it is tried behind the statements
//! around it, and fits if it fits one.

mod compare;
mod described;
mod probe;
mod registered;

use std::fmt;

use crate::engine::Engine;
use crate::{Error, Origin};

pub(crate) use self::described::{ANY_WIDTH, Class, Described, DescribedColumn, SqlType};
pub use self::probe::{RowShape, reflect};
pub use self::registered::{Only, ParameterKind, ParameterType, Registered};

/// The crates that are the framework's own, whose tables are made later.
const OWN: [&str; 4] = ["kovar", "kovar_data", "kovar_http", "kovar_live"];

/// What became of an app's statements.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Checked {
    /// How many were checked.
    pub statements: usize,
    /// How many of those have rows.
    pub with_rows: usize,
    /// How many of those say what the rows are.
    pub typed: usize,
    /// How many are not of this database, or are not to be checked.
    pub skipped: usize,
    /// What does not fit.
    pub mismatches: Vec<Mismatch>,
}

/// A statement that does not fit the database.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Mismatch {
    /// Where it stands in the app's source.
    pub origin: Origin,
    /// Its text, with `{}` for each value.
    pub text: String,
    /// What does not fit, with both types.
    pub reason: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, text, reason } = self;
        write!(formatter, "{origin}: {reason}\n  {}", text.trim())
    }
}

/// Checks every statement of the program, in the order of the source.
pub(crate) async fn check(engine: &Engine) -> Result<Checked, Error> {
    let mut all: Vec<_> = inventory::iter::<Registered>().filter(|statement| !is_own(statement.module)).collect();
    all.sort_by_key(|statement| (statement.file, statement.line));
    all.dedup_by_key(|statement| (statement.file, statement.line, statement.pieces));
    let mut checked = Checked::default();
    for statement in &all {
        if !statement.is_for(engine.dialect()) {
            checked.skipped += 1;
        } else if statement.is_whole() {
            checked.whole(engine, statement).await?;
        } else {
            checked.part(engine, statement, &all).await?;
        }
    }
    Ok(checked)
}

fn is_own(module: &str) -> bool {
    OWN.contains(&module.split("::").next().unwrap_or_default())
}

impl Checked {
    async fn whole(&mut self, engine: &Engine, statement: &Registered) -> Result<(), Error> {
        self.statements += 1;
        match engine.describe(&statement.text(engine.dialect(), 1)).await {
            Ok(described) => {
                self.with_rows += usize::from(!described.columns.is_empty());
                self.compare(statement, &described);
                Ok(())
            }
            Err(error) => self.refused(statement, error, None),
        }
    }

    /// Tries a part behind the statements of its own file first, the nearest before it first.
    async fn part(&mut self, engine: &Engine, part: &Registered, all: &[&Registered]) -> Result<(), Error> {
        let is_usable = |other: &&&Registered| other.is_whole() && other.is_for(engine.dialect());
        let mut bases: Vec<_> = all.iter().filter(is_usable).collect();
        bases.sort_by_key(|base| (base.file != part.file, base.line > part.line, base.line.abs_diff(part.line)));
        let mut first = None;
        for text in part
            .as_target(engine.dialect())
            .into_iter()
            .chain(bases.iter().flat_map(|base| part.behind(base, engine.dialect())))
        {
            match engine.describe(&text).await {
                Ok(described) => {
                    self.statements += 1;
                    // The base's own parameters come before.
                    let before = described.parameters.len().saturating_sub(part.parameters.len());
                    let faults = compare::parameters(part, &described.parameters[before..]);
                    self.mismatches.extend(faults.map(|reason| part.mismatch(reason)));
                    return Ok(());
                }
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => first = first.or(Some((text, error))),
            }
        }
        match first {
            Some((text, error)) => {
                self.statements += 1;
                self.refused(part, error, Some(&text))
            }
            None => {
                self.skipped += 1;
                Ok(())
            }
        }
    }

    fn compare(&mut self, statement: &Registered, described: &Described) {
        self.typed += usize::from(statement.rows.is_some());
        let reasons = compare::parameters(statement, &described.parameters).chain(compare::rows(statement, described));
        self.mismatches.extend(reasons.map(|reason| statement.mismatch(reason)));
    }

    /// A database that is away says nothing about a statement.
    fn refused(&mut self, statement: &Registered, error: Error, tried: Option<&str>) -> Result<(), Error> {
        if error.is_passing() || error.is_closed() {
            return Err(error);
        }
        let tried = tried.map_or_else(String::new, |text| format!(" (tried as `{text}`)"));
        self.mismatches.push(statement.mismatch(format!("it cannot be prepared: {error}{tried}")));
        Ok(())
    }
}
