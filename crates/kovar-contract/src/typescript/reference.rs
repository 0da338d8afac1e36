//! Following `$ref` within the document.

use std::borrow::Cow;

use super::Error;
use crate::json::Value;

/// Where schemas have names.
pub(super) const COMPONENT_PREFIX: &str = "#/components/schemas/";

/// How many references may lead to another one.
const CHAIN_LIMIT: usize = 32;

/// The name of the component schema that a reference names, unescaped.
pub(super) fn component_name(reference: &str) -> Option<Cow<'_, str>> {
    let name = reference.strip_prefix(COMPONENT_PREFIX).filter(|name| !name.contains('/'))?;
    Some(unescaped(name))
}

/// What a reference names, one step.
pub(super) fn target<'d>(document: &'d Value<'d>, reference: &str) -> Result<&'d Value<'d>, Error> {
    let pointer = reference.strip_prefix('#').map(percent_decoded);
    pointer
        .and_then(|pointer| document.pointer(&pointer))
        .ok_or_else(|| Error::UnresolvedReference { reference: reference.to_owned() })
}

/// The value itself, or what it refers to when it is a reference.
pub(super) fn resolved<'d>(document: &'d Value<'d>, value: &'d Value<'d>) -> Result<&'d Value<'d>, Error> {
    let mut value = value;
    for _ in 0..CHAIN_LIMIT {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Ok(value) };
        value = target(document, reference)?;
    }
    let reference = value.get("$ref").map(ToString::to_string).unwrap_or_default();
    Err(Error::RecursiveReference { reference })
}

fn unescaped(token: &str) -> Cow<'_, str> {
    let token = percent_decoded(token);
    if token.contains('~') { Cow::Owned(token.replace("~1", "/").replace("~0", "~")) } else { token }
}

/// A pointer in a URI fragment is percent-encoded: RFC 6901 §6.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}
