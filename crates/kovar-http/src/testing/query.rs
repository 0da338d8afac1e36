//! Values as pairs of a query or form.

use serde::Serialize;
use serde_json::Value;

/// The pairs of an object, or of a list of pairs, URL-encoded.
///
/// A list becomes repeated keys, an object in the object `key[field]` (OpenAPI's `deepObject`), and
/// null nothing at all.
#[track_caller]
pub(super) fn encode(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_else(|cause| panic!("this cannot be serialised: {cause}"));
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    match &value {
        Value::Object(members) => members.iter().for_each(|(name, value)| append(&mut encoded, name, value)),
        Value::Array(pairs) => pairs.iter().for_each(|pair| match pair.as_array().map(Vec::as_slice) {
            Some([Value::String(name), value]) => append(&mut encoded, name, value),
            _ => panic!("a query is an object or a list of pairs, and `{pair}` is no pair"),
        }),
        other => panic!("a query is an object or a list of pairs, not `{other}`"),
    }
    encoded.finish()
}

fn append(encoded: &mut form_urlencoded::Serializer<'_, String>, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => {
            encoded.append_pair(name, text);
        }
        Value::Bool(_) | Value::Number(_) => {
            encoded.append_pair(name, &value.to_string());
        }
        Value::Array(items) => items.iter().for_each(|item| append(encoded, name, item)),
        Value::Object(members) => {
            members.iter().for_each(|(field, value)| append(encoded, &format!("{name}[{field}]"), value));
        }
    }
}
