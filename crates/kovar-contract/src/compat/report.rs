//! Gathers changes: each once, with all the operations that it touches.

use std::collections::HashMap;

use super::code::{Code, Direction};
use super::{Change, Severity};

/// The changes found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    changes: Vec<Change>,
    known: HashMap<(Code, Severity, String, String), usize>,
    /// The operation being compared.
    operation: String,
}

impl Report {
    pub(super) fn enter(&mut self, operation: String) {
        self.operation = operation;
    }

    pub(super) fn add(&mut self, code: Code, direction: Direction, pointer: &str, message: String) {
        let severity = code.severity(direction);
        let key = (code, severity, pointer.to_owned(), message.clone());
        let index = *self.known.entry(key).or_insert(self.changes.len());
        if index == self.changes.len() {
            let pointer = pointer.to_owned();
            self.changes.push(Change { code, severity, message, pointer, operations: Vec::new() });
        }
        let operations = &mut self.changes[index].operations;
        if operations.last() != Some(&self.operation) {
            operations.push(self.operation.clone());
        }
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }
}
