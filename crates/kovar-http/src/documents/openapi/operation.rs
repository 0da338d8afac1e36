//! One operation of the document.

use kovar_contract::Direction;
use kovar_contract::json::{Object, Value};
use kovar_contract::json_schema::Components;
use kovar_contract::shape::Shape;
use kovar_contract::text::TextPlace;

use super::security;
use crate::describe::{BodyDescription, ContentDescription, ParameterDescription, ResponseDescription};
use crate::documents::parts::DocumentedOperation;
use crate::documents::problem;

impl DocumentedOperation {
    /// Says which schemas are used, and in which direction: of a webhook or callback both are turned.
    pub(in crate::documents) fn note_uses(
        &self,
        components: &mut Components<'_>,
        request: Direction,
        response: Direction,
    ) {
        if self.about.is_hidden {
            return;
        }
        for parameter in &self.signature.parameters {
            components.note_use(&parameter.shape, request);
        }
        for shape in self.signature.bodies.iter().filter_map(|body| body.shape.as_ref()) {
            components.note_use(shape, request);
        }
        for content in self.signature.responses.values().flat_map(|response| &response.contents) {
            content.shape.iter().for_each(|shape| components.note_use(shape, response));
        }
        if let Some((receives, sends)) = self.messages() {
            components.note_use(receives, request);
            components.note_use(sends, response);
        }
        for field in self.signature.problems.iter().flat_map(|problem| &problem.extensions) {
            components.note_use(&field.shape, response);
        }
        for (_, _, callback) in &self.callbacks {
            callback.note_uses(components, response, request);
        }
    }

    /// The operation; `is_turned` for one that the app calls instead of answering.
    pub(super) fn to_json(&self, components: &Components<'_>, is_turned: bool) -> Object<'static> {
        let (request, response) = match is_turned {
            false => (Direction::Input, Direction::Output),
            true => (Direction::Output, Direction::Input),
        };
        let parameters: Vec<_> =
            self.signature.parameters.iter().map(|parameter| parameter_json(parameter, components, request)).collect();
        let about = &self.about;
        Object::new()
            .with_some("tags", (!about.tags.is_empty()).then(|| about.tags.clone()))
            .with_some("summary", about.summary.clone())
            .with_some("description", about.description.clone())
            .with_some("operationId", about.id.clone())
            .with_some("parameters", (!parameters.is_empty()).then_some(parameters))
            .with_some("requestBody", self.body_json(components, request))
            .with("responses", self.responses_json(components, response))
            .with_some("x-channel", self.channel_json(components, request, response))
            .with_some("callbacks", self.callbacks_json(components))
            .with_some("deprecated", about.is_deprecated.then_some(true))
            .with_some("security", security::requirements(&self.signature.security))
    }

    fn body_json(&self, components: &Components<'_>, direction: Direction) -> Option<Object<'static>> {
        if self.signature.bodies.is_empty() {
            return None;
        }
        let contents = self
            .signature
            .bodies
            .iter()
            .map(|body| (body.media_type.clone(), media_type_json(body, components, direction)));
        let contents: Object<'static> = contents.collect();
        Some(Object::new().with("content", contents).with("required", !self.signature.is_body_optional))
    }

    fn responses_json(&self, components: &Components<'_>, direction: Direction) -> Object<'static> {
        let mut responses = Object::new();
        for (status, response) in &self.signature.responses {
            responses.push(status.to_string(), response_json(response, components, direction));
        }
        for (status, response) in problem::responses(&self.signature) {
            responses.push(status, response);
        }
        responses.with("default", Object::new().with("$ref", "#/components/responses/Problem"))
    }

    /// What is said on a channel, as an extension: OpenAPI ends where a connection is upgraded.
    fn channel_json(
        &self,
        components: &Components<'_>,
        request: Direction,
        response: Direction,
    ) -> Option<Object<'static>> {
        self.signature.channel.as_ref()?;
        Some(match self.messages() {
            None => Object::new(),
            Some((receives, sends)) => Object::new()
                .with("receives", components.schema(receives, request))
                .with("sends", components.schema(sends, response)),
        })
    }

    /// Of a channel: what clients send and get, if there is a contract.
    fn messages(&self) -> Option<&(Shape, Shape)> {
        self.signature.channel.as_ref()?.as_ref()
    }

    fn callbacks_json(&self, components: &Components<'_>) -> Option<Object<'static>> {
        if self.callbacks.is_empty() {
            return None;
        }
        let callbacks = self.callbacks.iter().map(|(name, address, operation)| {
            let item = Object::new().with(super::method_key(&operation.method), operation.to_json(components, true));
            (*name, Object::new().with(*address, item))
        });
        Some(callbacks.collect())
    }
}

fn parameter_json(
    parameter: &ParameterDescription,
    components: &Components<'_>,
    direction: Direction,
) -> Object<'static> {
    let place = match parameter.place {
        TextPlace::Path => "path",
        TextPlace::Header => "header",
        TextPlace::Cookie => "cookie",
        _ => "query",
    };
    let mut schema = components.schema(&parameter.shape, direction);
    if let Some(default) = parameter.default.clone().filter(|default| !default.is_null()) {
        schema.push("default", default);
    }
    let about = &parameter.about;
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_list = kind == "array" || is_nullable_list(&schema);
    let is_deep = parameter.place == TextPlace::Query && components.is_object(&parameter.shape);
    let (style, explode) = match (is_deep, is_list, parameter.is_comma_separated) {
        (true, ..) => (Some("deepObject"), Some(true)),
        (false, true, true) => (Some("form"), Some(false)),
        _ => (None, None),
    };
    Object::new()
        .with("name", parameter.name.clone())
        .with("in", place)
        .with_some("description", about.description.clone())
        .with("required", parameter.is_required)
        .with_some("deprecated", about.is_deprecated.then_some(true))
        .with_some("style", style.filter(|_| parameter.place == TextPlace::Query))
        .with_some("explode", explode.filter(|_| parameter.place == TextPlace::Query))
        .with("schema", schema)
        .with_some("examples", examples(&about.examples))
}

fn is_nullable_list(schema: &Object<'_>) -> bool {
    schema
        .get("type")
        .and_then(Value::as_array)
        .is_some_and(|kinds| kinds.iter().any(|kind| kind.as_str() == Some("array")))
}

fn examples(values: &[Value<'static>]) -> Option<Object<'static>> {
    let named = values
        .iter()
        .enumerate()
        .map(|(index, value)| (format!("example{}", index + 1), Object::new().with("value", value.clone())));
    (!values.is_empty()).then(|| named.collect())
}

fn media_type_json(body: &BodyDescription, components: &Components<'_>, direction: Direction) -> Object<'static> {
    match &body.shape {
        Some(shape) => Object::new()
            .with("schema", components.schema(shape, direction))
            .with_some("encoding", (!body.json_parts.is_empty()).then(|| encoding(&body.json_parts))),
        None if body.media_type.starts_with("text/") => {
            Object::new().with("schema", Object::new().with("type", "string"))
        }
        None => Object::new().with("schema", bytes_schema()),
    }
}

/// The parts that are JSON. Without it, a client could send them as forms.
fn encoding(json_parts: &[String]) -> Object<'static> {
    let json = || Object::new().with("contentType", "application/json");
    json_parts.iter().map(|part| (part.clone(), json())).collect()
}

fn bytes_schema() -> Object<'static> {
    Object::new().with("type", "string").with("format", "binary")
}

fn response_json(response: &ResponseDescription, components: &Components<'_>, direction: Direction) -> Object<'static> {
    let contents: Object<'static> = response
        .contents
        .iter()
        .map(|content| (content.media_type.clone(), content_json(content, components, direction)))
        .collect();
    let headers: Object<'static> = response
        .headers
        .iter()
        .map(|header| {
            let schema = Object::new().with("type", "string");
            (header.name, Object::new().with("description", header.description).with("schema", schema))
        })
        .collect();
    Object::new()
        .with("description", response.description.clone())
        .with_some("headers", (!headers.is_empty()).then_some(headers))
        .with_some("content", (!contents.is_empty()).then_some(contents))
}

/// A sequence is described by its items, as OpenAPI 3.2 does with `itemSchema`; 3.1 knows no such
/// member, so it is an extension here, beside a schema of the text for tools that know only that.
fn content_json(content: &ContentDescription, components: &Components<'_>, direction: Direction) -> Object<'static> {
    match &content.shape {
        Some(shape) if content.is_sequence => Object::new()
            .with("schema", Object::new().with("type", "string"))
            .with("x-itemSchema", item_schema(content, components.schema(shape, direction))),
        Some(shape) => Object::new().with("schema", components.schema(shape, direction)),
        None if content.media_type.starts_with("text/") => {
            Object::new().with("schema", Object::new().with("type", "string"))
        }
        None => Object::new().with("schema", bytes_schema()),
    }
}

/// An item of an event stream is an event, whose data is JSON in a text.
fn item_schema(content: &ContentDescription, item: Object<'static>) -> Object<'static> {
    if content.media_type != "text/event-stream" {
        return item;
    }
    let text = || Object::new().with("type", "string");
    let data = text().with("contentMediaType", "application/json").with("contentSchema", item);
    let properties = Object::new()
        .with("data", data)
        .with("event", text())
        .with("id", text())
        .with("retry", Object::new().with("type", "integer").with("minimum", 0));
    Object::new().with("type", "object").with("properties", properties).with("required", vec!["data"])
}
