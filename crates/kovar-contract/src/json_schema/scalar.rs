//! Schemas of scalars, from the same rules that judge them.

use crate::json::{Object, Value};
use crate::rule::{Bound, Integer, Rules};
use crate::schema::Direction;
use crate::shape::{EnumerationValue, Kind, Shape, TextFormat, Width};

pub(super) fn schema(shape: &Shape, direction: Direction) -> Object<'static> {
    let rules = shape.rules;
    match &shape.kind {
        Kind::Null => typed("null"),
        Kind::Boolean => typed("boolean"),
        Kind::Integer(width) => integer(rules, *width),
        Kind::Float(format) => float(rules, format, direction),
        Kind::Text(format) => text(rules, format),
        Kind::Enumeration(values) => enumeration(values),
        Kind::File => file(rules),
        _ => Object::new(),
    }
}

/// A file's lengths count bytes.
fn file(rules: &Rules) -> Object<'static> {
    typed("string")
        .with("format", "binary")
        .with("contentMediaType", "application/octet-stream")
        .with_some("minLength", rules.min_length)
        .with_some("maxLength", rules.max_length)
}

fn typed(name: &'static str) -> Object<'static> {
    Object::new().with("type", name)
}

/// The limits of the width stand where no rule is as tight.
fn integer(rules: &Rules, width: Width) -> Object<'static> {
    let (minimum, maximum) = (Integer::Small(width.minimum), Integer::from(width.maximum));
    let is_above = |bound: &Bound| bound.compare_integer(minimum).is_le();
    let is_below = |bound: &Bound| bound.compare_integer(maximum).is_ge();
    let tight = Rules {
        gt: rules.gt.filter(is_above),
        ge: rules.ge.filter(is_above),
        lt: rules.lt.filter(is_below),
        le: rules.le.filter(is_below),
        ..*rules
    };
    let minimum = (tight.gt.is_none() && tight.ge.is_none()).then_some(width.minimum);
    let maximum = (tight.lt.is_none() && tight.le.is_none()).then_some(width.maximum);
    let schema = typed("integer").with_some("format", width.format);
    bounded(schema, &tight).with_some("minimum", minimum).with_some("maximum", maximum)
}

fn float(rules: &Rules, format: &'static str, direction: Direction) -> Object<'static> {
    let mut schema = typed("number").with("format", format);
    if rules.allow_inf_nan && direction == Direction::Output {
        // JSON has no infinity and no NaN: they are written as null.
        schema.set("type", vec!["number", "null"]);
    }
    let mut schema = bounded(schema, rules);
    if format == "float" && !rules.allow_inf_nan {
        let largest = |sign: &str| Value::Number(format!("{sign}{:?}", f64::from(f32::MAX)).into());
        if rules.gt.is_none() && rules.ge.is_none() {
            schema.push("minimum", largest("-"));
        }
        if rules.lt.is_none() && rules.le.is_none() {
            schema.push("maximum", largest(""));
        }
    }
    schema
}

pub(super) fn bounded(schema: Object<'static>, rules: &Rules) -> Object<'static> {
    let number = |bound: Bound| Value::Number(bound.to_string().into());
    schema
        .with_some("exclusiveMinimum", rules.gt.map(number))
        .with_some("minimum", rules.ge.map(number))
        .with_some("exclusiveMaximum", rules.lt.map(number))
        .with_some("maximum", rules.le.map(number))
        .with_some("multipleOf", rules.multiple_of.map(number))
}

fn text(rules: &Rules, format: &TextFormat) -> Object<'static> {
    let (fewest, most) = match format.name {
        Some("char") => (Some(1), Some(1)),
        _ => encoded_lengths(rules, format.encoding),
    };
    let mut patterns = patterns(rules);
    let schema = typed("string")
        .with_some("format", format.name)
        .with_some("contentEncoding", format.encoding)
        .with_some("minLength", fewest)
        .with_some("maxLength", most)
        .with_some("pattern", (patterns.len() == 1).then(|| patterns.remove(0)));
    let all: Vec<_> = patterns.into_iter().map(|pattern| Object::new().with("pattern", pattern)).collect();
    schema.with_some("allOf", (!all.is_empty()).then_some(all))
}

/// Lengths of binary count bytes, those of a schema the characters that they are written with.
fn encoded_lengths(rules: &Rules, encoding: Option<&str>) -> (Option<usize>, Option<usize>) {
    let encoded = |bytes: usize| match encoding {
        Some("base64") => bytes.div_ceil(3) * 4,
        Some(_) => bytes * 2,
        None => bytes,
    };
    (rules.min_length.map(encoded), rules.max_length.map(encoded))
}

fn patterns(rules: &Rules) -> Vec<String> {
    let mut patterns = Vec::new();
    patterns.extend(rules.pattern.map(|pattern| pattern.source().to_owned()));
    if rules.ascii_only {
        patterns.push("^[\\x00-\\x7F]*$".to_owned());
    }
    if let Some(version) = rules.uuid_version {
        patterns.push(format!("^[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-{version}[0-9a-fA-F]{{3}}-"));
    }
    if !rules.schemes.is_empty() {
        patterns.push(format!("^({}):", rules.schemes.join("|")));
    }
    patterns
}

fn enumeration(values: &[EnumerationValue]) -> Object<'static> {
    let names: Vec<&'static str> = values.iter().map(|value| value.name).collect();
    let described = values.iter().filter_map(|value| {
        let description = value.about.description.as_deref()?;
        Some(format!("- `{}`: {description}", value.name))
    });
    let description = described.collect::<Vec<_>>().join("\n");
    let schema = typed("string").with_some("description", (!description.is_empty()).then_some(description));
    match names.as_slice() {
        [only] => schema.with("const", *only),
        _ => schema.with("enum", names),
    }
}
