//! Problems as a client reads them.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A problem (RFC 9457) as a client reads it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TestProblem {
    /// The `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The `title`.
    pub title: String,
    /// The status.
    pub status: u16,
    /// What happened this time.
    pub detail: Option<String>,
    /// The path of the request; empty for a problem on a channel.
    #[serde(default)]
    pub instance: String,
    /// The id under which the log has it; empty for a problem on a channel.
    #[serde(default)]
    pub request_id: String,
    /// Everything that is wrong with the request; empty where that is not the problem.
    #[serde(default)]
    pub errors: Vec<TestIssue>,
    /// The problem's own members.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// One thing that is wrong with a request, as a client reads it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TestIssue {
    /// Where: the place of the request, then keys and indexes.
    pub loc: Vec<Value>,
    /// Where, as a pointer.
    pub pointer: String,
    /// What, in Pydantic's vocabulary: the `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What, in a sentence.
    pub msg: String,
    /// The numbers and names in the message.
    #[serde(default)]
    pub ctx: Value,
    /// What was sent; `None` where a secret could show.
    pub input: Option<Value>,
}

impl TestProblem {
    /// The issues as `location: type`, sorted: what most tests compare.
    pub fn issues(&self) -> Vec<String> {
        let mut issues: Vec<String> =
            self.errors.iter().map(|issue| format!("{}: {}", issue.location(), issue.kind)).collect();
        issues.sort();
        issues
    }
}

impl TestIssue {
    /// Where, as `body.items.0.price`.
    pub fn location(&self) -> String {
        let segments = self.loc.iter().map(|segment| match segment {
            Value::String(key) => key.clone(),
            index => index.to_string(),
        });
        segments.collect::<Vec<_>>().join(".")
    }
}
