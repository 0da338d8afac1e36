//! `#[schema]`: what it reads, refuses and documents.

mod agreement;
mod cost;
mod documents;
mod hostile;
mod mistakes;
mod rules;
mod secrets;
mod shapes;
mod text;

use kovar::contract::{Input, Issue, Unreadable, read_json};

/// The issues of an input, each as `type at /pointer: message {context}`.
fn issues<T: Input>(body: &str) -> Vec<String> {
    match read_json::<T>(body.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(Unreadable::Issues(issues)) => issues.iter().map(line).collect(),
        Err(Unreadable::Syntax(error)) => vec![error.to_string()],
    }
}

fn line(issue: &Issue) -> String {
    let context = if issue.context.is_empty() { String::new() } else { format!(" {}", issue.context) };
    format!("{} at {}: {}{context}", issue.kind, issue.pointer(), issue.message)
}

/// Holds an input against the issues that it should have.
#[track_caller]
fn check<T: Input>(body: &str, expected: &[&str]) {
    assert_eq!(issues::<T>(body), expected, "{body}");
}

/// Holds an input against the types of the issues that it should have.
#[track_caller]
fn check_types<T: Input>(body: &str, expected: &[&str]) {
    let issues = issues::<T>(body);
    let types: Vec<_> = issues.iter().map(|issue| issue.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(types, expected, "{body}: {issues:?}");
}
