//! Walking a document and knowing where one is.

use std::borrow::Cow;

use crate::json::{Object, Value};

/// How many references may lead to another one.
const CHAIN_LIMIT: usize = 32;

/// A value of a document, with its pointer.
#[derive(Clone, Debug)]
pub(super) struct Located<'d> {
    pub(super) value: &'d Value<'d>,
    /// As a URI fragment: `#/components/schemas/Product`.
    pub(super) pointer: String,
}

impl<'d> Located<'d> {
    pub(super) fn root(document: &'d Value<'d>) -> Self {
        Self { value: document, pointer: "#".to_owned() }
    }

    pub(super) fn get(&self, key: &str) -> Option<Self> {
        Some(Self { value: self.value.get(key)?, pointer: self.pointer_to(key) })
    }

    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key).and_then(Value::as_str)
    }

    pub(super) fn is_set(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool) == Some(true)
    }

    /// The members of the object that stands under a key.
    pub(super) fn members(&self, key: &str) -> Vec<(&'d str, Self)> {
        self.get(key).map(|object| object.own_members()).unwrap_or_default()
    }

    pub(super) fn own_members(&self) -> Vec<(&'d str, Self)> {
        let object = self.value.as_object().into_iter().flat_map(Object::iter);
        object.map(|(key, value)| (key, Self { value, pointer: self.pointer_to(key) })).collect()
    }

    /// The items of the array that stands under a key.
    pub(super) fn items(&self, key: &str) -> Vec<Self> {
        let Some(array) = self.get(key) else { return Vec::new() };
        let items = array.value.as_array().unwrap_or_default().iter().enumerate();
        items.map(|(index, value)| Self { value, pointer: format!("{}/{index}", array.pointer) }).collect()
    }

    /// What the value refers to, one step; `None` when it is no reference, or one that leads nowhere.
    pub(super) fn target(&self, document: &'d Value<'d>) -> Option<Self> {
        let reference = self.text("$ref")?;
        let value = document.pointer(&percent_decoded(reference.strip_prefix('#')?))?;
        Some(Self { value, pointer: reference.to_owned() })
    }

    /// What the value refers to in the end: itself when it is no reference.
    pub(super) fn followed(self, document: &'d Value<'d>) -> Self {
        let mut located = self;
        for _ in 0..CHAIN_LIMIT {
            match located.target(document) {
                Some(target) => located = target,
                None => break,
            }
        }
        located
    }

    fn pointer_to(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1"))
    }
}

/// A pointer in a URI fragment is percent-encoded: RFC 6901 §6.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&piece.as_bytes()[2..]);
            }
            None => {
                bytes.push(b'%');
                bytes.extend(piece.as_bytes());
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// How people call the schema at a pointer: `Product.price`, `items[].name`, or the whole.
pub(super) fn subject(pointer: &str) -> String {
    let component = pointer.strip_prefix("#/components/schemas/");
    let path = match component {
        Some(path) => path,
        None => pointer.rsplit_once("/schema").map_or("", |(_, path)| path.trim_start_matches('/')),
    };
    let mut tokens = path.split('/');
    let mut name = if component.is_some() { unescaped(tokens.next().unwrap_or_default()) } else { String::new() };
    while let Some(token) = tokens.next() {
        match token {
            "properties" => {
                let dot = if name.is_empty() { "" } else { "." };
                name = format!("{name}{dot}{}", unescaped(tokens.next().unwrap_or_default()));
            }
            "items" | "itemSchema" | "x-itemSchema" => name.push_str("[]"),
            "prefixItems" => name.push_str(&format!("[{}]", tokens.next().unwrap_or_default())),
            "additionalProperties" => name.push_str("{}"),
            _ => {}
        }
    }
    if name.is_empty() { "the value".to_owned() } else { format!("`{name}`") }
}

fn unescaped(token: &str) -> String {
    percent_decoded(token).replace("~1", "/").replace("~0", "~")
}
