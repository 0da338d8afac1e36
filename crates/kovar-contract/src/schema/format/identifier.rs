//! UUIDs and URLs.

use url::Url;
use uuid::Uuid;

use super::{format_shape, parsing};
use crate::catalog::Catalog;
use crate::issue::Invalid;
use crate::rule::{Rules, Violation, accepts_text, judge_text};
use crate::schema::{Direction, Schema};
use crate::shape::Shape;

impl Schema for Uuid {
    fn shape(_: &mut Catalog) -> Shape {
        format_shape("uuid", ("uuid_type", "UUID input should be a string"), judge_uuid)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        keeps_version(rules, self)
    }
}

fn judge_uuid(rules: &Rules, text: &str) -> Vec<Invalid> {
    match (text.parse::<Uuid>(), rules.uuid_version) {
        (Err(error), _) => parsing("uuid_parsing", "Input should be a valid UUID", error),
        (Ok(uuid), Some(version)) if !keeps_version(rules, &uuid) => {
            vec![Violation::UuidVersion(version).to_invalid("")]
        }
        _ => Vec::new(),
    }
}

#[inline(always)]
fn keeps_version(rules: &Rules, uuid: &Uuid) -> bool {
    rules.uuid_version.is_none_or(|version| uuid.get_version_num() == usize::from(version))
}

impl Schema for Url {
    fn shape(_: &mut Catalog) -> Shape {
        format_shape("uri", ("url_type", "URL input should be a string or URL"), judge_url)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        has_scheme(rules, self) && accepts_text(rules, self.as_str())
    }
}

fn judge_url(rules: &Rules, text: &str) -> Vec<Invalid> {
    let url = match text.parse::<Url>() {
        Ok(url) => url,
        Err(error) => return parsing("url_parsing", "Input should be a valid URL", error),
    };
    let mut findings = Vec::new();
    if !has_scheme(rules, &url) {
        findings.push(Violation::UrlScheme(rules.schemes).to_invalid(""));
    }
    let mut violations = Vec::new();
    judge_text(rules, url.as_str(), &mut violations);
    findings.extend(violations.into_iter().map(|violation| match violation {
        Violation::TextTooLong(most) => {
            Invalid::new("url_too_long", format!("URL should have at most {most} characters")).with("max_length", most)
        }
        other => other.to_invalid(""),
    }));
    findings
}

#[inline(always)]
fn has_scheme(rules: &Rules, url: &Url) -> bool {
    rules.schemes.is_empty() || rules.schemes.contains(&url.scheme())
}
