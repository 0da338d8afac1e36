//! The scopes that a token grants.

use std::collections::BTreeSet;
use std::collections::btree_set;
use std::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

/// A set of OAuth 2.0 scopes, read from text with spaces between (RFC 6749 §3.3) or from an array.
///
/// [`Verified::scopes`](super::Verified::scopes) reads `scope` and `scp` of every token; as a field of the
/// application's claims it reads any other.
///
/// ```
/// use kovar_http::security::jwt::Scopes;
///
/// let text: Scopes = serde_json::from_str(r#""orders:read orders:write""#)?;
/// let array: Scopes = serde_json::from_str(r#"["orders:write", "orders:read"]"#)?;
/// assert_eq!(text, array);
/// assert!(text.contains("orders:read") && !text.contains("orders"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Whether the scope is granted. Scopes are compared whole, case and all.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether all of these are granted; true for none.
    pub fn contains_all<'s>(&self, scopes: impl IntoIterator<Item = &'s str>) -> bool {
        scopes.into_iter().all(|scope| self.contains(scope))
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether nothing is granted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: Into<String>> FromIterator<S> for Scopes {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(Into::into).collect())
    }
}

impl IntoIterator for Scopes {
    type Item = String;
    type IntoIter = btree_set::IntoIter<String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScopesVisitor)
    }
}

struct ScopesVisitor;

impl<'de> Visitor<'de> for ScopesVisitor {
    type Value = Scopes;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("scopes in one text, or an array of them")
    }

    fn visit_str<E>(self, text: &str) -> Result<Scopes, E> {
        Ok(text.split(' ').filter(|scope| !scope.is_empty()).collect())
    }

    /// Each item is one scope: a space in it does not make two, or `["a b"]` would grant more than it says.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scopes, A::Error> {
        let mut scopes = BTreeSet::new();
        while let Some(scope) = items.next_element::<String>()? {
            scopes.insert(scope);
        }
        Ok(Scopes(scopes))
    }
}
