//! From JSON Schema 2020-12 to draft 7.
//!
//! What differs is little: draft 7 ignores what stands beside a `$ref`, and has other words for tuples and for members
//! that need others. OpenAPI's `discriminator` is left out, whose namesake in AsyncAPI is a text and means something
//! else; the constants of the variants say what it said.

use kovar_contract::json::{Object, Value};

/// All schemas of a map.
pub(super) fn all(schemas: Object<'static>) -> Object<'static> {
    schemas.into_iter().map(|(name, schema)| (name, any(schema))).collect()
}

/// What may be a schema; `true` and `false` are, too.
fn any(schema: Value<'static>) -> Value<'static> {
    match schema {
        Value::Object(schema) => Value::Object(one(schema)),
        other => other,
    }
}

/// One schema.
pub(super) fn one(mut schema: Object<'static>) -> Object<'static> {
    schema.remove("discriminator");
    let has_neighbours = schema.len() > 1;
    let reference = schema.remove("$ref");
    let mut rewritten: Object<'static> = schema.into_iter().map(|(key, value)| keyword(&key, value)).collect();
    match reference {
        Some(reference) if has_neighbours => {
            let reference = Value::Object(Object::new().with("$ref", reference));
            match rewritten.get_mut("allOf") {
                Some(Value::Array(all)) => all.push(reference),
                _ => rewritten.push("allOf", vec![reference]),
            }
            rewritten
        }
        Some(reference) => rewritten.with("$ref", reference),
        None if rewritten.get("items").is_some_and(|items| items.as_array().is_some()) => {
            rewritten.with("additionalItems", false)
        }
        None => rewritten,
    }
}

fn keyword(key: &str, value: Value<'static>) -> (String, Value<'static>) {
    let name = match key {
        "prefixItems" => "items",
        "dependentRequired" => "dependencies",
        other => other,
    };
    let value = match (key, value) {
        ("properties", Value::Object(properties)) => Value::Object(all(properties)),
        ("prefixItems" | "allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
            Value::Array(schemas.into_iter().map(any).collect())
        }
        ("items" | "additionalProperties" | "propertyNames" | "not", schema) => any(schema),
        (_, value) => value,
    };
    (name.to_owned(), value)
}

#[cfg(test)]
mod tests {
    use kovar_contract::json::{Value, parse};

    use super::any;

    #[track_caller]
    fn check(schema: &str, expected: &str) {
        let tree = |text: &str| parse(text, 64).unwrap().into_owned();
        assert_eq!(any(tree(schema)), tree(expected), "{}", any(tree(schema)));
    }

    #[test]
    fn a_reference_stands_alone() {
        check(r##"{"$ref": "#/a"}"##, r##"{"$ref": "#/a"}"##);
        check(r##"{"description": "b", "$ref": "#/a"}"##, r##"{"description": "b", "allOf": [{"$ref": "#/a"}]}"##);
        check(r##"{"allOf": [{}], "$ref": "#/a"}"##, r##"{"allOf": [{}, {"$ref": "#/a"}]}"##);
    }

    #[test]
    fn tuples_and_dependent_members_have_other_words() {
        check(
            r#"{"type": "array", "prefixItems": [{"type": "string"}], "minItems": 1}"#,
            r#"{"type": "array", "items": [{"type": "string"}], "minItems": 1, "additionalItems": false}"#,
        );
        check(r#"{"dependentRequired": {"a": ["b"]}}"#, r#"{"dependencies": {"a": ["b"]}}"#);
    }

    #[test]
    fn what_is_inside_is_rewritten_too() {
        let inner = r#"{"oneOf": [{"discriminator": {"propertyName": "a"}}]}"#;
        let expected = r#"{"oneOf": [{}]}"#;
        for outer in [
            r#"{"properties": {"a": INNER}}"#,
            r#"{"items": INNER}"#,
            r#"{"anyOf": [INNER, true]}"#,
            r#"{"additionalProperties": INNER}"#,
        ] {
            check(&outer.replace("INNER", inner), &outer.replace("INNER", expected));
        }
    }

    #[test]
    fn values_and_names_are_left_alone() {
        for kept in [
            r#"{"properties": {"discriminator": {"type": "string"}, "prefixItems": {}}}"#,
            r#"{"const": {"discriminator": 1}, "examples": [{"prefixItems": []}], "default": {"$ref": 1, "a": 2}}"#,
            "{\"additionalProperties\": false}",
        ] {
            check(kept, kept);
        }
        assert_eq!(any(Value::Bool(true)), Value::Bool(true));
    }
}
