//! A typed TypeScript client, generated from the app's own document.
//!
//! The problem: a browser that calls an app by hand-written `fetch` knows nothing of the contract,
//! least of all which problems an operation answers. Existing generators type the success and
//! leave the error `unknown` or thrown, so nobody handles it. Here a call resolves to a union that
//! `status` tells apart, and within a status the problem's `type`; only a network failure throws.
//!
//! Two files come out, and a third for an app with channels. `types.ts` has no code. `client.ts` has
//! no imports but types, so it runs wherever `fetch` does: in browsers, in Node from 20, and behind
//! any bundler. `live.ts` needs a `WebSocket` besides. A package with the shared part was refused: a
//! generated client that needs a matching version of something else breaks in ways that no compiler
//! sees.
//!
//! Not supported: path parameters of style `label` or `matrix` (an error), `allowReserved`, XML
//! (given as text), reconnecting event streams (a channel's client does that), and channels without
//! a contract (left out: a `WebSocket` is all that a client could give).

mod channels;
mod comment;
mod components;
mod content;
mod descriptor;
mod expression;
mod input;
mod methods;
mod names;
mod operation;
mod parameter;
mod reference;
mod schema;
mod view;

use std::fmt;

use self::components::Components;
use self::schema::Schemas;
use crate::json::Value;

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The name within the output directory, such as `client.ts`.
    pub name: &'static str,
    /// The whole text.
    pub text: String,
}

/// Why a document cannot become a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The document has no member `openapi` of version 3.1 or later in 3.
    NotOpenApi,
    /// A `$ref` names nothing in this document.
    UnresolvedReference {
        /// The reference as written.
        reference: String,
    },
    /// A `$ref` contains itself and is no component, so it has no name to recur by.
    RecursiveReference {
        /// The reference as written.
        reference: String,
    },
    /// A path parameter has a style that the client does not write.
    PathStyle {
        /// The name of the parameter.
        parameter: String,
        /// Its style: `label` or `matrix`.
        style: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpenApi => f.write_str("not an OpenAPI document of version 3.1 or later"),
            Self::UnresolvedReference { reference } => {
                write!(f, "the reference `{reference}` names nothing in this document")
            }
            Self::RecursiveReference { reference } => {
                write!(f, "the reference `{reference}` contains itself: only components may")
            }
            Self::PathStyle { parameter, style } => {
                write!(f, "the path parameter `{parameter}` has the style `{style}`: only `simple` is supported")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Writes the client of an OpenAPI 3.1 document: `types.ts` and `client.ts`, and `live.ts` if it has channels, which are
/// operations with the extension `x-channel`.
///
/// The same document gives the same text, to the byte.
///
/// # Errors
///
/// When the document is not OpenAPI 3.1, or has something that no client can be written for: see
/// [`Error`].
///
/// # Example
///
/// ```
/// use kovar_contract::json;
///
/// let text = r#"{"openapi": "3.1.0", "info": {"title": "Shop", "version": "1.0"}, "paths": {}}"#;
/// let document = json::parse(text, 64)?;
/// let files = kovar_contract::typescript::client(&document)?;
/// assert_eq!(files[0].name, "types.ts");
/// assert!(files[1].text.contains("export function createClient("));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn client(document: &Value<'_>) -> Result<Vec<File>, Error> {
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("3.") || version.starts_with("3.0") {
        return Err(Error::NotOpenApi);
    }
    let components = Components::read(document);
    let header = header(document);
    let types = components::render(&Schemas::new(document, &components, ""))?;
    let methods = methods::render(&Schemas::new(document, &components, "types."))?;
    let channels = channels::render(&Schemas::new(document, &components, "types."))?;
    let mut files = vec![
        File { name: "types.ts", text: format!("{header}{}\n", types.trim_end()) },
        File { name: "client.ts", text: format!("{header}{methods}") },
    ];
    files.extend(channels.map(|channels| File { name: "live.ts", text: format!("{header}{channels}") }));
    Ok(files)
}

fn header(document: &Value<'_>) -> String {
    let info = |key| document.get("info").and_then(|info| info.get(key)).and_then(Value::as_str).unwrap_or_default();
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "// Generated by {} {} with Kovar {} (`client typescript`). Do not edit: generate it again.\n\
         /* eslint-disable */\n\n",
        one_line(info("title")),
        one_line(info("version")),
        env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests;
