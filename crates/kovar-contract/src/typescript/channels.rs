//! `live.ts`: a method for every channel, their types, and the table behind them.
//!
//! It is a file of its own, so that a page without channels does not load what keeps a connection, and an app without
//! channels does not have it.

use super::Error;
use super::descriptor::{list, route};
use super::expression::Type;
use super::input::{Input, of_status};
use super::methods::{braces, comment};
use super::names::{property_key, string_literal};
use super::operation::{Kind, Messages, Operation, read_all};
use super::schema::Schemas;
use super::view::View;

/// What is the same for every app.
const RUNTIME: &str = include_str!("live_runtime.ts");

/// What is taken where WebSocket does not get through.
const REQUESTS: &str = include_str!("live_requests.ts");

/// The text of `live.ts`, without its header; none for an app without channels.
pub(super) fn render(schemas: &Schemas<'_>) -> Result<Option<String>, Error> {
    let operations = read_all(schemas.document())?;
    let mut parts = Parts::default();
    for operation in &operations {
        if let Kind::Channel(messages) = &operation.kind {
            parts.add(schemas, operation, messages)?;
        }
    }
    let Parts { signatures, methods, types, entries } = parts;
    if entries.is_empty() {
        return Ok(None);
    }
    let is_used = |name: &str| signatures.contains(name) || types.contains(name);
    let no_input = if is_used("NoInput") { "  type NoInput,\n" } else { "" };
    let import = if is_used("types.") { "import type * as types from \"./types.js\";\n" } else { "" };
    Ok(Some(format!(
        "import {{\n  type ClientConfig,\n{no_input}  type ParametersByPlace,\n  type Route,\n  \
         type UndeclaredProblem,\n  addressed,\n  drafted,\n  parseJson,\n  rooted,\n}} from \"./client.js\";\n\
         {import}export type * from \"./types.js\";\n\n\
         /** The channels of the app. Each call opens one, which comes again when its connection is lost. */\n\
         export interface Live {{\n{signatures}}}\n\n\
         /** Makes what opens channels; it holds no connection itself. */\n\
         export function createLive(config: LiveConfig): Live {{\n  return {{\n{methods}  }};\n}}\n\n\
         {types}const channels = {entries} satisfies Readonly<Record<string, ChannelRoute>>;\n\n{RUNTIME}{REQUESTS}",
        entries = braces(&entries),
    )))
}

#[derive(Default)]
struct Parts {
    signatures: String,
    methods: String,
    types: String,
    entries: String,
}

impl Parts {
    fn add(&mut self, schemas: &Schemas<'_>, operation: &Operation<'_>, messages: &Messages<'_>) -> Result<(), Error> {
        let input = Input::of(schemas, operation)?;
        let key = property_key(&operation.name);
        let optional = if input.optional { "?" } else { "" };
        let refusal = format!("{}Refusal", operation.type_prefix());
        let (receives, sends) =
            (schemas.type_of(messages.receives, View::Request)?, schemas.type_of(messages.sends, View::Response)?);
        let channel = Type::generic("Channel", &[receives, sends, Type::name(refusal.clone())]).to_source(2);
        self.signatures.push_str(&comment(operation).to_source(2));
        self.signatures.push_str(&format!(
            "  readonly {key}: (input{optional}: {}, options?: ChannelOptions) => {channel};\n",
            input.type_name(),
        ));
        self.methods.push_str(&format!(
            "    {key}: (input, options) => new ReconnectingChannel(config, channels.{key}, input, options),\n"
        ));
        self.types.push_str(&input.declaration());
        self.types.push_str(&refusal_declaration(schemas, operation, &refusal)?);
        self.entries.push_str(&entry(operation));
        Ok(())
    }
}

/// The declaration of every problem in the place of an answer.
fn refusal_declaration(schemas: &Schemas<'_>, operation: &Operation<'_>, name: &str) -> Result<String, Error> {
    let problems = operation.answers.iter().filter(|answer| !answer.is_success());
    let mut problems =
        problems.map(|answer| of_status(schemas, "Refused", answer)).collect::<Result<Vec<_>, Error>>()?;
    problems.push(Type::name("Refused<\"undeclared\", UndeclaredProblem>"));
    let source = Type::union(problems).to_source(0);
    let space = if source.starts_with('\n') { "" } else { " " };
    Ok(format!("export type {name} ={space}{source};\n\n"))
}

/// One entry of the table `channels`.
fn entry(operation: &Operation<'_>) -> String {
    let problems = operation.answers.iter().filter(|answer| !answer.is_success());
    let problems = list(problems.map(|answer| string_literal(answer.status)));
    let mut lines = route(operation);
    lines.push(format!("problems: {problems}"));
    let lines: String = lines.iter().map(|line| format!("    {line},\n")).collect();
    format!("  {}: {{\n{lines}  }},\n", property_key(&operation.name))
}
