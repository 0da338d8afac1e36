//! Shapes as JSON Schema 2020-12, which is OpenAPI 3.1's.
//!
//! A definition that reads otherwise than it is written (defaults, computed fields, decimals) gets
//! two components only where both directions use it: `Product`, and `ProductInput`. FastAPI names
//! them `Product-Input` and `Product-Output`, which breaks clients the day a default is added.

mod decimal;
mod object;
mod scalar;
mod union;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use crate::catalog::{Catalog, Described, SchemaId};
use crate::json::{Object, Value};
use crate::schema::{Direction, Schema};
use crate::shape::{About, Kind, Shape, Tagging};

/// The named schemas of a document while it is written.
#[derive(Debug)]
pub struct Components<'a> {
    catalog: &'a Catalog,
    prefix: &'static str,
    names: Vec<String>,
    /// Definitions whose input and output differ, in themselves or in what they refer to.
    differs: Vec<bool>,
    used: HashSet<(SchemaId, Direction)>,
    extra: RefCell<BTreeMap<String, Object<'static>>>,
}

impl<'a> Components<'a> {
    /// The components of a document, where references start with `prefix`.
    pub fn new(catalog: &'a Catalog, prefix: &'static str) -> Self {
        let mut components = Self {
            catalog,
            prefix,
            names: catalog.names(),
            differs: vec![false; catalog.definitions().len()],
            used: HashSet::new(),
            extra: RefCell::default(),
        };
        components.find_differences();
        components
    }

    /// Says that a shape is used in a direction. All uses are told before a schema is asked for.
    pub fn note_use(&mut self, shape: &Shape, direction: Direction) {
        let mut references = Vec::new();
        self.catalog.collect_references(shape, direction, &mut references);
        for id in references {
            if self.used.insert((id, direction)) {
                self.note_use(&self.catalog.definition(id).shape, direction);
            }
        }
    }

    /// The schema of a shape, with references to components.
    pub fn schema(&self, shape: &Shape, direction: Direction) -> Object<'static> {
        Writer { components: self, direction, owner: None }.shape(shape)
    }

    /// The schema of a shape as a field or parameter has it, with what people read.
    pub fn described_schema(&self, shape: &Shape, direction: Direction, about: &About) -> Object<'static> {
        with_about(self.schema(shape, direction), about)
    }

    /// Whether a shape is an object or a map, seen through references and `null`.
    pub fn is_object(&self, shape: &Shape) -> bool {
        matches!(self.catalog.seen_through(shape).kind, Kind::Object(_) | Kind::Map(..))
    }

    /// All components that are used, by name.
    pub fn into_schemas(self) -> Object<'static> {
        let mut schemas = BTreeMap::new();
        for (id, definition) in self.catalog.definitions() {
            for direction in [Direction::Output, Direction::Input] {
                if self.used.contains(&(id, direction)) {
                    let name = self.name(id, direction);
                    let writer = Writer { components: &self, direction, owner: Some(name.clone()) };
                    schemas.insert(name, with_about(writer.shape(&definition.shape), &definition.about));
                }
            }
        }
        schemas.extend(self.extra.into_inner());
        schemas.into_iter().collect()
    }

    fn name(&self, id: SchemaId, direction: Direction) -> String {
        let name = &self.names[id.index()];
        let is_split = self.differs[id.index()] && self.used.contains(&(id, Direction::Output));
        match direction {
            Direction::Input if is_split => format!("{name}Input"),
            _ => name.clone(),
        }
    }

    /// A definition differs if its own text does, or if it refers to one that differs.
    fn find_differences(&mut self) {
        let mut references = Vec::new();
        for (id, definition) in self.catalog.definitions() {
            let written = [Direction::Input, Direction::Output].map(|direction| {
                let owner = Some(self.names[id.index()].clone());
                let schema = Writer { components: self, direction, owner }.shape(&definition.shape);
                (schema, self.extra.take())
            });
            self.differs[id.index()] = written[0] != written[1];
            let mut referred = Vec::new();
            self.catalog.collect_references(&definition.shape, Direction::Input, &mut referred);
            self.catalog.collect_references(&definition.shape, Direction::Output, &mut referred);
            references.push(referred);
        }
        let mut has_changed = true;
        while std::mem::take(&mut has_changed) {
            for (index, referred) in references.iter().enumerate() {
                if !self.differs[index] && referred.iter().any(|id| self.differs[id.index()]) {
                    self.differs[index] = true;
                    has_changed = true;
                }
            }
        }
    }
}

/// The schema of one type alone, with its definitions under `$defs`.
pub fn standalone<T: Schema>(direction: Direction) -> Value<'static> {
    let described = Described::of::<T>();
    let mut components = Components::new(&described.catalog, "#/$defs/");
    components.note_use(&described.shape, direction);
    let mut schema = Object::new().with("$schema", "https://json-schema.org/draft/2020-12/schema");
    for (key, value) in components.schema(&described.shape, direction) {
        schema.push(key, value);
    }
    let definitions = components.into_schemas();
    Value::Object(schema.with_some("$defs", (!definitions.is_empty()).then_some(definitions)))
}

/// Writes shapes in one direction.
struct Writer<'w, 'a> {
    components: &'w Components<'a>,
    direction: Direction,
    /// The component that is being written, for naming its variants.
    owner: Option<String>,
}

impl Writer<'_, '_> {
    fn shape(&self, shape: &Shape) -> Object<'static> {
        match &shape.kind {
            Kind::Any => Object::new(),
            Kind::Reference(id) => self.reference(&self.components.name(*id, self.direction)),
            Kind::Nullable(inner) => nullable(self.shape(inner)),
            Kind::List(noun, item) => self.list(shape, noun, item),
            Kind::Tuple(items) => self.tuple(items),
            Kind::Map(key, item) => self.map(shape, key, item),
            Kind::Object(object) => self.object(object),
            Kind::Union(union) => self.union(union),
            Kind::Secret(inner) => self.secret(inner),
            Kind::Decimal => decimal::schema(shape.rules, self.direction),
            _ => scalar::schema(shape, self.direction),
        }
    }

    fn reference(&self, name: &str) -> Object<'static> {
        Object::new().with("$ref", format!("{}{name}", self.components.prefix))
    }

    fn list(&self, shape: &Shape, noun: &str, item: &Shape) -> Object<'static> {
        let is_unique = shape.rules.unique || (noun == "Set" && self.direction == Direction::Output);
        Object::new()
            .with("type", "array")
            .with("items", self.shape(item))
            .with_some("minItems", shape.rules.min_items)
            .with_some("maxItems", shape.rules.max_items)
            .with_some("uniqueItems", is_unique.then_some(true))
    }

    fn tuple(&self, items: &[Shape]) -> Object<'static> {
        let prefix: Vec<_> = items.iter().map(|item| self.shape(item)).collect();
        Object::new()
            .with("type", "array")
            .with("prefixItems", prefix)
            .with("minItems", items.len())
            .with("maxItems", items.len())
    }

    fn map(&self, shape: &Shape, key: &Shape, item: &Shape) -> Object<'static> {
        let mut names = self.shape(key);
        if matches!(key.kind, Kind::Integer(_)) {
            names = Object::new().with("pattern", "^-?[0-9]+$");
        }
        names.remove("type");
        Object::new()
            .with("type", "object")
            .with("additionalProperties", self.shape(item))
            .with_some("propertyNames", (!names.is_empty()).then_some(names))
            .with_some("minProperties", shape.rules.min_items)
            .with_some("maxProperties", shape.rules.max_items)
    }

    fn secret(&self, inner: &Shape) -> Object<'static> {
        if self.direction == Direction::Output {
            return Object::new().with("type", "string").with("format", "password");
        }
        let mut schema = self.shape(inner);
        if schema.get("type").and_then(Value::as_str) == Some("string") && !schema.contains_key("format") {
            schema.push("format", "password");
        }
        schema.with("writeOnly", true)
    }
}

/// Permits `null` too.
fn nullable(mut schema: Object<'static>) -> Object<'static> {
    if schema.is_empty() {
        return schema;
    }
    let is_plain = !schema.contains_key("enum") && !schema.contains_key("const");
    if let Some(Value::String(kind)) = schema.get("type")
        && is_plain
    {
        let kinds = vec![Value::String(kind.clone()), Value::from("null")];
        schema.set("type", kinds);
        return schema;
    }
    let null = Value::from(Object::new().with("type", "null"));
    match schema.get_mut("anyOf") {
        Some(Value::Array(options)) => {
            options.push(null);
            schema
        }
        _ => Object::new().with("anyOf", vec![schema.into(), null]),
    }
}

/// Adds what people read; a title and description of the place stand before the type's own.
fn with_about(schema: Object<'static>, about: &About) -> Object<'static> {
    let mut described =
        Object::new().with_some("title", about.title).with_some("description", about.description.clone());
    for (key, value) in schema {
        described.set(key, value);
    }
    described
        .with_some("deprecated", about.is_deprecated.then_some(true))
        .with_some("examples", (!about.examples.is_empty()).then(|| about.examples.clone()))
}

impl Catalog {
    /// The definitions that the schema of a shape refers to.
    fn collect_references(&self, shape: &Shape, direction: Direction, references: &mut Vec<SchemaId>) {
        let mut visit = |shape: &Shape| self.collect_references(shape, direction, references);
        match &shape.kind {
            Kind::Reference(id) => references.push(*id),
            Kind::Nullable(inner) | Kind::List(_, inner) => visit(inner),
            Kind::Secret(inner) if direction == Direction::Input => visit(inner),
            Kind::Tuple(items) => items.iter().for_each(visit),
            Kind::Map(key, item) => {
                visit(key);
                visit(item);
            }
            Kind::Object(object) => {
                object.fields_in(direction).for_each(|field| visit(&field.shape));
                object.flattened.iter().for_each(|shape| self.collect_inlined(shape, direction, references));
            }
            Kind::Union(union) => {
                let is_inlining = matches!(union.tagging, Tagging::Internal { .. });
                for content in union.variants.iter().filter_map(|variant| variant.content.as_ref()) {
                    if is_inlining {
                        self.collect_inlined(content, direction, references);
                    } else {
                        self.collect_references(content, direction, references);
                    }
                }
            }
            _ => {}
        }
    }

    /// An object whose fields are written into another's schema is not referred to itself.
    fn collect_inlined(&self, shape: &Shape, direction: Direction, references: &mut Vec<SchemaId>) {
        match self.object(shape) {
            Some(_) => self.collect_references(self.seen_through(shape), direction, references),
            None => self.collect_references(shape, direction, references),
        }
    }
}

#[cfg(test)]
mod tests;
