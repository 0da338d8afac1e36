//! A field of a partial update: absent is not null.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Direction, Schema};
use crate::catalog::Catalog;
use crate::rule::Rules;
use crate::shape::Shape;

/// A value that a partial update may leave alone.
///
/// `Patch<String>` refuses `null`; `Patch<Option<String>>` takes it as "make it empty".
/// `#[schema]` makes such fields optional on its own.
///
/// # Example
///
/// ```
/// use kovar_contract::Patch;
///
/// let (mut name, mut note) = ("old".to_owned(), Some("old".to_owned()));
/// Patch::Absent.apply_to(&mut name);
/// Patch::Set(None).apply_to(&mut note);
/// assert_eq!((name.as_str(), note), ("old", None));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The client did not mention the field.
    #[default]
    Absent,
    /// The client wants this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the client did not mention the field.
    pub fn is_absent(&self) -> bool {
        matches!(self, Patch::Absent)
    }

    /// The value, if the client wants one.
    pub fn into_option(self) -> Option<T> {
        match self {
            Patch::Absent => None,
            Patch::Set(value) => Some(value),
        }
    }

    /// The value, if the client wants one, borrowed.
    pub fn as_option(&self) -> Option<&T> {
        match self {
            Patch::Absent => None,
            Patch::Set(value) => Some(value),
        }
    }

    /// Writes the value over the old one, if the client wants one.
    pub fn apply_to(self, target: &mut T) {
        if let Patch::Set(value) = self {
            *target = value;
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Patch::Set)
    }
}

/// An absent value that is not skipped is written as `null`.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_option().serialize(serializer)
    }
}

impl<T: Schema> Schema for Patch<T> {
    fn shape(catalog: &mut Catalog) -> Shape {
        T::shape(catalog)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
        self.as_option().is_none_or(|value| value.accepts(rules, direction))
    }

    #[inline(always)]
    fn normalize(&mut self, rules: &Rules) {
        if let Patch::Set(value) = self {
            value.normalize(rules);
        }
    }

    fn is_normal(&self, rules: &Rules) -> bool {
        self.as_option().is_none_or(|value| value.is_normal(rules))
    }
}
