//! Entity tags (RFC 9110 §8.8.3).

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use http::header::HeaderValue;
use sha2::{Digest as _, Sha256};

/// Which version of a file it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EntityTag {
    /// With its quotes.
    opaque: String,
    is_weak: bool,
}

impl EntityTag {
    /// A strong tag: other bytes have another one.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        let mut opaque = String::from("\"");
        for byte in &Sha256::digest(bytes)[..16] {
            let _ = write!(opaque, "{byte:02x}");
        }
        opaque.push('"');
        Self { opaque, is_weak: false }
    }

    /// A weak tag: a file that is changed twice within the clock's step may keep it.
    pub(super) fn of_disk(modified: SystemTime, length: u64) -> Self {
        // Before 1970 the nanoseconds are counted backwards, and differ from time to time just so.
        let since = modified.duration_since(UNIX_EPOCH).unwrap_or_else(|earlier| earlier.duration());
        Self { opaque: format!("\"{:x}-{length:x}\"", since.as_nanos()), is_weak: true }
    }

    pub(super) fn header_value(&self) -> Option<HeaderValue> {
        let prefix = if self.is_weak { "W/" } else { "" };
        HeaderValue::try_from(format!("{prefix}{}", self.opaque)).ok()
    }

    /// RFC 9110 §8.8.3.2: neither is weak, and both are the same.
    pub(super) fn matches_strongly(&self, written: &str) -> bool {
        !self.is_weak && written == self.opaque
    }

    /// RFC 9110 §8.8.3.2: both are the same, weak or not.
    pub(super) fn matches_weakly(&self, written: &str) -> bool {
        written.strip_prefix("W/").unwrap_or(written) == self.opaque
    }
}

/// The tags of a list. A comma inside the quotes belongs to the tag.
pub(super) fn tags(list: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let pieces = list.split(move |character: char| {
        is_quoted ^= character == '"';
        character == ',' && !is_quoted
    });
    pieces.map(|tag| tag.trim_matches([' ', '\t'])).filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_outside_of_quotes() {
        let check = |list: &str, expected: &[&str]| assert_eq!(tags(list).collect::<Vec<_>>(), expected);
        check(r#""a", W/"b" ,"c""#, &[r#""a""#, r#"W/"b""#, r#""c""#]);
        check(r#""a,b","c""#, &[r#""a,b""#, r#""c""#]);
        check(" , ", &[]);
    }

    #[test]
    fn weak_tags_match_weakly_only() {
        let (weak, strong) = (EntityTag::of_disk(UNIX_EPOCH, 1), EntityTag::of_bytes(b"a"));
        assert!(weak.matches_weakly("\"0-1\"") && weak.matches_weakly("W/\"0-1\""));
        assert!(!weak.matches_strongly("\"0-1\"") && !weak.matches_strongly("W/\"0-1\""));
        let written = strong.opaque.clone();
        assert!(strong.matches_strongly(&written) && !strong.matches_strongly(&format!("W/{written}")));
        assert!(strong.matches_weakly(&format!("W/{written}")));
    }
}
