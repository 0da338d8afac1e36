//! What an app may be called.
//!
//! One name is a package for Cargo, a crate for Rust, a folder, a program, a service for systemd, an image for Docker
//! and a label for Kubernetes. What all of them take is less than what Cargo takes.

use std::fmt;
use std::str::FromStr;

/// As for a label of Kubernetes (RFC 1035 §2.3.1).
const LONGEST: usize = 63;

/// The words that Rust keeps for itself, up to the edition 2024.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What Rust's own crates, the app's dependencies, and Cargo's folders for what it builds are called.
const RESERVED: &[&str] = &[
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "kovar",
    "main",
    "proc-macro",
    "proc_macro",
    "std",
    "test",
    "tokio",
];

/// The name of an app: small letters, digits, and single `-` or `_` between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name(String);

/// Why a text is no name of an app, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameError(String);

impl Name {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as Rust code writes it.
    pub(super) fn in_rust(&self) -> String {
        self.0.replace('-', "_")
    }

    /// The name as Kubernetes takes it, which has no `_`.
    pub(super) fn as_label(&self) -> String {
        self.0.replace('_', "-")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let refuse = |reason: &str| Err(NameError(reason.to_owned()));
        let is_joint = |byte: u8| matches!(byte, b'-' | b'_');
        let bytes = text.as_bytes();
        match bytes {
            [] => return refuse("a name has at least one letter"),
            _ if bytes.len() > LONGEST => return refuse("a name has at most 63 characters: choose a shorter one"),
            _ if text != text.to_lowercase() => {
                return Err(NameError(format!("a name has only small letters: try `{}`", text.to_lowercase())));
            }
            _ if !bytes.iter().all(|&byte| byte.is_ascii_alphanumeric() || is_joint(byte)) => {
                return refuse("a name has only letters from a to z, digits, `-` and `_`, as in `my-shop`");
            }
            [first, ..] if !first.is_ascii_alphabetic() => return refuse("a name begins with a letter"),
            [.., last] if is_joint(*last) => return refuse("a name ends with a letter or a digit"),
            _ if bytes.windows(2).any(|pair| is_joint(pair[0]) && is_joint(pair[1])) => {
                return refuse("a name has one `-` or `_` at a time between letters or digits");
            }
            _ => {}
        }
        if KEYWORDS.contains(&text) {
            return Err(NameError(format!("`{text}` is a word of Rust: try `my-{text}`")));
        }
        if RESERVED.contains(&text) {
            return Err(NameError(format!("`{text}` is taken by Rust, Cargo or Kovar: try `my-{text}`")));
        }
        if text.starts_with("kovar-") || text.starts_with("kovar_") {
            return refuse("names that begin with `kovar-` are those of Kovar's own packages: choose another one");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NameError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), &str>) {
        match (text.parse::<Name>(), expected) {
            (Ok(name), Ok(())) => assert_eq!(name.as_str(), text),
            (Err(refused), Err(part)) => assert!(refused.to_string().contains(part), "{text}: {refused}"),
            (found, expected) => panic!("{text}: {found:?} and not {expected:?}"),
        }
    }

    #[test]
    fn names_that_everybody_takes() {
        for name in ["a", "demo", "my-shop", "my_shop", "shop2", "a-b_c-9", &"a".repeat(63)] {
            check(name, Ok(()));
        }
    }

    #[test]
    fn names_that_somebody_refuses() {
        check("", Err("at least one letter"));
        check(&"a".repeat(64), Err("at most 63"));
        check("Demo", Err("try `demo`"));
        check("my shop", Err("only letters from a to z"));
        check("../shop", Err("only letters from a to z"));
        check("café", Err("only letters from a to z"));
        check("{{name}}", Err("only letters from a to z"));
        check("2shop", Err("begins with a letter"));
        check("_shop", Err("begins with a letter"));
        check("shop-", Err("ends with a letter or a digit"));
        check("my--shop", Err("one `-` or `_` at a time"));
        check("match", Err("a word of Rust: try `my-match`"));
        check("gen", Err("a word of Rust"));
        check("test", Err("taken by Rust, Cargo or Kovar: try `my-test`"));
        check("kovar", Err("taken by"));
        check("kovar-http", Err("Kovar's own packages"));
    }

    #[test]
    fn every_proposal_is_a_name() {
        for taken in KEYWORDS.iter().chain(RESERVED) {
            let proposal = format!("my-{taken}");
            check(taken, Err(&proposal));
            check(&proposal, Ok(()));
        }
    }

    #[test]
    fn a_name_is_written_as_each_takes_it() {
        let name: Name = "my-new_shop".parse().unwrap();
        assert_eq!((name.in_rust().as_str(), name.as_label().as_str()), ("my_new_shop", "my-new-shop"));
    }
}
