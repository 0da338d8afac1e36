//! A JSON Schema as a TypeScript type.

use super::Error;
use super::comment::Comment;
use super::components::Components;
use super::expression::{Element, Member, Type};
use super::names::string_literal;
use super::reference::{component_name, resolved, target};
use super::view::View;
use crate::json::{Object, Value};

/// The schemas of a document, as types for one of the files.
#[derive(Debug)]
pub(super) struct Schemas<'d> {
    document: &'d Value<'d>,
    components: &'d Components<'d>,
    /// What stands before a component's name: `types.` outside of `types.ts`.
    prefix: &'static str,
}

impl<'d> Schemas<'d> {
    pub(super) fn new(document: &'d Value<'d>, components: &'d Components<'d>, prefix: &'static str) -> Self {
        Self { document, components, prefix }
    }

    pub(super) fn document(&self) -> &'d Value<'d> {
        self.document
    }

    pub(super) fn components(&self) -> &'d Components<'d> {
        self.components
    }

    /// The type of what a schema describes, as one side sees it.
    pub(super) fn type_of(&self, schema: &Value<'_>, view: View) -> Result<Type, Error> {
        Reader { schemas: self, view, inlined: Vec::new() }.schema(schema)
    }
}

struct Reader<'s> {
    schemas: &'s Schemas<'s>,
    view: View,
    /// The references being read in place, because they are no components.
    inlined: Vec<String>,
}

impl Reader<'_> {
    fn schema(&mut self, schema: &Value<'_>) -> Result<Type, Error> {
        if schema.as_bool() == Some(false) {
            return Ok(Type::never());
        }
        if let Some(value) = schema.get("const") {
            return Ok(literal(value));
        }
        if let Some(values) = list(schema, "enum") {
            return Ok(Type::union(values.iter().map(literal)));
        }
        let mut parts = Vec::new();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            parts.push(self.reference(reference)?);
        }
        for part in list(schema, "allOf").unwrap_or_default() {
            parts.push(self.schema(part)?);
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(members) = list(schema, keyword) {
                parts.push(self.union(schema, members)?);
            }
        }
        // Beside other parts, a bare `type: object` says nothing that they do not.
        if parts.is_empty() || has_structure(schema) {
            parts.push(self.own_type(schema)?);
        }
        Ok(Type::intersection(parts))
    }

    fn reference(&mut self, reference: &str) -> Result<Type, Error> {
        let name = component_name(reference);
        let type_name = name.and_then(|name| self.schemas.components.type_name(&name, self.view));
        if let Some(type_name) = type_name {
            return Ok(Type::name(format!("{}{type_name}", self.schemas.prefix)));
        }
        if self.inlined.iter().any(|inlined| inlined == reference) {
            return Err(Error::RecursiveReference { reference: reference.to_owned() });
        }
        self.inlined.push(reference.to_owned());
        let inlined = self.schema(target(self.schemas.document, reference)?);
        self.inlined.pop();
        inlined
    }

    fn union(&mut self, schema: &Value<'_>, members: &[Value<'_>]) -> Result<Type, Error> {
        let discriminator = schema.get("discriminator");
        let tag = discriminator.and_then(|discriminator| discriminator.get("propertyName")).and_then(Value::as_str);
        let mut types = Vec::with_capacity(members.len());
        for member in members {
            let own = self.schema(member)?;
            let tagged = match tag {
                Some(tag) if !self.declares_tag(member, tag) => tag_type(discriminator, member, tag),
                _ => None,
            };
            types.push(Type::intersection(tagged.into_iter().chain([own])));
        }
        Ok(Type::union(types))
    }

    /// Whether a union's member says itself which values its tag has.
    fn declares_tag(&self, member: &Value<'_>, tag: &str) -> bool {
        let Ok(member) = resolved(self.schemas.document, member) else { return false };
        let property = member.get("properties").and_then(|properties| properties.get(tag));
        let has_values = |schema: &Value<'_>| schema.get("const").is_some() || schema.get("enum").is_some();
        property.and_then(|property| resolved(self.schemas.document, property).ok()).is_some_and(has_values)
            || list(member, "allOf").unwrap_or_default().iter().any(|part| self.declares_tag(part, tag))
    }

    fn own_type(&mut self, schema: &Value<'_>) -> Result<Type, Error> {
        match schema.get("type") {
            Some(Value::Array(names)) => {
                let types = names.iter().map(|name| self.named_type(schema, name.as_str().unwrap_or_default()));
                Ok(Type::union(types.collect::<Result<Vec<_>, _>>()?))
            }
            Some(name) => self.named_type(schema, name.as_str().unwrap_or_default()),
            None if ["items", "prefixItems"].iter().any(|key| schema.get(key).is_some()) => self.array(schema),
            None if has_structure(schema) => self.object(schema),
            None if is_binary(schema) => Ok(Type::name("Blob")),
            None => Ok(Type::unknown()),
        }
    }

    fn named_type(&mut self, schema: &Value<'_>, name: &str) -> Result<Type, Error> {
        Ok(match name {
            "null" => Type::name("null"),
            "boolean" => Type::name("boolean"),
            "integer" | "number" => Type::name("number"),
            "string" if is_binary(schema) => Type::name("Blob"),
            "string" => Type::string(),
            "array" => self.array(schema)?,
            "object" => self.object(schema)?,
            _ => Type::unknown(),
        })
    }

    fn array(&mut self, schema: &Value<'_>) -> Result<Type, Error> {
        let Some(prefix) = list(schema, "prefixItems") else {
            return Ok(Type::array(schema.get("items").map_or(Ok(Type::unknown()), |items| self.schema(items))?));
        };
        let count = |key| schema.get(key).and_then(Value::as_i64).and_then(|count| usize::try_from(count).ok());
        let least = count("minItems").unwrap_or(prefix.len());
        let mut elements = Vec::new();
        for (index, item) in prefix.iter().enumerate() {
            let element = self.schema(item)?;
            elements.push(if index < least { Element::Required(element) } else { Element::Optional(element) });
        }
        let rest = schema.get("items").map_or(Ok(Type::unknown()), |items| self.schema(items))?;
        if rest != Type::never() && count("maxItems").is_none_or(|most| most > prefix.len()) {
            elements.push(Element::Rest(rest));
        }
        Ok(Type::Tuple(elements))
    }

    fn object(&mut self, schema: &Value<'_>) -> Result<Type, Error> {
        let mut members = self.properties(schema)?;
        let additional = schema.get("additionalProperties");
        let values = additional.map(|additional| self.schema(additional)).transpose()?;
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let mut values: Vec<_> = values.into_iter().collect();
        for (_, pattern) in patterns.into_iter().flat_map(Object::iter) {
            values.push(self.schema(pattern)?);
        }
        if members.is_empty() {
            let value = if values.is_empty() { Type::unknown() } else { Type::union(values) };
            return Ok(Type::Object(vec![self.record_member(schema, value)?]));
        }
        let value = Type::union(values);
        if value != Type::never() {
            // TypeScript demands that an index signature takes in every property beside it.
            let beside: Vec<_> = members.iter().map(Member::read_type).collect();
            members.push(Member::index(Type::union([value].into_iter().chain(beside))));
        }
        Ok(Type::Object(members))
    }

    fn properties(&mut self, schema: &Value<'_>) -> Result<Vec<Member>, Error> {
        let properties = schema.get("properties").and_then(Value::as_object);
        let required: Vec<_> = list(schema, "required").unwrap_or_default().iter().filter_map(Value::as_str).collect();
        let mut members = Vec::new();
        for (name, property) in properties.into_iter().flat_map(Object::iter) {
            if self.view.shows(property) {
                let member = Member::required(name, self.schema(property)?)
                    .optional(!required.contains(&name))
                    .readonly(property.get("readOnly").and_then(Value::as_bool) == Some(true))
                    .comment(Comment::of_schema(property));
                members.push(member);
            }
        }
        // Beside an `allOf`, `required` may name what the other parts describe.
        let described = |name: &str| properties.is_some_and(|properties| properties.contains_key(name));
        let undescribed = required.iter().filter(|name| !described(name));
        members.extend(undescribed.map(|name| Member::required(name, Type::unknown())));
        Ok(members)
    }

    fn record_member(&mut self, schema: &Value<'_>, value: Type) -> Result<Member, Error> {
        let names = schema.get("propertyNames");
        let keys = names.map(|names| resolved(self.schemas.document, names)).transpose()?;
        Ok(match (names, keys) {
            (Some(names), Some(keys)) if keys.get("enum").is_some() => Member::mapped(&self.schema(names)?, value),
            _ => Member::index(value),
        })
    }
}

/// `{ kind: "cat" }`, for a member that leaves its tag to the discriminator.
fn tag_type(discriminator: Option<&Value<'_>>, member: &Value<'_>, tag: &str) -> Option<Type> {
    let reference = member.get("$ref")?.as_str()?;
    let name = component_name(reference)?;
    let mapping = discriminator.and_then(|discriminator| discriminator.get("mapping")).and_then(Value::as_object);
    let is_member = |target: &str| target == reference || target == name;
    let mapped = mapping.into_iter().flat_map(Object::iter);
    let values: Vec<_> = mapped
        .filter(|(_, target)| target.as_str().is_some_and(is_member))
        .map(|(value, _)| Type::name(string_literal(value)))
        .collect();
    let value = if values.is_empty() { Type::name(string_literal(&name)) } else { Type::union(values) };
    Some(Type::Object(vec![Member::required(tag, value)]))
}

/// A value as a type: `"a"`, `1`, `[1, 2]`, `{ a: 1 }`.
fn literal(value: &Value<'_>) -> Type {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Type::name(value.to_string()),
        // Past the integers that a double holds, the literal would be another number's.
        Value::Number(text) => match value.as_f64() {
            Some(number) if number.abs() <= 9_007_199_254_740_991.0 => Type::name(text.to_string()),
            _ => Type::name("number"),
        },
        Value::Array(items) => Type::Tuple(items.iter().map(literal).map(Element::Required).collect()),
        Value::Object(object) => {
            Type::Object(object.iter().map(|(key, value)| Member::required(key, literal(value))).collect())
        }
    }
}

/// Whether a string is raw bytes, which only multipart bodies and whole bodies can carry.
fn is_binary(schema: &Value<'_>) -> bool {
    let text = |key| schema.get(key).and_then(Value::as_str);
    let is_text = |media: &str| media.starts_with("text/") || media.contains("json") || media.contains("xml");
    text("format") == Some("binary")
        || (text("contentEncoding").is_none() && text("contentMediaType").is_some_and(|media| !is_text(media)))
}

fn has_structure(schema: &Value<'_>) -> bool {
    const STRUCTURE: [&str; 6] =
        ["properties", "additionalProperties", "patternProperties", "required", "items", "prefixItems"];
    STRUCTURE.iter().any(|keyword| schema.get(keyword).is_some())
}

fn list<'v>(schema: &'v Value<'_>, key: &str) -> Option<&'v [Value<'v>]> {
    schema.get(key).and_then(Value::as_array)
}
