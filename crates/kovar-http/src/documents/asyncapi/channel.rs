//! One channel: where it is, what opens it, and its two operations.
//!
//! Both operations are the app's: it receives what clients send, and sends what they get.

use kovar_contract::Direction;
use kovar_contract::json::{Object, Value};
use kovar_contract::json_schema::Components;
use kovar_contract::shape::Kind;
use kovar_contract::text::TextPlace;

use super::frame::{self, Message, Messages};
use super::{draft_07, security};
use crate::app::path_parameters;
use crate::describe::ParameterDescription;
use crate::documents::parts::{DocumentParts, DocumentedOperation};
use crate::documents::problem;

/// A channel, and what of it is written before the components are.
pub(super) struct Channel<'d> {
    pub(super) key: String,
    operation: &'d DocumentedOperation,
    parameters: Object<'static>,
    bindings: Object<'static>,
    /// The schemas of what clients send and of what they get; `None` for whatever they like.
    messages: Option<(Object<'static>, Object<'static>)>,
}

/// Says which schemas are used.
pub(super) fn note_uses(operation: &DocumentedOperation, components: &mut Components<'_>) {
    operation.note_uses(components, Direction::Input, Direction::Output);
    if let Some(Some((receives, sends))) = &operation.signature.channel {
        components.note_use(receives, Direction::Input);
        components.note_use(sends, Direction::Output);
    }
}

impl<'d> Channel<'d> {
    pub(super) fn new(
        key: String,
        operation: &'d DocumentedOperation,
        parts: &DocumentParts,
        components: &Components<'_>,
    ) -> Self {
        let messages = operation.signature.channel.as_ref().and_then(Option::as_ref).map(|(receives, sends)| {
            (components.schema(receives, Direction::Input), components.schema(sends, Direction::Output))
        });
        let parameters = parameters(operation, parts, components);
        let bindings = bindings(&operation.signature.parameters, messages.is_some(), components);
        Self { key, operation, parameters, bindings, messages }
    }

    /// Whether what is said on it are the frames of Kovar's protocol.
    pub(super) fn is_framed(&self) -> bool {
        self.messages.is_some()
    }

    pub(super) fn messages(&self, schemas: &Object<'static>) -> Messages {
        match &self.messages {
            Some((receives, sends)) => frame::framed(receives, sends, schemas),
            None => frame::raw(),
        }
    }

    pub(super) fn to_json(&self, messages: Messages) -> Object<'static> {
        let about = &self.operation.about;
        let tags: Vec<_> = about.tags.iter().map(|tag| Object::new().with("name", tag.clone())).collect();
        let problems = problem::of(&self.operation.signature);
        let names = problems.iter().map(|problem| problem.name.as_str()).chain([problem::ANY]);
        let problems: Vec<_> = names.map(problem::reference).collect();
        Object::new()
            // AsyncAPI has no name for the rest of a path.
            .with("address", self.operation.path.replace("{*", "{"))
            .with_some("title", about.id.clone())
            .with_some("summary", about.summary.clone())
            .with_some("description", about.description.clone())
            .with_some("parameters", (!self.parameters.is_empty()).then(|| self.parameters.clone()))
            .with("messages", messages.into_json())
            .with("bindings", Object::new().with("ws", self.bindings.clone()))
            .with_some("tags", (!tags.is_empty()).then_some(tags))
            .with_some("x-deprecated", about.is_deprecated.then_some(true))
            .with("x-problems", problems)
    }

    pub(super) fn operations(&self, messages: &Messages) -> [(String, Object<'static>); 2] {
        let (of_client, of_server) = (&messages.of_client, &messages.of_server);
        [
            (format!("receive_{}", self.key), self.operation("receive", "What clients send", of_client, of_server)),
            (format!("send_{}", self.key), self.operation("send", "What clients get", of_server, of_client)),
        ]
    }

    fn operation(
        &self,
        action: &'static str,
        title: &'static str,
        messages: &[Message],
        replies: &[Message],
    ) -> Object<'static> {
        let channel = || Object::new().with("$ref", format!("#/channels/{}", self.key));
        let pointer =
            |message: &Message| Object::new().with("$ref", format!("#/channels/{}/messages/{}", self.key, message.key));
        let replies: Vec<_> = replies.iter().filter(|message| message.is_answer).map(pointer).collect();
        let reply = || Object::new().with("channel", channel()).with("messages", replies.clone());
        let mut operation = Object::new().with("action", action).with("channel", channel()).with("title", title);
        if let Some((key, requirements)) = security::requirements(&self.operation.signature) {
            operation.push(key, requirements);
        }
        operation
            .with("messages", messages.iter().map(pointer).collect::<Vec<_>>())
            .with_some("reply", (!replies.is_empty()).then(reply))
    }
}

/// What stands in braces in the path. What reads it may be something that the contract cannot describe.
fn parameters(operation: &DocumentedOperation, parts: &DocumentParts, components: &Components<'_>) -> Object<'static> {
    let described = |name: &str| {
        let mut all = operation.signature.parameters.iter();
        let parameter = all.find(|parameter| parameter.place == TextPlace::Path && parameter.name == name);
        parameter.map(|parameter| parameter_json(parameter, parts, components)).unwrap_or_default()
    };
    path_parameters(&operation.path).map(|name| (name.to_owned(), described(name))).collect()
}

/// A parameter of the path, which AsyncAPI takes to be any text.
fn parameter_json(
    parameter: &ParameterDescription,
    parts: &DocumentParts,
    components: &Components<'_>,
) -> Object<'static> {
    let values = match &parts.catalog.seen_through(&parameter.shape).kind {
        Kind::Enumeration(values) => Some(values.iter().map(|value| value.name).collect::<Vec<_>>()),
        _ => None,
    };
    let examples: Vec<_> = parameter.about.examples.iter().map(as_text).collect();
    Object::new()
        .with_some("description", parameter.about.description.clone())
        .with_some("enum", values)
        .with_some("examples", (!examples.is_empty()).then_some(examples))
        .with("x-schema", draft_07::one(components.schema(&parameter.shape, Direction::Input)))
}

fn as_text(value: &Value<'static>) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What the request that opens the channel has beside its path.
fn bindings(parameters: &[ParameterDescription], is_framed: bool, components: &Components<'_>) -> Object<'static> {
    let mut query = Fields::default();
    let mut headers = Fields::default();
    let mut cookies = Vec::new();
    for parameter in parameters {
        match parameter.place {
            TextPlace::Path => {}
            TextPlace::Header => headers.add(parameter, components),
            TextPlace::Cookie => cookies.push(parameter),
            _ => query.add(parameter, components),
        }
    }
    if !cookies.is_empty() {
        headers.add_cookies(&cookies);
    }
    if is_framed {
        headers.properties.push("Sec-WebSocket-Protocol", frame::protocol());
    }
    Object::new()
        .with("method", "GET")
        .with_some("query", query.into_schema())
        .with_some("headers", headers.into_schema())
        .with("bindingVersion", "0.1.0")
}

/// The query, or the header: an object.
#[derive(Default)]
struct Fields {
    properties: Object<'static>,
    required: Vec<String>,
}

impl Fields {
    fn add(&mut self, parameter: &ParameterDescription, components: &Components<'_>) {
        let mut schema = components.described_schema(&parameter.shape, Direction::Input, &parameter.about);
        if let Some(default) = parameter.default.clone().filter(|default| !default.is_null()) {
            schema.push("default", default);
        }
        if parameter.is_comma_separated {
            schema.push("x-comma-separated", true);
        }
        self.properties.push(parameter.name.clone(), draft_07::one(schema));
        if parameter.is_required {
            self.required.push(parameter.name.clone().into_owned());
        }
    }

    /// AsyncAPI knows no cookies: they are what they are on the wire.
    fn add_cookies(&mut self, cookies: &[&ParameterDescription]) {
        let names: Vec<_> = cookies.iter().map(|cookie| format!("`{}`", cookie.name)).collect();
        let description = format!("The cookies {}.", names.join(", "));
        self.properties.push("Cookie", Object::new().with("type", "string").with("description", description));
        if cookies.iter().any(|cookie| cookie.is_required) {
            self.required.push("Cookie".to_owned());
        }
    }

    fn into_schema(self) -> Option<Object<'static>> {
        let Self { properties, required } = self;
        (!properties.is_empty()).then(|| {
            Object::new()
                .with("type", "object")
                .with("properties", properties)
                .with_some("required", (!required.is_empty()).then_some(required))
        })
    }
}
