//! TypeScript's types, as far as JSON needs them, and how they are written.
//!
//! Text alone was tried: without a tree, the parentheses of `(A | B)[]` and the line breaks of a
//! long union are each guessed at in ten places.

use std::borrow::Cow;

use super::comment::Comment;
use super::names::property_key;

/// A line longer than this is broken where it can be.
const LINE_WIDTH: usize = 100;

/// One type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// A keyword, a literal, or the name of a type, with its arguments.
    Name(Cow<'static, str>),
    /// `T[]`
    Array(Box<Type>),
    /// `[A, B?, ...C[]]`
    Tuple(Vec<Element>),
    /// `A | B`
    Union(Vec<Type>),
    /// `A & B`
    Intersection(Vec<Type>),
    /// `{ a: A; b?: B }`
    Object(Vec<Member>),
}

/// One element of a tuple.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Element {
    Required(Type),
    Optional(Type),
    /// Any number of further elements.
    Rest(Type),
}

/// One member of an object type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    /// As written: quoted where it must be, or an index signature.
    key: String,
    optional: bool,
    readonly: bool,
    comment: Comment,
    value: Type,
}

impl Member {
    pub(super) fn required(name: &str, value: Type) -> Self {
        Self { key: property_key(name), optional: false, readonly: false, comment: Comment::default(), value }
    }

    /// `[key: string]: T`
    pub(super) fn index(value: Type) -> Self {
        Self { key: "[key: string]".to_owned(), ..Self::required("", value) }
    }

    /// `[key in K]?: T`, which must stand alone.
    pub(super) fn mapped(keys: &Type, value: Type) -> Self {
        Self { key: format!("[key in {}]", keys.to_source(0)), optional: true, ..Self::required("", value) }
    }

    /// Whether it is a mapped type's only member, which an interface cannot have.
    pub(super) fn is_mapped(&self) -> bool {
        self.key.starts_with("[key in ")
    }

    pub(super) fn optional(self, optional: bool) -> Self {
        Self { optional, ..self }
    }

    pub(super) fn readonly(self, readonly: bool) -> Self {
        Self { readonly, ..self }
    }

    pub(super) fn comment(self, comment: Comment) -> Self {
        Self { comment, ..self }
    }

    /// What a reader of the member may find, `undefined` included.
    pub(super) fn read_type(&self) -> Type {
        let undefined = self.optional.then(Type::undefined);
        Type::union([Some(self.value.clone()), undefined].into_iter().flatten())
    }
}

impl Type {
    pub(super) fn name(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Name(name.into())
    }

    pub(super) fn unknown() -> Self {
        Self::name("unknown")
    }

    pub(super) fn never() -> Self {
        Self::name("never")
    }

    pub(super) fn undefined() -> Self {
        Self::name("undefined")
    }

    pub(super) fn string() -> Self {
        Self::name("string")
    }

    pub(super) fn array(item: Type) -> Self {
        Self::Array(Box::new(item))
    }

    /// `name<argument>`
    pub(super) fn generic(name: &str, arguments: &[Type]) -> Self {
        let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_source(0)).collect();
        Self::name(format!("{name}<{}>", arguments.join(", ")))
    }

    /// The union, flattened, each type once: `unknown` takes all in, `never` adds nothing.
    pub(super) fn union(types: impl IntoIterator<Item = Type>) -> Self {
        let mut members = Vec::new();
        for member in types {
            match member {
                Self::Union(inner) => inner.into_iter().for_each(|member| push_new(&mut members, member)),
                member => push_new(&mut members, member),
            }
        }
        if members.contains(&Self::unknown()) {
            return Self::unknown();
        }
        members.retain(|member| *member != Self::never());
        single_or(members, Self::never(), Self::Union)
    }

    /// The intersection, flattened, each type once: `unknown` adds nothing, `never` leaves nothing.
    pub(super) fn intersection(types: impl IntoIterator<Item = Type>) -> Self {
        let mut members = Vec::new();
        for member in types {
            match member {
                Self::Intersection(inner) => inner.into_iter().for_each(|member| push_new(&mut members, member)),
                member => push_new(&mut members, member),
            }
        }
        if members.contains(&Self::never()) {
            return Self::never();
        }
        members.retain(|member| *member != Self::unknown());
        single_or(members, Self::unknown(), Self::Intersection)
    }

    /// The text, for a place that is indented by so many spaces.
    pub(super) fn to_source(&self, indent: usize) -> String {
        match self {
            Self::Name(name) => name.to_string(),
            Self::Array(item) => format!("{}[]", item.to_operand(indent)),
            Self::Tuple(elements) => {
                let elements: Vec<_> = elements.iter().map(|element| element.to_source(indent)).collect();
                format!("[{}]", elements.join(", "))
            }
            Self::Union(members) => operands(members, '|', indent),
            Self::Intersection(members) => operands(members, '&', indent),
            Self::Object(members) => object(members, indent),
        }
    }

    /// The text in parentheses where `[]`, `&` or `|` would otherwise bind to a part of it.
    fn to_operand(&self, indent: usize) -> String {
        match self {
            Self::Union(_) | Self::Intersection(_) => format!("({})", self.to_source(indent)),
            _ => self.to_source(indent),
        }
    }
}

impl Element {
    fn to_source(&self, indent: usize) -> String {
        match self {
            Self::Required(element) => element.to_source(indent),
            Self::Optional(element) => format!("{}?", element.to_operand(indent)),
            Self::Rest(element) => format!("...{}[]", element.to_operand(indent)),
        }
    }
}

/// The members of an object, one to a line, in braces.
pub(super) fn block(members: &[Member], indent: usize) -> String {
    let mut text = String::from("{\n");
    for member in members {
        text.push_str(&member.comment.to_source(indent + 2));
        text.push_str(&format!("{:width$}{};\n", "", member_source(member, indent + 2), width = indent + 2));
    }
    text.push_str(&format!("{:indent$}}}", ""));
    text
}

fn object(members: &[Member], indent: usize) -> String {
    let sources: Vec<_> = members.iter().map(|member| member_source(member, indent)).collect();
    let line = format!("{{ {} }}", sources.join("; "));
    let fits = line.len() + indent < LINE_WIDTH && !line.contains('\n');
    if fits && members.iter().all(|member| member.comment.is_empty()) { line } else { block(members, indent) }
}

fn member_source(member: &Member, indent: usize) -> String {
    let readonly = if member.readonly { "readonly " } else { "" };
    let optional = if member.optional { "?" } else { "" };
    format!("{readonly}{}{optional}: {}", member.key, member.value.to_source(indent))
}

fn operands(members: &[Type], operator: char, indent: usize) -> String {
    let sources: Vec<_> = members.iter().map(|member| member.to_operand(indent)).collect();
    let line = sources.join(&format!(" {operator} "));
    if operator == '&' || (line.len() + indent < LINE_WIDTH && !line.contains('\n')) {
        return line;
    }
    let indent = indent + 2;
    members.iter().map(|member| format!("\n{:indent$}{operator} {}", "", member.to_operand(indent + 2))).collect()
}

fn push_new(members: &mut Vec<Type>, member: Type) {
    if !members.contains(&member) {
        members.push(member);
    }
}

fn single_or(mut members: Vec<Type>, empty: Type, many: fn(Vec<Type>) -> Type) -> Type {
    match members.len() {
        0 => empty,
        1 => members.remove(0),
        _ => many(members),
    }
}
