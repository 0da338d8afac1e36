//! `tracestate`: passed on if it is valid, and cut where it is long.

use std::collections::HashSet;

use http::HeaderValue;
use http::header::GetAll;

/// §3.3.1.1: more members make the list invalid.
const MOST_MEMBERS: usize = 32;

/// §3.3.1.5: at least so much is passed on. Here it is also the most.
const MOST_BYTES: usize = 512;

/// §3.3.1.5: members that are longer go first.
const LONG_MEMBER: usize = 128;

/// The value to be passed on: all fields as one list. `None` for what is not valid.
pub(super) fn read(fields: GetAll<'_, HeaderValue>) -> Option<HeaderValue> {
    let mut members = Vec::new();
    for field in fields {
        let field = std::str::from_utf8(field.as_bytes()).ok()?;
        members.extend(field.split(',').map(|member| member.trim_matches([' ', '\t'])));
    }
    members.retain(|member| !member.is_empty());
    let mut keys = HashSet::new();
    let is_valid = members.len() <= MOST_MEMBERS
        && members.iter().all(|member| key_of(member).is_some_and(|key| keys.insert(key)));
    if members.is_empty() || !is_valid {
        return None;
    }
    cut(&mut members);
    HeaderValue::try_from(members.join(",")).ok().filter(|value| !value.is_empty())
}

fn cut(members: &mut Vec<&str>) {
    let length = |members: &[&str]| members.iter().map(|member| member.len() + 1).sum::<usize>() - 1;
    while !members.is_empty() && length(members) > MOST_BYTES {
        let long = members.iter().rposition(|member| member.len() > LONG_MEMBER);
        members.remove(long.unwrap_or(members.len() - 1));
    }
}

/// The key of a member, if both it and its value are as §3.3.1.3 wants them.
fn key_of(member: &str) -> Option<&str> {
    let (key, value) = member.split_once('=')?;
    let is_key = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    // Level 2 lets a key begin with a digit and does not look into `tenant@system`.
    let key_is_valid = key.len() <= 256
        && key.bytes().next().is_some_and(|first| first.is_ascii_lowercase() || first.is_ascii_digit())
        && key.bytes().all(is_key);
    let value_is_valid =
        (1..=256).contains(&value.len()) && value.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=');
    (key_is_valid && value_is_valid).then_some(key)
}
