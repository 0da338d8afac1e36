// ANCHOR: partial
use kovar::prelude::*;

/// A note.
#[schema(partial = "NotePatch")]
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    #[field(min_length = 1, max_length = 80)]
    pub title: String,
    pub text: Option<String>,
}

/// Writes over the note what the client named.
pub fn apply(patch: NotePatch, note: &mut Note) {
    patch.title.apply_to(&mut note.title);
    patch.text.apply_to(&mut note.text);
}
// ANCHOR_END: partial
