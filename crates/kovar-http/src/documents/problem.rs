//! Problems of a document: one schema each, one response for each status.

use std::collections::BTreeMap;

use kovar_contract::Direction;
use kovar_contract::json::{Object, Value};
use kovar_contract::json_schema::Components;

use super::parts::DocumentedOperation;
use crate::describe::Signature;
use crate::problem::builtin::{ALL, Builtin, VALIDATION};
use crate::problem::{PROBLEM_JSON, ProblemDeclaration};

/// The schema that any problem keeps.
pub(super) const ANY: &str = "Problem";

/// The schema of one thing that is wrong.
const ISSUE: &str = "Issue";

/// The problems that an operation answers with.
pub(super) fn of(signature: &Signature) -> Vec<ProblemDeclaration> {
    let mut problems = signature.problems.clone();
    if signature.can_break_contract {
        problems.push(VALIDATION.declaration());
    }
    problems
}

/// The error responses of an operation, by status.
pub(super) fn responses(signature: &Signature) -> Vec<(String, Object<'static>)> {
    let mut by_status: BTreeMap<u16, Vec<ProblemDeclaration>> = BTreeMap::new();
    for problem in of(signature) {
        by_status.entry(problem.status.get()).or_default().push(problem);
    }
    by_status.into_iter().map(|(status, problems)| (status.to_string(), response(&problems))).collect()
}

fn response(problems: &[ProblemDeclaration]) -> Object<'static> {
    let references: Vec<_> = problems.iter().map(|problem| reference(&problem.name)).collect();
    let descriptions: Vec<&str> =
        problems.iter().map(|problem| problem.description.as_deref().unwrap_or(&problem.title)).collect();
    let schema = match references.as_slice() {
        [only] => only.clone(),
        _ => {
            let mapping = problems.iter().map(|problem| (problem.kind.clone(), pointer(&problem.name)));
            let discriminator =
                Object::new().with("propertyName", "type").with("mapping", mapping.collect::<Object<'static>>());
            Object::new().with("oneOf", references).with("discriminator", discriminator)
        }
    };
    let content = Object::new().with(PROBLEM_JSON, Object::new().with("schema", schema));
    Object::new().with("description", descriptions.join("\n\n")).with("content", content)
}

pub(super) fn reference(name: &str) -> Object<'static> {
    Object::new().with("$ref", pointer(name))
}

fn pointer(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// The schemas of all problems that the operations declare, of any problem, and of an issue.
pub(super) fn schemas<'o>(
    operations: impl Iterator<Item = &'o DocumentedOperation>,
    components: &Components<'_>,
) -> Vec<(String, Object<'static>)> {
    let mut schemas: BTreeMap<String, Object<'static>> = BTreeMap::new();
    let mut can_break_contract = false;
    let mut add = |operation: &DocumentedOperation| {
        for problem in &operation.signature.problems {
            if !schemas.contains_key(&problem.name) {
                schemas.insert(problem.name.clone(), schema(problem, components));
            }
        }
        let has_messages = matches!(operation.signature.channel, Some(Some(_)));
        can_break_contract |= operation.signature.can_break_contract || has_messages;
    };
    for operation in operations.filter(|operation| !operation.about.is_hidden) {
        add(operation);
        operation.callbacks.iter().for_each(|(_, _, callback)| add(callback));
    }
    if can_break_contract {
        schemas.insert(VALIDATION.name.to_owned(), validation_schema());
        schemas.insert(ISSUE.to_owned(), issue_schema());
    }
    schemas.insert(ANY.to_owned(), any_schema());
    schemas.into_iter().collect()
}

/// The response for whatever an operation does not list.
pub(super) fn shared_responses(of_layers: &[Builtin]) -> Object<'static> {
    let rows =
        ALL.iter().chain(of_layers).map(|Builtin { status, kind, when, .. }| format!("- {status} `{kind}`: {when}"));
    let description = format!("Any other problem:\n\n{}", rows.collect::<Vec<_>>().join("\n"));
    let content = Object::new().with(PROBLEM_JSON, Object::new().with("schema", reference(ANY)));
    Object::new().with(ANY, Object::new().with("description", description).with("content", content))
}

fn schema(problem: &ProblemDeclaration, components: &Components<'_>) -> Object<'static> {
    let constant = |value: Value<'static>| Object::new().with("const", value);
    let mut properties = Object::new()
        .with("type", Object::new().with("type", "string").with("const", problem.kind.clone()))
        .with("title", Object::new().with("type", "string").with("const", problem.title.clone()))
        .with("status", constant(Value::from(problem.status.get())).with("type", "integer"));
    common_properties(&mut properties);
    let mut required = required();
    for field in &problem.extensions {
        properties.set(field.name.clone(), components.described_schema(&field.shape, Direction::Output, &field.about));
        if field.is_always_sent {
            required.push(field.name.clone().into_owned());
        }
    }
    // No `title`: generators name types after it, and two problems may have the same.
    let description = problem.description.clone().unwrap_or_else(|| problem.title.clone());
    Object::new()
        .with("type", "object")
        .with("description", description)
        .with("properties", properties)
        .with("required", required)
}

fn validation_schema() -> Object<'static> {
    let text = |value: &'static str| Object::new().with("type", "string").with("const", value);
    let mut properties = Object::new()
        .with("type", text(VALIDATION.kind))
        .with("title", text(VALIDATION.title))
        .with("status", Object::new().with("const", VALIDATION.status).with("type", "integer"));
    common_properties(&mut properties);
    let errors = Object::new().with("type", "array").with("items", reference(ISSUE)).with("minItems", 1);
    let mut required = required();
    required.push("errors".to_owned());
    Object::new()
        .with("type", "object")
        .with("description", VALIDATION.when)
        .with("properties", properties.with("errors", errors))
        .with("required", required)
}

fn any_schema() -> Object<'static> {
    let text = |format: Option<&'static str>| Object::new().with("type", "string").with_some("format", format);
    let mut properties = Object::new()
        .with("type", text(Some("uri-reference")))
        .with("title", text(None))
        .with("status", Object::new().with("type", "integer").with("minimum", 400).with("maximum", 599));
    common_properties(&mut properties);
    Object::new()
        .with("type", "object")
        .with("description", "A problem as RFC 9457 has it.")
        .with("properties", properties)
        .with("required", required())
}

/// A problem in a message of a channel: there is no request whose path and id it could name.
pub(super) fn schema_on_channels() -> Object<'static> {
    let mut properties = Object::new()
        .with("type", Object::new().with("type", "string").with("format", "uri-reference"))
        .with("title", Object::new().with("type", "string"))
        .with("status", Object::new().with("type", "integer").with("minimum", 400).with("maximum", 599));
    properties.push("detail", Object::new().with("type", "string").with("description", "What happened this time."));
    let errors = Object::new().with("type", "array").with("items", reference(ISSUE));
    properties.push("errors", errors.with("description", "All that is wrong with a message that breaks its schema."));
    Object::new()
        .with("type", "object")
        .with("description", "A problem as RFC 9457 has it.")
        .with("properties", properties)
        .with("required", vec!["type", "title", "status"])
}

fn issue_schema() -> Object<'static> {
    let text = |description: &'static str| Object::new().with("type", "string").with("description", description);
    let segment = Object::new().with("type", vec!["string", "integer"]);
    let location = Object::new()
        .with("type", "array")
        .with("items", segment)
        .with("description", "Where: the place of the request, then keys and indexes.");
    let context = Object::new().with("type", "object").with("description", "The numbers and names in the message.");
    let properties = Object::new()
        .with("loc", location)
        .with("pointer", text("Where, as an RFC 6901 pointer into the place of the request."))
        .with("type", text("What, in Pydantic's vocabulary."))
        .with("msg", text("What, in a sentence."))
        .with("ctx", context)
        .with(
            "input",
            Object::new().with("description", "The offending input, cut; absent where a secret could show."),
        );
    Object::new()
        .with("type", "object")
        .with("description", "One thing that is wrong with a request.")
        .with("properties", properties)
        .with("required", vec!["loc", "pointer", "type", "msg", "ctx"])
}

fn common_properties(properties: &mut Object<'static>) {
    let text = |description: &'static str| Object::new().with("type", "string").with("description", description);
    properties.push("detail", text("What happened this time."));
    properties.push("instance", text("The path of the request, up to 1024 bytes of it."));
    properties.push("request_id", text("The id under which the log has it."));
}

fn required() -> Vec<String> {
    ["type", "title", "status", "instance", "request_id"].map(str::to_owned).to_vec()
}
