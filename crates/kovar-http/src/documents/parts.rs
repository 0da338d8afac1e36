//! What documents are written from.

use http::Method;
use kovar_contract::Catalog;

use super::Info;
use crate::describe::Signature;
use crate::operation::OperationAbout;
use crate::problem::builtin::Builtin;

/// An operation with its signature.
#[derive(Debug)]
pub(crate) struct DocumentedOperation {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) about: OperationAbout,
    pub(crate) signature: Signature,
    pub(crate) callbacks: Vec<(&'static str, &'static str, DocumentedOperation)>,
}

/// What a document is written from.
#[derive(Debug)]
pub(crate) struct DocumentParts {
    pub(crate) info: Info,
    pub(crate) catalog: Catalog,
    pub(crate) operations: Vec<DocumentedOperation>,
    pub(crate) webhooks: Vec<DocumentedOperation>,
    /// The problems that layers may answer with.
    pub(crate) of_layers: Vec<Builtin>,
}

impl DocumentedOperation {
    /// Whether it opens a channel: then it is AsyncAPI's.
    pub(super) fn is_channel(&self) -> bool {
        self.signature.channel.is_some()
    }
}

impl DocumentParts {
    /// The operations that OpenAPI knows.
    pub(super) fn operations(&self) -> impl Iterator<Item = &DocumentedOperation> {
        self.operations.iter().filter(|operation| !operation.is_channel())
    }

    /// The channels that are not hidden.
    pub(super) fn channels(&self) -> impl Iterator<Item = &DocumentedOperation> {
        self.operations.iter().filter(|operation| operation.is_channel() && !operation.about.is_hidden)
    }

    /// Whether there is a channel to read about.
    pub(crate) fn has_channels(&self) -> bool {
        self.channels().next().is_some()
    }
}
