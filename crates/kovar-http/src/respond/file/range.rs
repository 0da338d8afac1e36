//! Ranges of bytes (RFC 9110 §14).

use http::header::{HeaderMap, HeaderValue, RANGE};

/// How many ranges one request may select. Default: 16.
pub(super) const LIMIT: usize = 16;

/// Some bytes of a file, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// What a request selects of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All of it.
    Whole,
    /// Ranges that do not touch each other, in order.
    Parts(Vec<Span>),
    /// Nothing that it has.
    None,
}

impl Span {
    pub(super) fn end(self) -> u64 {
        self.start + self.length
    }

    /// RFC 9110 §14.4.
    pub(super) fn content_range(self, total: u64) -> HeaderValue {
        let range = format!("bytes {}-{}/{total}", self.start, self.end() - 1);
        HeaderValue::try_from(range).unwrap_or(HeaderValue::from_static("bytes */*"))
    }
}

/// What the `Range` field selects of a file of so many bytes.
pub(super) fn select(headers: &HeaderMap, total: u64) -> Selection {
    let mut fields = headers.get_all(RANGE).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else { return Selection::Whole };
    // §14.2: what is no set of ranges, or is of another unit, is ignored, as are too many.
    let Some(ranges) = field.to_str().ok().and_then(parse) else { return Selection::Whole };
    if ranges.len() > LIMIT {
        return Selection::Whole;
    }
    let spans = merged(ranges.into_iter().filter_map(|range| range.within(total)).collect());
    match spans.as_slice() {
        [] => Selection::None,
        [all] if all.length == total => Selection::Whole,
        _ => Selection::Parts(spans),
    }
}

/// RFC 9110 §14.1.1, as it is written.
#[derive(Clone, Copy, Debug)]
enum Range {
    From(u64, Option<u64>),
    Last(u64),
}

impl Range {
    /// RFC 9110 §14.1.2: what of it a file has; a suffix longer than the file is all of it.
    fn within(self, total: u64) -> Option<Span> {
        let (start, end) = match self {
            Range::From(first, last) => (first, last.map_or(total, |last| last.saturating_add(1).min(total))),
            Range::Last(length) => (total.saturating_sub(length), total),
        };
        (start < end).then(|| Span { start, length: end - start })
    }
}

fn parse(field: &str) -> Option<Vec<Range>> {
    let (unit, set) = field.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let ranges = set.split(',').map(|range| range.trim_matches([' ', '\t'])).filter(|range| !range.is_empty());
    let ranges: Vec<Range> = ranges.map(parse_range).collect::<Option<_>>()?;
    (!ranges.is_empty()).then_some(ranges)
}

fn parse_range(range: &str) -> Option<Range> {
    let (first, last) = range.split_once('-')?;
    let last = if last.is_empty() { None } else { Some(number(last)?) };
    match (first.is_empty(), last) {
        (true, last) => last.map(Range::Last),
        (false, last) => {
            let first = number(first)?;
            last.is_none_or(|last| first <= last).then_some(Range::From(first, last))
        }
    }
}

/// Digits alone; a number that is too large is past any file.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// RFC 9110 §15.3.7.2: ranges that overlap or touch are joined, so that no byte is sent twice.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable_by_key(|span| span.start);
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(before) if span.start <= before.end() => {
                before.length = span.end().max(before.end()) - before.start;
            }
            _ => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &str, total: u64, expected: &[(u64, u64)]) {
        let headers = HeaderMap::from_iter([(RANGE, HeaderValue::try_from(field).unwrap())]);
        let spans = expected.iter().map(|(start, length)| Span { start: *start, length: *length }).collect();
        assert_eq!(select(&headers, total), Selection::Parts(spans), "{field}");
    }

    fn check_is(field: &str, total: u64, expected: &Selection) {
        let headers = HeaderMap::from_iter([(RANGE, HeaderValue::try_from(field).unwrap())]);
        assert_eq!(&select(&headers, total), expected, "{field}");
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        check("bytes=0-0", 10, &[(0, 1)]);
        check("bytes=2-4", 10, &[(2, 3)]);
        check("Bytes=8-", 10, &[(8, 2)]);
        check("bytes=8-99999999999999999999999", 10, &[(8, 2)]);
        check("bytes=-3", 10, &[(7, 3)]);
        check("bytes=0-0 , 5-6,,", 10, &[(0, 1), (5, 2)]);
        check("bytes=5-6,99-", 10, &[(5, 2)]);
    }

    #[test]
    fn ranges_that_overlap_are_joined() {
        check("bytes=4-5,0-1,1-3,8-8", 10, &[(0, 6), (8, 1)]);
        check_is("bytes=0-,0-,0-,-10", 10, &Selection::Whole);
        check_is("bytes=-99", 10, &Selection::Whole);
    }

    #[test]
    fn what_no_file_has_is_unsatisfiable() {
        for field in ["bytes=10-", "bytes=-0", "bytes=99-100,50-"] {
            check_is(field, 10, &Selection::None);
        }
        check_is("bytes=0-", 0, &Selection::None);
        check_is("bytes=-1", 0, &Selection::None);
    }

    #[test]
    fn what_is_no_set_of_ranges_is_ignored() {
        for field in ["bytes", "bytes=", "bytes=,", "bytes=a-b", "bytes=5-4", "lines=1-2", "bytes=1-2-3", "bytes=+1-2"]
        {
            check_is(field, 10, &Selection::Whole);
        }
        let many =
            format!("bytes={}", (0..17).map(|index| format!("{0}-{0}", index * 2)).collect::<Vec<_>>().join(","));
        check_is(&many, 100, &Selection::Whole);
    }
}
