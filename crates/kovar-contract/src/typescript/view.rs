//! Which components need two types: one as sent, one as answered.
//!
//! A property that is `readOnly` stands only in answers, one that is `writeOnly` only in requests.
//! One type for both would demand an `id` of whoever creates a product, or promise a password that
//! never comes. Two types for every component would double the reading for nothing.

use std::collections::HashSet;

use super::operation::{CHANNEL, METHODS, RECEIVES, SENDS};
use super::reference::{component_name, target};
use crate::json::Value;

/// From which side a schema is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// What a client sends: without the properties that are `readOnly`.
    Request,
    /// What a client is answered: without the properties that are `writeOnly`.
    Response,
}

impl View {
    /// Whether a property is there for this side.
    pub(super) fn shows(self, property: &Value<'_>) -> bool {
        let hidden = match self {
            Self::Request => "readOnly",
            Self::Response => "writeOnly",
        };
        !is_set(property, hidden)
    }
}

/// The component schemas that each side reaches.
#[derive(Debug, Default)]
pub(super) struct Reach {
    requests: HashSet<String>,
    responses: HashSet<String>,
}

impl Reach {
    pub(super) fn of(document: &Value<'_>) -> Self {
        let mut reach = Self::default();
        for item in members(document.get("paths")) {
            reach.requests.extend(components_below(document, item.get("parameters")));
            for operation in METHODS.iter().filter_map(|method| item.get(method)) {
                for part in ["parameters", "requestBody"] {
                    reach.requests.extend(components_below(document, operation.get(part)));
                }
                for part in ["responses", "callbacks"] {
                    reach.responses.extend(components_below(document, operation.get(part)));
                }
                let channel = operation.get(CHANNEL);
                let messages = |part| channel.and_then(|channel| channel.get(part));
                reach.requests.extend(components_below(document, messages(RECEIVES)));
                reach.responses.extend(components_below(document, messages(SENDS)));
            }
        }
        reach.responses.extend(components_below(document, document.get("webhooks")));
        reach
    }

    /// The side that the component's own name stands for.
    pub(super) fn main_view(&self, name: &str) -> View {
        let request_only = self.requests.contains(name) && !self.responses.contains(name);
        if request_only { View::Request } else { View::Response }
    }

    /// Whether the two sides see the component differently, and both see it.
    pub(super) fn is_split(&self, document: &Value<'_>, name: &str, schema: &Value<'_>) -> bool {
        self.requests.contains(name) && self.responses.contains(name) && differs(document, schema)
    }
}

fn differs(document: &Value<'_>, schema: &Value<'_>) -> bool {
    let mut below = References::default();
    below.walk(document, schema);
    below.one_sided
}

fn components_below(document: &Value<'_>, part: Option<&Value<'_>>) -> HashSet<String> {
    let mut below = References::default();
    if let Some(part) = part {
        below.walk(document, part);
    }
    below.seen.iter().filter_map(|reference| Some(component_name(reference)?.into_owned())).collect()
}

/// All references below a value, followed, and whether a one-sided property was on the way.
#[derive(Default)]
struct References {
    seen: HashSet<String>,
    one_sided: bool,
}

impl References {
    fn walk(&mut self, document: &Value<'_>, value: &Value<'_>) {
        self.one_sided |= is_set(value, "readOnly") || is_set(value, "writeOnly");
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(document, item)),
            Value::Object(object) => object.iter().for_each(|(_, member)| self.walk(document, member)),
            _ => {}
        }
        if let Some(reference) = value.get("$ref").and_then(Value::as_str)
            && self.seen.insert(reference.to_owned())
            && let Ok(target) = target(document, reference)
        {
            self.walk(document, target);
        }
    }
}

fn members<'v>(value: Option<&'v Value<'v>>) -> impl Iterator<Item = &'v Value<'v>> {
    value.and_then(Value::as_object).into_iter().flat_map(|object| object.iter().map(|(_, member)| member))
}

fn is_set(schema: &Value<'_>, keyword: &str) -> bool {
    schema.get(keyword).and_then(Value::as_bool) == Some(true)
}
