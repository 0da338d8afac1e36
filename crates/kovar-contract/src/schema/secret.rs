//! A value that is never shown.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::{Direction, Schema};
use crate::catalog::Catalog;
use crate::rule::Rules;
use crate::shape::{Kind, Shape};

/// A password, a key, a token: readable by the handler, hidden from logs and answers.
///
/// `Debug` and `Serialize` write `**********`; no issue shows its input, nor that of anything
/// which holds it.
///
/// # Example
///
/// ```
/// use kovar_contract::Secret;
///
/// let password = Secret::new("hunter2".to_owned());
/// assert_eq!(format!("{password:?}"), "Secret(**********)");
/// assert_eq!(password.expose(), "hunter2");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

const HIDDEN: &str = "**********";

impl<T> Secret<T> {
    /// Hides a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, where it is needed: the word shows in review.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The value, moved out.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({HIDDEN})")
    }
}

impl<T> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

impl<T: Schema> Schema for Secret<T> {
    const ACCEPTS_ABSENCE: bool = T::ACCEPTS_ABSENCE;

    fn shape(catalog: &mut Catalog) -> Shape {
        Shape::new(Kind::Secret(Box::new(T::shape(catalog))))
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
        // What is written is not the value, so the value's rules say nothing of it.
        direction == Direction::Output || self.0.accepts(rules, direction)
    }

    #[inline(always)]
    fn normalize(&mut self, rules: &Rules) {
        self.0.normalize(rules);
    }

    fn is_normal(&self, rules: &Rules) -> bool {
        self.0.is_normal(rules)
    }
}
