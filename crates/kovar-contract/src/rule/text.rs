//! Rules of texts, binary and sizes.

use std::borrow::Cow;

use super::{Report, Rules, Violation};

#[inline(always)]
pub(crate) fn judge_text(rules: &Rules, text: &str, report: &mut impl Report) {
    if let Some(fewest) = rules.min_length
        && has_fewer_characters(text, fewest)
    {
        report.violation(Violation::TextTooShort(fewest));
    }
    if let Some(most) = rules.max_length
        && text.len() > most
        && text.chars().count() > most
    {
        report.violation(Violation::TextTooLong(most));
    }
    if rules.ascii_only && !text.is_ascii() {
        report.violation(Violation::NotAscii);
    }
    if let Some(pattern) = rules.pattern
        && !pattern.is_match(text)
    {
        report.violation(Violation::PatternMismatch(pattern));
    }
}

/// Counts only when the number of bytes does not already tell: a scalar value has one to four.
#[inline(always)]
fn has_fewer_characters(text: &str, fewest: usize) -> bool {
    text.len() < fewest || (text.len() / 4 < fewest && text.chars().count() < fewest)
}

#[inline(always)]
pub(crate) fn judge_bytes(rules: &Rules, bytes: &[u8], report: &mut impl Report) {
    if let Some(fewest) = rules.min_length
        && bytes.len() < fewest
    {
        report.violation(Violation::BytesTooShort(fewest));
    }
    if let Some(most) = rules.max_length
        && bytes.len() > most
    {
        report.violation(Violation::BytesTooLong(most));
    }
}

#[inline(always)]
pub(crate) fn judge_size(rules: &Rules, size: usize, report: &mut impl Report) {
    if let Some(fewest) = rules.min_items
        && size < fewest
    {
        report.violation(Violation::TooFew { fewest, size });
    }
    if let Some(most) = rules.max_items
        && size > most
    {
        report.violation(Violation::TooMany { most, size });
    }
}

/// The text as the rules want it: stripped, then lower or upper case. Copied only if it changes.
pub(crate) fn transform<'a>(rules: &Rules, text: &'a str) -> Cow<'a, str> {
    let text = if rules.strip_whitespace { text.trim() } else { text };
    if rules.to_lower && text.chars().any(|character| !character.to_lowercase().eq([character])) {
        Cow::Owned(text.to_lowercase())
    } else if rules.to_upper && text.chars().any(|character| !character.to_uppercase().eq([character])) {
        Cow::Owned(text.to_uppercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// The same on a text that is there already; copies only when something changes.
#[inline(always)]
pub(crate) fn transform_in_place(rules: &Rules, text: &mut String) {
    if rules.transforms_text() {
        let changed = transform(rules, text);
        if *changed != **text {
            *text = changed.into_owned();
        }
    }
}
