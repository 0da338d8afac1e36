//! Schemas of objects.

use super::{Writer, with_about};
use crate::json::{Object, Value};
use crate::schema::Direction;
use crate::shape::{Access, Field, Kind, ObjectShape, Shape, Unknown};

impl Writer<'_, '_> {
    pub(super) fn object(&self, object: &ObjectShape) -> Object<'static> {
        let mut parts = Parts::default();
        self.add_object(object, &mut parts);
        parts.into_schema()
    }

    /// The object of an internally tagged variant: the tag first, then the variant's own fields.
    pub(super) fn tagged_object(
        &self,
        tag: &'static str,
        name: &'static str,
        content: Option<&ObjectShape>,
    ) -> Object<'static> {
        let mut parts = Parts::default();
        parts.properties.push(tag, Object::new().with("type", "string").with("const", name));
        parts.required.push(Value::from(tag));
        if let Some(object) = content {
            self.add_object(object, &mut parts);
        }
        parts.into_schema()
    }

    fn add_object(&self, object: &ObjectShape, parts: &mut Parts) {
        for field in object.fields_in(self.direction) {
            parts.properties.push(field.name.clone(), self.field(field));
            let is_required = match self.direction {
                Direction::Input => field.is_required,
                Direction::Output => field.is_always_sent,
            };
            if is_required {
                parts.required.push(Value::String(field.name.clone()));
            }
        }
        parts.is_closed |= object.unknown == Unknown::Denied;
        for shape in &object.flattened {
            self.add_flattened(shape, parts);
        }
    }

    /// Flattened fields stand in the object itself: generators do better with that than `allOf`.
    fn add_flattened(&self, shape: &Shape, parts: &mut Parts) {
        match &self.components.catalog.resolve(shape).kind {
            Kind::Object(object) => self.add_object(object, parts),
            Kind::Nullable(inner) => {
                let (known, required) = (parts.properties.len(), parts.required.len());
                self.add_flattened(inner, parts);
                let required = parts.required.split_off(required);
                parts.bind_together(known, &required);
            }
            Kind::Map(_, item) => parts.additional = Some(self.shape(item)),
            _ => parts.all_of.push(self.shape(shape)),
        }
    }

    fn field(&self, field: &Field) -> Object<'static> {
        let mut schema = with_about(self.shape(&field.shape), &field.about);
        if self.direction == Direction::Input
            && let Some(default) = &field.default
        {
            schema.push("default", default.clone());
        }
        match field.access {
            Access::Both => schema,
            Access::ReadOnly => schema.with("readOnly", true),
            Access::WriteOnly if schema.contains_key("writeOnly") => schema,
            Access::WriteOnly => schema.with("writeOnly", true),
        }
    }
}

#[derive(Default)]
struct Parts {
    properties: Object<'static>,
    required: Vec<Value<'static>>,
    /// Members that need others: those of a flattened `Option`, which is there as a whole or not.
    dependent: Object<'static>,
    is_closed: bool,
    additional: Option<Object<'static>>,
    all_of: Vec<Object<'static>>,
}

impl Parts {
    /// Says that the properties from an index on need those that are required.
    fn bind_together(&mut self, from: usize, required: &[Value<'static>]) {
        for (name, _) in self.properties.iter().skip(from) {
            let others: Vec<_> = required.iter().filter(|other| other.as_str() != Some(name)).cloned().collect();
            if !others.is_empty() {
                self.dependent.push(name.to_owned(), others);
            }
        }
    }

    fn into_schema(self) -> Object<'static> {
        let additional = match self.additional {
            Some(schema) => Some(Value::Object(schema)),
            None => self.is_closed.then_some(Value::Bool(false)),
        };
        Object::new()
            .with("type", "object")
            .with_some("properties", (!self.properties.is_empty()).then_some(self.properties))
            .with_some("required", (!self.required.is_empty()).then_some(Value::Array(self.required)))
            .with_some("dependentRequired", (!self.dependent.is_empty()).then_some(self.dependent))
            .with_some("additionalProperties", additional)
            .with_some("allOf", (!self.all_of.is_empty()).then_some(self.all_of))
    }
}
