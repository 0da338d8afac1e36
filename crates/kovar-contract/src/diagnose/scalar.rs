//! Booleans, numbers, texts and enumerations.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{Diagnosis, Spelling};
use crate::catalog::Catalog;
use crate::issue::Invalid;
use crate::json::{self, Value, spelled_whole};
use crate::rule::{self, Bound, Float, Integer, Rules, Violation, quoted_list};
use crate::shape::{EnumerationValue, Kind, Shape, TextFormat, Width};

impl Diagnosis<'_> {
    pub(super) fn scalar(&mut self, shape: &Shape, value: &Value<'_>) {
        for finding in self.judge_scalar(shape, value) {
            self.report(finding, shape, value);
        }
    }

    fn judge_scalar(&self, shape: &Shape, value: &Value<'_>) -> Vec<Invalid> {
        let rules = shape.rules;
        match &shape.kind {
            Kind::Null if value.is_null() => Vec::new(),
            Kind::Null => one("none_required", "Input should be null"),
            Kind::Boolean => self.judge_boolean(value),
            Kind::Integer(width) => self.judge_integer(rules, *width, value),
            Kind::Float(format) => self.judge_float(rules, format, value),
            Kind::Decimal => judge_decimal(rules, value),
            Kind::Text(format) => judge_text(rules, format, value),
            Kind::Enumeration(values) => judge_enumeration(values, value),
            // Files are judged by whoever receives them.
            _ => Vec::new(),
        }
    }

    fn judge_boolean(&self, value: &Value<'_>) -> Vec<Invalid> {
        match (value, self.spelling) {
            (Value::Bool(_), _) => Vec::new(),
            (Value::String(_), Spelling::Text) => {
                one("bool_parsing", "Input should be a valid boolean, unable to interpret input")
            }
            _ => one("bool_type", "Input should be a valid boolean"),
        }
    }

    fn judge_integer(&self, rules: &Rules, width: Width, value: &Value<'_>) -> Vec<Invalid> {
        let text = match (value, self.spelling) {
            (Value::Number(text), _) => text,
            (Value::String(_), Spelling::Text) => {
                return one("int_parsing", "Input should be a valid integer, unable to parse string as an integer");
            }
            _ => return one("int_type", "Input should be a valid integer"),
        };
        let whole = spelled_whole(text).map(|whole| whole.to_string());
        let text = whole.as_deref().unwrap_or(text);
        if text.contains(['.', 'e', 'E']) {
            return match text.parse::<f64>() {
                Ok(number) if number.fract() != 0.0 => {
                    one("int_from_float", "Input should be a valid integer, got a number with a fractional part")
                }
                _ => out_of_width(width),
            };
        }
        match integer_within(text, width) {
            None if width.minimum == 1 && text.parse::<i128>().is_ok_and(|number| number < 1) => {
                findings_of(Violation::GreaterThanEqual(Bound::integer(1)))
            }
            Some(integer) => findings(|violations| rule::judge_integer(rules, integer, violations)),
            None => out_of_width(width),
        }
    }

    fn judge_float(&self, rules: &Rules, format: &str, value: &Value<'_>) -> Vec<Invalid> {
        match (value, self.spelling) {
            (Value::Number(text), _) => match read_float(format, text) {
                Some(float) => findings(|violations| rule::judge_float(rules, float, violations)),
                None => findings_of(Violation::NotFinite),
            },
            (Value::String(text), Spelling::Text) => match text.parse::<f64>() {
                Ok(number) if !number.is_finite() => findings_of(Violation::NotFinite),
                _ => one("float_parsing", "Input should be a valid number, unable to parse string as a number"),
            },
            _ => one("float_type", "Input should be a valid number"),
        }
    }
}

/// Pydantic's type, whose message speaks of what is too large only.
fn out_of_width(width: Width) -> Vec<Invalid> {
    let Width { minimum, maximum, .. } = width;
    vec![Invalid::new("int_parsing_size", format!("Input should be an integer from {minimum} to {maximum}"))]
}

fn read_float(format: &str, text: &str) -> Option<Float> {
    if format == "float" { json::single_float(text).map(Float::Single) } else { json::float(text).map(Float::Double) }
}

/// The decimal as serde reads it, so that both passes see the same digits.
fn judge_decimal(rules: &Rules, value: &Value<'_>) -> Vec<Invalid> {
    match (value.read::<Decimal>(), value) {
        (Ok(decimal), _) => {
            let settled = rule::settle_decimal(rules, decimal);
            findings(|violations| rule::judge_decimal(rules, settled, violations))
        }
        (Err(_), Value::String(_) | Value::Number(_)) => one("decimal_parsing", "Input should be a valid decimal"),
        (Err(_), _) => one("decimal_type", "Decimal input should be an integer, float, string or Decimal object"),
    }
}

fn judge_text(rules: &Rules, format: &TextFormat, value: &Value<'_>) -> Vec<Invalid> {
    match value {
        Value::String(text) => (format.judge)(rules, &rule::transform(rules, text)),
        _ => one(format.expected.0, format.expected.1),
    }
}

fn judge_enumeration(values: &[EnumerationValue], value: &Value<'_>) -> Vec<Invalid> {
    if value.as_str().is_some_and(|text| values.iter().any(|known| known.is_named(text))) {
        return Vec::new();
    }
    let expected = quoted_list(values.iter().map(|known| known.name));
    let kind = if values.len() == 1 { "literal_error" } else { "enum" };
    vec![Invalid::new(kind, format!("Input should be {expected}")).with("expected", expected)]
}

/// The text as its rules change it before it is judged; as it is, where the shape is no text.
pub(super) fn as_changed<'v>(catalog: &Catalog, shape: &Shape, text: &'v str) -> Cow<'v, str> {
    let shape = catalog.seen_through(shape);
    match shape.kind {
        Kind::Text(_) => rule::transform(shape.rules, text),
        _ => Cow::Borrowed(text),
    }
}

/// A value in one spelling of those that are read as equal, to count the items of a set.
pub(super) fn as_read(catalog: &Catalog, shape: &Shape, value: &Value<'_>) -> String {
    let resolved = catalog.seen_through(shape);
    match (&resolved.kind, value) {
        (Kind::Decimal, _) => {
            let read = value.read::<Decimal>().map(|decimal| rule::settle_decimal(resolved.rules, decimal).normalize());
            read.map_or_else(|_| value.to_string(), |decimal| decimal.to_string())
        }
        (Kind::Text(format), Value::String(text)) => match format.name {
            Some("uuid") => text.to_ascii_lowercase().replace('-', ""),
            _ => rule::transform(resolved.rules, text).into_owned(),
        },
        (Kind::Enumeration(values), Value::String(text)) => {
            let known = values.iter().find(|known| known.is_named(text));
            known.map_or_else(|| value.to_string(), |known| known.name.to_owned())
        }
        _ => value.to_string(),
    }
}

fn one(kind: &'static str, message: &'static str) -> Vec<Invalid> {
    vec![Invalid::new(kind, message)]
}

fn findings_of(violation: Violation) -> Vec<Invalid> {
    vec![violation.to_invalid("")]
}

fn findings(judge: impl FnOnce(&mut Vec<Violation>)) -> Vec<Invalid> {
    let mut violations = Vec::new();
    judge(&mut violations);
    violations.into_iter().map(|violation| violation.to_invalid("")).collect()
}

fn integer_within(text: &str, width: Width) -> Option<Integer> {
    match text.parse::<i128>() {
        Ok(number) => {
            let is_above = u128::try_from(number).is_ok_and(|number| number > width.maximum);
            (number >= width.minimum && !is_above).then_some(Integer::Small(number))
        }
        Err(_) => text.parse().ok().filter(|big| *big <= width.maximum).map(Integer::Big),
    }
}
