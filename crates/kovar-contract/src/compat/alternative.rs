//! The normal form of a schema: alternatives, each of one JSON type.
//!
//! `["string", "null"]`, `anyOf` with `null`, one `enum` and many `const`s, `allOf` and what stands
//! beside it: a contract can be written in many ways that mean the same. All become the same here.

use super::located::Located;
use crate::json::Value;

/// How many alternatives a schema may have before it is compared only as text.
const ALTERNATIVE_LIMIT: usize = 256;

/// The types of JSON, with integers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
    /// No type is declared, and none can be told.
    Any,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Any => "anything",
        }
    }

    pub(super) fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    fn read(name: &str) -> Option<Self> {
        let kinds = [Self::Null, Self::Boolean, Self::Integer, Self::Number, Self::String, Self::Array, Self::Object];
        kinds.into_iter().find(|kind| kind.name() == name)
    }

    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(text) if text.contains(['.', 'e', 'E']) => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    /// What is both: an integer is a number.
    fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            _ if self == other => Some(self),
            (Self::Integer, Self::Number) | (Self::Number, Self::Integer) => Some(Self::Integer),
            _ => None,
        }
    }
}

/// Values of one type, and all the schemas that they must keep.
#[derive(Clone, Debug)]
pub(super) struct Alternative<'d> {
    pub(super) kind: Kind,
    pub(super) parts: Vec<Located<'d>>,
    /// The reference by which the alternative was chosen, if it was one.
    pub(super) reference: Option<&'d str>,
    /// The only values, where they are listed.
    pub(super) values: Option<Vec<&'d Value<'d>>>,
}

/// A schema as alternatives, `null` apart.
#[derive(Debug)]
pub(super) struct Normal<'d> {
    pub(super) is_nullable: bool,
    pub(super) alternatives: Vec<Alternative<'d>>,
}

impl<'d> Normal<'d> {
    /// The normal form of all these schemas together; `None` when it is too large.
    pub(super) fn of(document: &'d Value<'d>, schemas: &[Located<'d>]) -> Option<Self> {
        let mut branches = Vec::new();
        Branch::new(schemas).expand(document, &mut branches)?;
        let mut normal = Self { is_nullable: false, alternatives: Vec::new() };
        for alternative in branches.into_iter().flat_map(Branch::into_alternatives) {
            normal.add(alternative);
        }
        if let Some(index) = normal.alternatives.iter().position(|it| it.kind == Kind::Any) {
            let any = normal.alternatives.swap_remove(index);
            return Some(Self { is_nullable: true, alternatives: vec![any] });
        }
        Some(normal)
    }

    /// Whether every value is taken in.
    pub(super) fn is_any(&self) -> bool {
        self.alternatives.iter().any(|alternative| alternative.kind == Kind::Any)
    }

    /// The types, for people.
    pub(super) fn described(&self) -> String {
        let mut names: Vec<_> = self.alternatives.iter().map(|alternative| alternative.kind.name()).collect();
        names.extend(self.is_nullable.then_some("null").filter(|_| !self.is_any()));
        names.dedup();
        if names.is_empty() { "nothing".to_owned() } else { names.join(" or ") }
    }

    /// Listed values of one type are one list, whether they stood in one `enum` or in many `const`s.
    fn add(&mut self, alternative: Alternative<'d>) {
        let same_list = |other: &&mut Alternative<'d>| {
            let is_scalar = !matches!(other.kind, Kind::Array | Kind::Object);
            is_scalar && other.kind == alternative.kind && other.values.is_some() && alternative.values.is_some()
        };
        if alternative.kind == Kind::Null {
            self.is_nullable = true;
        } else if let Some(other) = self.alternatives.iter_mut().find(same_list) {
            other.values.iter_mut().for_each(|values| values.extend(alternative.values.iter().flatten()));
        } else {
            self.alternatives.push(alternative);
        }
    }
}

/// One choice out of every union on the way.
#[derive(Clone, Debug)]
struct Branch<'d> {
    pending: Vec<Pending<'d>>,
    parts: Vec<Located<'d>>,
    followed: Vec<&'d str>,
    chosen: Option<&'d str>,
}

#[derive(Clone, Debug)]
enum Pending<'d> {
    Schema(Located<'d>),
    Union(Vec<Located<'d>>),
}

impl<'d> Branch<'d> {
    fn new(schemas: &[Located<'d>]) -> Self {
        let pending = schemas.iter().rev().cloned().map(Pending::Schema).collect();
        Self { pending, parts: Vec::new(), followed: Vec::new(), chosen: None }
    }

    fn expand(mut self, document: &'d Value<'d>, done: &mut Vec<Self>) -> Option<()> {
        while let Some(pending) = self.pending.pop() {
            let members = match pending {
                Pending::Schema(schema) => {
                    self.take(document, schema);
                    continue;
                }
                Pending::Union(members) => members,
            };
            for member in members {
                let mut branch = self.clone();
                branch.chosen = member.text("$ref").or(branch.chosen);
                branch.pending.push(Pending::Schema(member));
                branch.expand(document, done)?;
            }
            return Some(());
        }
        done.push(self);
        (done.len() <= ALTERNATIVE_LIMIT).then_some(())
    }

    /// A reference that was followed already adds nothing: that ends recursion.
    fn take(&mut self, document: &'d Value<'d>, schema: Located<'d>) {
        for keyword in ["anyOf", "oneOf"] {
            if schema.value.get(keyword).is_some() {
                self.pending.insert(0, Pending::Union(schema.items(keyword)));
            }
        }
        self.pending.extend(schema.items("allOf").into_iter().rev().map(Pending::Schema));
        if let Some(reference) = schema.text("$ref").filter(|reference| !self.followed.contains(reference)) {
            self.followed.push(reference);
            self.pending.extend(schema.target(document).map(Pending::Schema));
        }
        self.parts.push(schema);
    }

    fn into_alternatives(self) -> Vec<Alternative<'d>> {
        let values = listed_values(&self.parts);
        let reference = self.chosen.or(self.followed.first().copied());
        let kinds = kinds(&self.parts, values.as_deref());
        let alternative = |kind: Kind| {
            let is_of_kind =
                |value: &&'d Value<'d>| Kind::of(value).and(kind).is_some_and(|both| both == Kind::of(value));
            let values = values.as_ref().map(|values| values.iter().copied().filter(is_of_kind).collect());
            Alternative { kind, parts: self.parts.clone(), reference, values }
        };
        kinds.into_iter().map(alternative).collect()
    }
}

/// The values that every `const` and `enum` lists; `None` when there is none.
fn listed_values<'d>(parts: &[Located<'d>]) -> Option<Vec<&'d Value<'d>>> {
    let lists = parts.iter().filter_map(|part| {
        let value: &'d Value<'d> = part.value;
        let list = value.get("enum").and_then(Value::as_array).map(|list| list.iter().collect::<Vec<_>>());
        value.get("const").map(|value| vec![value]).or(list)
    });
    lists.reduce(|known, list| known.into_iter().filter(|value| list.contains(value)).collect())
}

fn kinds(parts: &[Located<'_>], values: Option<&[&Value<'_>]>) -> Vec<Kind> {
    let of_values = values.map(|values| {
        let mut kinds: Vec<Kind> = Vec::new();
        for kind in values.iter().map(|value| Kind::of(value)) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    });
    let declared = parts.iter().filter_map(declared_kinds).chain(of_values);
    let both = |known: Vec<Kind>, more: Vec<Kind>| {
        known.iter().flat_map(|kind| more.iter().filter_map(|other| kind.and(*other))).collect()
    };
    declared.reduce(both).unwrap_or_else(|| vec![inferred_kind(parts)])
}

fn declared_kinds(part: &Located<'_>) -> Option<Vec<Kind>> {
    match (part.value, part.value.get("type")) {
        (Value::Bool(false), _) => Some(Vec::new()),
        (_, Some(Value::String(name))) => Some(Kind::read(name).into_iter().collect()),
        (_, Some(Value::Array(names))) => Some(names.iter().filter_map(Value::as_str).filter_map(Kind::read).collect()),
        _ => None,
    }
}

/// Documents often leave out what a reader sees: a schema with properties is one of an object.
fn inferred_kind(parts: &[Located<'_>]) -> Kind {
    let any_has = |keywords: &[&str]| parts.iter().any(|part| keywords.iter().any(|key| part.value.get(key).is_some()));
    if any_has(&["properties", "required", "additionalProperties"]) {
        Kind::Object
    } else if any_has(&["items", "prefixItems"]) {
        Kind::Array
    } else {
        Kind::Any
    }
}
