//! Whether a new version of a contract breaks the clients of the old one.
//!
//! The problem: a text diff of two documents shows that something changed, not whom it hurts. The
//! same change hurts in one direction and helps in the other, so everything is judged by one rule:
//!
//! > What an app accepts may only grow; what it sends may only shrink.
//!
//! A webhook or callback turns the direction: there the app sends the request. The rule is bent
//! where the standards of the field say so, and each row of the table in [`Code`] gives its reason:
//! new properties and new problems may be sent, because clients are told to cope with those.
//!
//! A list of special cases per keyword and place was refused: it is what makes such tools miss the
//! combination that nobody listed. Here each schema becomes alternatives of one type each, with
//! references followed and `allOf` merged, and two normal forms are compared.
//!
//! Not compared: `servers` (they are of a deployment), texts, examples, tags, extensions, and
//! the names of components (they are not on the wire).

mod alternative;
mod bound;
mod code;
mod comparison;
mod located;
mod object;
mod operation;
mod pairing;
mod parameter;
mod report;
mod response;
mod scalar;
mod schema;
mod security;
mod unchanged;

use std::fmt;

pub use self::code::Code;
use self::comparison::Comparison;
use crate::json::Value;

/// Whether a change can break a client that works today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Some client that keeps the old contract can fail with the new one.
    Breaking,
    /// No client that keeps the old contract fails.
    Safe,
}

/// One difference between two contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// What kind of change it is.
    pub code: Code,
    /// Whether it breaks clients: the code and the direction decide.
    pub severity: Severity,
    /// What changed, for people.
    pub message: String,
    /// Where: a pointer into the new document, or into the old one for what is gone.
    pub pointer: String,
    /// The operations that it touches, such as `POST /products`, in the order of the old document.
    pub operations: Vec<String>,
}

impl Change {
    /// Whether it can break a client that works today.
    pub fn is_breaking(&self) -> bool {
        self.severity == Severity::Breaking
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.operations.join(", ");
        write!(f, "{} {}: {}\n  at {}\n  in {operations}", self.severity, self.code, self.message, self.pointer)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Breaking => "breaking",
            Self::Safe => "safe",
        })
    }
}

/// Compares two OpenAPI 3.1 documents: each change once, however many operations it touches.
///
/// # Example
///
/// ```
/// use kovar_contract::compat::{Code, compare};
/// use kovar_contract::json;
///
/// let old = json::parse(r#"{"paths": {"/products": {"get": {"responses": {"200": {}}}}}}"#, 64)?;
/// let new = json::parse(r#"{"paths": {}}"#, 64)?;
/// let changes = compare(&old, &new);
/// assert_eq!(changes[0].code, Code::OperationRemoved);
/// assert!(changes[0].is_breaking());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compare(old: &Value<'_>, new: &Value<'_>) -> Vec<Change> {
    let mut comparison = Comparison::new(old, new);
    comparison.documents();
    comparison.report.into_changes()
}

#[cfg(test)]
mod tests;
