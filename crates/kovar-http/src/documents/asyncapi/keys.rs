//! Keys of a document that are parts of references, and so have letters, digits, `_`, `-` and `.` only.

use std::collections::HashSet;

/// A key for each name, no two alike.
pub(super) fn unique<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut free = |name: &str| {
        let key = plain(name);
        let mut candidates = std::iter::once(key.clone()).chain((2..).map(|number| format!("{key}{number}")));
        candidates.find(|candidate| taken.insert(candidate.clone())).unwrap_or(key)
    };
    names.into_iter().map(&mut free).collect()
}

pub(super) fn plain(name: &str) -> String {
    let is_kept = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.');
    let key = name.replace(|character: char| !is_kept(character), "_");
    match key.trim_matches('_') {
        "" => "channel".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::unique;

    #[test]
    fn no_two_names_have_one_key() {
        let names = ["room", "/live/rooms/{room}", "a b", "a_b", "a/b", "/", "room"];
        assert_eq!(unique(names), ["room", "live_rooms__room", "a_b", "a_b2", "a_b3", "channel", "room2"]);
    }
}
