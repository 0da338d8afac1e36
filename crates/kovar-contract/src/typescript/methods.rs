//! `client.ts`: a method for every operation, their types, and the tables behind them.

use super::Error;
use super::comment::Comment;
use super::descriptor::{Scheme, entry, schemes};
use super::input::{Input, result_declaration};
use super::names::property_key;
use super::operation::{Kind, Operation, read_all};
use super::schema::Schemas;
use crate::json::Value;

/// What is the same for every app.
const RUNTIME: &str = include_str!("runtime.ts");

/// The text of `client.ts`, without its header.
pub(super) fn render(schemas: &Schemas<'_>) -> Result<String, Error> {
    let operations = read_all(schemas.document())?;
    let schemes = schemes(schemas.document())?;
    let mut parts = Parts::default();
    for operation in operations.iter().filter(|operation| matches!(operation.kind, Kind::Request)) {
        parts.add(schemas, operation)?;
    }
    let Parts { signatures, methods, types, entries } = parts;
    // An app without components has no types to import, and an unused import is an error in strict projects.
    let import = if types.contains("types.") { "import type * as types from \"./types.js\";\n" } else { "" };
    Ok(format!(
        "{import}export type * from \"./types.js\";\n\n\
         /** The operations of the app. Every call resolves, whatever the status; only what `fetch` rejects is thrown. */\n\
         export interface Client {{\n{signatures}}}\n\n\
         /** Makes a client; it holds no connection and no state. */\n\
         export function createClient({config}: ClientConfig): Client {{\n  return {{\n{methods}  }};\n}}\n\n\
         {auth}{types}{tables}{RUNTIME}",
        // An app may have channels only, and what is not used is an error, too.
        config = if entries.is_empty() { "_config" } else { "config" },
        auth = auth_type(&schemes),
        tables = tables(&entries, &schemes),
    ))
}

#[derive(Default)]
struct Parts {
    signatures: String,
    methods: String,
    types: String,
    entries: String,
}

impl Parts {
    fn add(&mut self, schemas: &Schemas<'_>, operation: &Operation<'_>) -> Result<(), Error> {
        let input = Input::of(schemas, operation)?;
        let key = property_key(&operation.name);
        let optional = if input.optional { "?" } else { "" };
        self.signatures.push_str(&comment(operation).to_source(2));
        self.signatures.push_str(&format!(
            "  readonly {key}: (input{optional}: {}, options?: CallOptions) => Promise<{}Result>;\n",
            input.type_name(),
            operation.type_prefix(),
        ));
        self.methods
            .push_str(&format!("    {key}: (input, options) => call(config, operations.{key}, input, options),\n"));
        self.types.push_str(&input.declaration());
        self.types.push_str(&result_declaration(schemas, operation)?);
        self.entries.push_str(&entry(schemas, operation)?);
        Ok(())
    }
}

/// What people read of an operation.
pub(super) fn comment(operation: &Operation<'_>) -> Comment {
    let mut comment = Comment::default();
    let text = |key| operation.object.get(key).and_then(Value::as_str);
    comment.paragraph(text("summary"));
    comment.paragraph(text("description").filter(|description| Some(*description) != text("summary")));
    comment.paragraph(Some(&format!("`{} {}`", operation.method, operation.path)));
    comment.deprecation(operation.object);
    comment
}

fn auth_type(schemes: &[Scheme<'_>]) -> String {
    let members = schemes.iter().map(|scheme| {
        let comment = Comment::of_schema(scheme.object).to_source(2);
        format!("{comment}  readonly {}?: Provided<{}>;\n", property_key(scheme.name), scheme.credentials)
    });
    let members: String = members.collect();
    let comment = "/** The credentials of each security scheme. */\n";
    if members.is_empty() {
        return format!("{comment}export type Auth = Readonly<Record<string, never>>;\n\n");
    }
    format!("{comment}export interface Auth {{\n{members}}}\n\n")
}

fn tables(entries: &str, schemes: &[Scheme<'_>]) -> String {
    let schemes: String = schemes.iter().map(|scheme| scheme.entry.as_str()).collect();
    let operations = match entries {
        "" => String::new(),
        _ => format!("const operations = {} satisfies Readonly<Record<string, Operation>>;\n\n", braces(entries)),
    };
    format!(
        "/** The input of an operation that takes nothing. */\n\
         export type NoInput = Readonly<Record<string, never>>;\n\n\
         {operations}const securitySchemes: Readonly<Record<string, Scheme>> = {};\n\n",
        braces(&schemes),
    )
}

/// The entries of a table, each on lines of its own.
pub(super) fn braces(entries: &str) -> String {
    if entries.is_empty() { "{}".to_owned() } else { format!("{{\n{entries}}}") }
}
