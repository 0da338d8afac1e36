//! What a check says: how it stands, what is, and what to do.

use serde::Serialize;

/// A check by its name, with what it found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    pub(super) name: &'static str,
    #[serde(flatten)]
    pub(super) finding: Finding,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    /// What is.
    pub(super) found: String,
    /// What to do. Always there where not all is well.
    pub(super) advice: Option<String>,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// All is well.
    Ok,
    /// The app runs, and something will hurt under load or later.
    Warn,
    /// The app does not start, or loses data.
    Fail,
}

impl Check {
    pub(super) fn new(name: &'static str, finding: Finding) -> Self {
        Self { name, finding }
    }
}

impl Finding {
    pub(super) fn ok(found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, found: found.into(), advice: None }
    }

    pub(super) fn warn(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warn, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn fail(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, found: found.into(), advice: Some(advice.into()) }
    }
}

/// Holds a finding to its verdict and to a part of what it says, in either text.
#[cfg(test)]
#[track_caller]
pub(super) fn assert_finding(finding: &Finding, verdict: Verdict, part: &str) {
    let text = format!("{}; {}", finding.found, finding.advice.as_deref().unwrap_or_default());
    assert!(finding.verdict == verdict && text.contains(part), "not {verdict:?} with `{part}`: {finding:?}");
}
