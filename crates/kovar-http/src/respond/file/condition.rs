//! Conditional requests (RFC 9110 §13).

use std::time::{Duration, SystemTime};

use http::Method;
use http::header::{
    ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, LAST_MODIFIED,
};

use super::entity_tag::{EntityTag, tags};

/// What tells one version of a file from another.
#[derive(Clone, Debug)]
pub(super) struct Validators {
    pub(super) tag: Option<EntityTag>,
    pub(super) modified: Option<SystemTime>,
}

/// What the conditions of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// The request is done.
    Holds,
    /// The client has this version.
    NotModified,
    /// The client wanted something else than what is there.
    Failed,
}

impl Validators {
    /// RFC 9110 §13.2.2: the order in which conditions are looked at.
    pub(super) fn judge(&self, method: &Method, headers: &HeaderMap) -> Judgement {
        // Steps 1 and 2: If-Match, or else If-Unmodified-Since.
        let is_wanted = match list(headers, &IF_MATCH) {
            Some(wanted) => self.is_any(&wanted, EntityTag::matches_strongly),
            None => self.is_unmodified_since(headers, &IF_UNMODIFIED_SINCE).unwrap_or(true),
        };
        if !is_wanted {
            return Judgement::Failed;
        }
        // Steps 3 and 4: If-None-Match, or else If-Modified-Since, which is of GET and HEAD alone.
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        let is_known = match list(headers, &IF_NONE_MATCH) {
            Some(known) => self.is_any(&known, EntityTag::matches_weakly),
            None => is_read && self.is_unmodified_since(headers, &IF_MODIFIED_SINCE).unwrap_or(false),
        };
        match (is_known, is_read) {
            (true, true) => Judgement::NotModified,
            (true, false) => Judgement::Failed,
            (false, _) => Judgement::Holds,
        }
    }

    /// RFC 9110 §13.1.5: whether the client's other part is of this very version; without
    /// `If-Range`, it says so.
    pub(super) fn permit_range(&self, headers: &HeaderMap, now: SystemTime) -> bool {
        let Some(value) = headers.get(IF_RANGE) else { return true };
        let Ok(value) = value.to_str() else { return false };
        if value.ends_with('"') {
            return self.tag.as_ref().is_some_and(|tag| tag.matches_strongly(value));
        }
        let (Ok(date), Some(modified)) = (httpdate::parse_http_date(value), self.modified) else { return false };
        // §8.8.2.2: a second that is not over may see another change.
        let is_strong = modified + Duration::from_secs(1) <= now;
        is_strong && date == in_seconds(modified)
    }

    /// Writes `ETag` and `Last-Modified`.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        if let Some(tag) = self.tag.as_ref().and_then(EntityTag::header_value) {
            headers.insert(ETAG, tag);
        }
        // RFC 9110 §8.8.2.1: a time to come is not sent; httpdate panics on one before 1970.
        let can_be_sent = |modified: &SystemTime| (SystemTime::UNIX_EPOCH..=SystemTime::now()).contains(modified);
        if let Some(modified) = self.modified.filter(can_be_sent)
            && let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(modified))
        {
            headers.insert(LAST_MODIFIED, date);
        }
    }

    fn is_any(&self, list: &str, matches: fn(&EntityTag, &str) -> bool) -> bool {
        list.trim() == "*" || self.tag.as_ref().is_some_and(|tag| tags(list).any(|written| matches(tag, written)))
    }

    /// `None` where the field is absent or no date, or the time is not known: then it says nothing.
    fn is_unmodified_since(&self, headers: &HeaderMap, name: &HeaderName) -> Option<bool> {
        let since = httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()?;
        Some(in_seconds(self.modified?) <= since)
    }
}

/// All fields of a name as one list; one that is no text matches nothing.
fn list(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let fields: Vec<&str> = headers.get_all(name).iter().map(|field| field.to_str().unwrap_or_default()).collect();
    (!fields.is_empty()).then(|| fields.join(","))
}

/// The time as HTTP writes it: in whole seconds.
fn in_seconds(time: SystemTime) -> SystemTime {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs()),
        Err(_) => time,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const LATER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    fn modified() -> SystemTime {
        httpdate::parse_http_date(TIME).unwrap() + Duration::from_millis(500)
    }

    fn headers(fields: &[(HeaderName, &str)]) -> HeaderMap {
        fields.iter().map(|(name, value)| (name.clone(), HeaderValue::try_from(*value).unwrap())).collect()
    }

    #[test]
    fn conditions_are_looked_at_in_order() {
        use Judgement::{Failed, Holds, NotModified};
        let validators = Validators { tag: Some(EntityTag::of_bytes(b"a")), modified: Some(modified()) };
        let tag = EntityTag::of_bytes(b"a").header_value().unwrap();
        let (tag, weak) = (tag.to_str().unwrap(), format!("W/{}", tag.to_str().unwrap()));
        let listed = format!("\"x\", {weak}");
        let check = |fields: &[(HeaderName, &str)], expected: Judgement| {
            assert_eq!(validators.judge(&Method::GET, &headers(fields)), expected, "{fields:?}");
        };
        check(&[], Holds);
        check(&[(IF_MATCH, tag)], Holds);
        check(&[(IF_MATCH, "*")], Holds);
        check(&[(IF_MATCH, &weak)], Failed);
        check(&[(IF_MATCH, "\"x\"")], Failed);
        check(&[(IF_MATCH, tag), (IF_UNMODIFIED_SINCE, EARLIER)], Holds);
        check(&[(IF_UNMODIFIED_SINCE, EARLIER)], Failed);
        check(&[(IF_UNMODIFIED_SINCE, TIME)], Holds);
        check(&[(IF_UNMODIFIED_SINCE, "yesterday")], Holds);
        check(&[(IF_NONE_MATCH, &listed)], NotModified);
        check(&[(IF_NONE_MATCH, "\"x\""), (IF_NONE_MATCH, tag)], NotModified);
        check(&[(IF_NONE_MATCH, "*")], NotModified);
        check(&[(IF_NONE_MATCH, "\"x\"")], Holds);
        check(&[(IF_NONE_MATCH, "\"x\""), (IF_MODIFIED_SINCE, LATER)], Holds);
        check(&[(IF_MODIFIED_SINCE, TIME)], NotModified);
        check(&[(IF_MODIFIED_SINCE, EARLIER)], Holds);
        check(&[(IF_MATCH, "\"x\""), (IF_NONE_MATCH, tag)], Failed);
    }

    #[test]
    fn what_is_known_is_not_changed_by_other_methods() {
        let validators = Validators { tag: Some(EntityTag::of_bytes(b"a")), modified: Some(modified()) };
        let judge = |fields: &[(HeaderName, &str)]| validators.judge(&Method::POST, &headers(fields));
        assert_eq!(judge(&[(IF_NONE_MATCH, "*")]), Judgement::Failed);
        assert_eq!(judge(&[(IF_MODIFIED_SINCE, LATER)]), Judgement::Holds);
    }

    #[test]
    fn a_range_is_permitted_of_the_very_version() {
        let strong = Validators { tag: Some(EntityTag::of_bytes(b"a")), modified: Some(modified()) };
        let weak = Validators { tag: Some(EntityTag::of_disk(modified(), 1)), modified: Some(modified()) };
        let now = modified() + Duration::from_secs(10);
        let value_of = |validators: &Validators| {
            validators.tag.as_ref().unwrap().header_value().unwrap().to_str().unwrap().to_owned()
        };
        let permits =
            |validators: &Validators, value: &str, now| validators.permit_range(&headers(&[(IF_RANGE, value)]), now);
        assert!(strong.permit_range(&HeaderMap::new(), now));
        assert!(permits(&strong, &value_of(&strong), now));
        assert!(!permits(&strong, "\"x\"", now));
        assert!(!permits(&weak, &value_of(&weak), now));
        assert!(permits(&weak, TIME, now));
        assert!(!permits(&weak, TIME, modified()), "the second is not over");
        assert!(!permits(&weak, LATER, now) && !permits(&weak, EARLIER, now) && !permits(&weak, "x", now));
    }
}
