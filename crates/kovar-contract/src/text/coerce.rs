//! Turns strings into what their shape says they spell.

use std::borrow::Cow;

use crate::attempt::Attempts;
use crate::catalog::Catalog;
use crate::diagnose::{Spelling, diagnose};
use crate::json::{Object, Value};
use crate::rule::Rules;
use crate::schema::Direction;
use crate::shape::{Kind, ObjectShape, Shape, Tagging, UnionShape};

/// Turns the strings of a value into the numbers and booleans that they spell.
///
/// A string that spells none stays, and is diagnosed as such.
pub fn coerce(catalog: &Catalog, shape: &Shape, value: &mut Value<'_>) {
    match &shape.kind {
        Kind::Reference(id) => coerce(catalog, &catalog.definition(*id).shape, value),
        Kind::Nullable(inner) | Kind::Secret(inner) => coerce(catalog, inner, value),
        Kind::Boolean => replace(value, |text| spelled_boolean(text).map(Value::Bool)),
        Kind::Integer(_) => replace(value, |text| spelled_integer(text).map(Value::Number)),
        Kind::Float(_) => {
            let rules = shape.rules;
            replace(value, |text| spelled_float(text, rules).map(Value::Number));
        }
        Kind::List(_, item) => {
            if let Value::Array(items) = value {
                items.iter_mut().for_each(|value| coerce(catalog, item, value));
            }
        }
        Kind::Tuple(shapes) => {
            if let Value::Array(items) = value {
                shapes.iter().zip(items).for_each(|(shape, value)| coerce(catalog, shape, value));
            }
        }
        Kind::Map(_, item) => {
            if let Value::Object(object) = value {
                object.iter_mut().for_each(|(_, value)| coerce(catalog, item, value));
            }
        }
        Kind::Object(object) => coerce_object(catalog, object, value),
        Kind::Union(union) => coerce_union(catalog, union, value),
        _ => {}
    }
}

fn coerce_object(catalog: &Catalog, object: &ObjectShape, value: &mut Value<'_>) {
    let Value::Object(members) = value else { return };
    for (key, value) in members.iter_mut() {
        if let Some(field) = object.fields_in(Direction::Input).find(|field| field.is_named(key)) {
            coerce(catalog, &field.shape, value);
        }
    }
    if !object.flattened.is_empty() {
        let (own, rest) = std::mem::take(members).into_iter().partition(|(key, _)| object.reads(key));
        *members = own;
        members.extend(coerce_flattened(catalog, object, rest));
    }
}

/// What has no fields of its own (a map) speaks only of the members that the others leave.
fn coerce_flattened<'a>(catalog: &Catalog, object: &ObjectShape, rest: Object<'a>) -> Object<'a> {
    let (shaped, free): (Vec<_>, Vec<_>) = object.flattened.iter().partition(|shape| catalog.object(shape).is_some());
    let (known, left): (Object<'a>, Object<'a>) =
        rest.into_iter().partition(|(key, _)| shaped.iter().any(|shape| catalog.reads(shape, key)));
    let coerced = |shapes: Vec<&Shape>, members| {
        let mut value = Value::Object(members);
        shapes.into_iter().for_each(|shape| coerce(catalog, shape, &mut value));
        match value {
            Value::Object(object) => object,
            _ => Object::new(),
        }
    };
    let mut members = coerced(shaped, known);
    members.extend(coerced(free, left));
    members
}

fn coerce_union(catalog: &Catalog, union: &UnionShape, value: &mut Value<'_>) {
    let contents = union.variants.iter().filter_map(|variant| Some((variant, variant.content.as_ref()?)));
    match union.tagging {
        Tagging::Untagged => {
            let limit = Attempts::of(value);
            for (_, content) in contents {
                if !limit.take() {
                    return;
                }
                let mut attempt = value.clone();
                coerce(catalog, content, &mut attempt);
                if diagnose(catalog, content, &attempt, "", Spelling::Text).is_empty() {
                    *value = attempt;
                    return;
                }
            }
        }
        Tagging::Internal { tag } => {
            let name = value.get(tag).and_then(Value::as_str).unwrap_or_default().to_owned();
            for (_, content) in contents.filter(|(variant, _)| variant.is_named(&name)) {
                coerce(catalog, content, value);
            }
        }
        Tagging::Adjacent { tag, content: key } => {
            let name = value.get(tag).and_then(Value::as_str).unwrap_or_default().to_owned();
            for (_, content) in contents.filter(|(variant, _)| variant.is_named(&name)) {
                if let Some(value) = value.as_object_mut().and_then(|object| object.get_mut(key)) {
                    coerce(catalog, content, value);
                }
            }
        }
        Tagging::External => {
            for (variant, content) in contents {
                if let Some(value) = value.as_object_mut().and_then(|object| object.get_mut(variant.name)) {
                    coerce(catalog, content, value);
                }
            }
        }
    }
}

fn replace<'a>(value: &mut Value<'a>, spelled: impl FnOnce(&Cow<'a, str>) -> Option<Value<'a>>) {
    if let Value::String(text) = value
        && let Some(spelled) = spelled(text)
    {
        *value = spelled;
    }
}

fn spelled_boolean(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "1", "on", "yes", "t", "y"]) {
        return Some(true);
    }
    is(&["false", "0", "off", "no", "f", "n"]).then_some(false)
}

/// Digits with an optional sign; leading zeros and a plus are dropped, as JSON has neither.
fn spelled_integer<'a>(text: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    // A fraction of zeros is none, as in JSON.
    let digits = digits.split_once('.').filter(|(_, zeros)| is_zeros(zeros)).map_or(digits, |(whole, _)| whole);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Some(Cow::Borrowed("0"));
    }
    if sign.len() + significant.len() == text.len() {
        return Some(text.clone());
    }
    Some(Cow::Owned(format!("{sign}{significant}")))
}

fn is_zeros(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|digit| digit == b'0')
}

/// A finite number; infinities and NaN only where the rules accept them.
fn spelled_float<'a>(text: &Cow<'a, str>, rules: &Rules) -> Option<Cow<'a, str>> {
    let number: f64 = text.parse().ok()?;
    let is_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    if !is_digits {
        return rules.allow_inf_nan.then(|| Cow::Owned(number.to_string()));
    }
    if crate::json::parse(text, 1).is_ok() {
        return Some(text.clone());
    }
    number.is_finite().then(|| Cow::Owned(format!("{number:?}")))
}
