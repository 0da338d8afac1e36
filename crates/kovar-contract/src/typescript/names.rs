//! Names that TypeScript accepts, made from names that only JSON had to accept.

use std::collections::HashSet;

use crate::json::Value;

/// Words that cannot name a type, and the global types that generated types refer to.
const RESERVED: &[&str] = &[
    "AsyncIterable",
    "Blob",
    "Partial",
    "Record",
    "any",
    "as",
    "async",
    "await",
    "bigint",
    "boolean",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "declare",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "infer",
    "instanceof",
    "interface",
    "intrinsic",
    "is",
    "keyof",
    "let",
    "module",
    "namespace",
    "never",
    "new",
    "null",
    "number",
    "object",
    "package",
    "private",
    "protected",
    "public",
    "readonly",
    "return",
    "static",
    "string",
    "super",
    "switch",
    "symbol",
    "this",
    "throw",
    "true",
    "try",
    "type",
    "typeof",
    "undefined",
    "unique",
    "unknown",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Members that a client may not have: `then` makes it a promise, the others are every object's.
const RESERVED_MEMBERS: &[&str] = &["__proto__", "constructor", "then"];

/// Hands out each name once: whoever comes later gets a number.
#[derive(Debug, Default)]
pub(super) struct UniqueNames {
    taken: HashSet<String>,
}

impl UniqueNames {
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }
}

/// The name of a type: the component's own where it is an identifier, `PagedProduct` for `Paged<Product>`.
pub(super) fn type_name(name: &str) -> String {
    let name = if is_identifier(name) { name.to_owned() } else { pascal_case(name) };
    if RESERVED.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The name of a client's method: `createProduct` for `create_product`.
pub(super) fn method_name(operation_id: &str) -> String {
    let pascal = pascal_case(operation_id);
    let mut characters = pascal.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    let name = first + characters.as_str();
    if RESERVED_MEMBERS.contains(&operation_id) || RESERVED_MEMBERS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// `CreateProduct` for `create_product`, `create-product` and `createProduct`.
pub(super) fn pascal_case(text: &str) -> String {
    let words = text.split(|character: char| !is_identifier_part(character) || character == '_');
    let name: String = words.map(capitalised).collect();
    if is_identifier(&name) { name } else { format!("_{name}") }
}

pub(super) fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// The key of a member, quoted only where it must be.
pub(super) fn property_key(name: &str) -> String {
    if is_identifier(name) && name != "__proto__" { name.to_owned() } else { string_literal(name) }
}

/// A string as TypeScript writes it: since ES2019 every JSON string is one.
pub(super) fn string_literal(text: &str) -> String {
    Value::from(text).to_string()
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(is_identifier_part) && name.chars().next().is_some_and(|first| !first.is_ascii_digit())
}

fn is_identifier_part(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '_' | '$')
        || (!character.is_ascii() && character.is_alphabetic())
}
