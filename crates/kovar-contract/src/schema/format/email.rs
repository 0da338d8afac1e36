//! E-mail addresses, as HTML's `<input type=email>` accepts them, with a domain that has a dot.
//!
//! RFC 5322 permits comments, quoted local parts and bare hosts, which no sign-up form wants; the
//! WHATWG rule (HTML §4.8.1.9) is what browsers enforce on the other side.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::format_shape;
use crate::catalog::Catalog;
use crate::issue::Invalid;
use crate::rule::{Rules, accepts_text, judge_text};
use crate::schema::{Direction, Schema};
use crate::shape::Shape;

/// An e-mail address of at most 254 bytes; the domain is kept in lower case.
///
/// # Example
///
/// ```
/// use kovar_contract::Email;
///
/// let email: Email = "Ada@Example.org".parse()?;
/// assert_eq!(email.as_str(), "Ada@example.org");
/// assert!("ada@localhost".parse::<Email>().is_err());
/// # Ok::<(), kovar_contract::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refuse = |reason: &'static str| {
            Invalid::value(format!("value is not a valid email address: {reason}")).with("reason", reason)
        };
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| refuse("it must have an @-sign"))?;
        if text.len() > 254 || local.len() > 64 {
            return Err(refuse("it is too long"));
        }
        if local.is_empty() || !local.bytes().all(is_local_character) {
            return Err(refuse("the part before the @-sign has characters that are not allowed"));
        }
        let labels = domain.split('.').collect::<Vec<_>>();
        if labels.len() < 2 || !labels.iter().all(|label| is_domain_label(label)) {
            return Err(refuse("the part after the @-sign is not a domain"));
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

fn is_local_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_domain_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl Deref for Email {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Email {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Schema for Email {
    fn shape(_: &mut Catalog) -> Shape {
        format_shape("email", ("string_type", "Input should be a valid string"), judge_email)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        accepts_text(rules, &self.0)
    }
}

fn judge_email(rules: &Rules, text: &str) -> Vec<Invalid> {
    match text.parse::<Email>() {
        Err(finding) => vec![finding],
        Ok(email) => {
            let mut violations = Vec::new();
            judge_text(rules, &email.0, &mut violations);
            violations.into_iter().map(|violation| violation.to_invalid("String")).collect()
        }
    }
}
