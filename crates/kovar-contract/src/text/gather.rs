//! Gathers pairs of strings into an object along a shape.

use std::borrow::Cow;

use crate::catalog::Catalog;
use crate::json::{Object, Value};
use crate::schema::Direction;
use crate::shape::{Field, Kind, ObjectShape, Shape};

/// Names and values in the order they were sent.
pub type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// A place of the request where everything is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextPlace {
    /// The parameters in the path.
    Path,
    /// What follows the question mark.
    Query,
    /// The header fields; names are compared without case, and `_` stands for `-`.
    Header,
    /// The cookies.
    Cookie,
    /// A form in the body; an empty control that is no text counts as absent.
    Form,
}

impl TextPlace {
    /// The first segment of an issue's location.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::Form => "body",
        }
    }

    /// The name that a field has in this place.
    pub fn wire_name<'f>(self, field: &'f str) -> Cow<'f, str> {
        match self {
            Self::Header if field.contains('_') => Cow::Owned(field.replace('_', "-")),
            _ => Cow::Borrowed(field),
        }
    }
}

/// Gathers the pairs of a text place into the object that `shape` describes.
///
/// A list takes each value of its key, or one value split at commas where the field says so; an
/// object takes `key[member]`. A key of anything else that is given twice stays twice, and is an
/// issue. Keys that no field has are kept, for `deny_unknown_fields`.
pub fn gather<'a>(catalog: &Catalog, shape: &Shape, pairs: Pairs<'a>, place: TextPlace) -> Value<'a> {
    let empty = ObjectShape::new();
    let object = catalog.object(shape).unwrap_or(&empty);
    let mut gathered = Object::new();
    for (key, text) in pairs {
        match known_field(catalog, object, &key, place) {
            Some((field, path)) => take(catalog, &mut gathered, field, &path, text, place),
            None if place != TextPlace::Header && place != TextPlace::Cookie => gathered.push(key, Value::String(text)),
            None => {}
        }
    }
    let mut value = Value::Object(gathered);
    super::coerce(catalog, shape, &mut value);
    value
}

/// The field of a key, and the path below it that brackets give.
fn known_field<'c>(
    catalog: &'c Catalog,
    object: &'c ObjectShape,
    key: &str,
    place: TextPlace,
) -> Option<(&'c Field, Vec<String>)> {
    let is_key = |name: &str, key: &str| match place {
        TextPlace::Header => place.wire_name(name).eq_ignore_ascii_case(key),
        _ => name == key,
    };
    let named = |key: &str| {
        let is_named =
            |field: &&Field| is_key(&field.name, key) || field.aliases.iter().any(|alias| is_key(alias, key));
        let own = object.fields_in(Direction::Input).find(is_named);
        let below = || object.flattened.iter().filter_map(|shape| catalog.object(shape));
        own.or_else(|| below().flat_map(|object| object.fields.iter()).find(is_named))
    };
    if let Some(field) = named(key) {
        return Some((field, Vec::new()));
    }
    let (name, brackets) = key.split_once('[')?;
    let field = named(name)?;
    let path = brackets.strip_suffix(']')?.split("][").map(str::to_owned).collect();
    Some((field, path))
}

fn take<'a>(
    catalog: &Catalog,
    gathered: &mut Object<'a>,
    field: &Field,
    path: &[String],
    text: Cow<'a, str>,
    place: TextPlace,
) {
    let shape = catalog.seen_through(&field.shape);
    if place == TextPlace::Form && text.is_empty() && path.is_empty() && !is_text(shape) {
        return;
    }
    if !path.is_empty() {
        return take_below(catalog, gathered, field.name.clone(), &field.shape, path, text);
    }
    let Some(values) = list_values(shape, field, &text) else {
        gathered.push(field.name.clone(), Value::String(text));
        return;
    };
    match gathered.get_mut(&field.name) {
        Some(Value::Array(items)) => items.extend(values),
        _ => gathered.push(field.name.clone(), Value::Array(values)),
    }
}

fn list_values<'a>(shape: &Shape, field: &Field, text: &Cow<'a, str>) -> Option<Vec<Value<'a>>> {
    if !matches!(shape.kind, Kind::List(..) | Kind::Tuple(_)) {
        return None;
    }
    if !field.is_comma_separated {
        return Some(vec![Value::String(text.clone())]);
    }
    let parts = text.split(',').filter(|part| !part.is_empty());
    Some(parts.map(|part| Value::String(Cow::Owned(part.to_owned()))).collect())
}

/// Puts a value at `key[path…]`, making objects and lists on the way.
fn take_below<'a>(
    catalog: &Catalog,
    parent: &mut Object<'a>,
    key: Cow<'static, str>,
    shape: &Shape,
    path: &[String],
    text: Cow<'a, str>,
) {
    let shape = catalog.seen_through(shape);
    let Some((step, rest)) = path.split_first() else {
        match (&shape.kind, parent.get_mut(&key)) {
            (Kind::List(..), Some(Value::Array(items))) => items.push(Value::String(text)),
            (Kind::List(..), _) => parent.push(key, Value::Array(vec![Value::String(text)])),
            _ => parent.push(key, Value::String(text)),
        }
        return;
    };
    // `tags[]=a` is how some clients write a list.
    if step.is_empty() {
        return take_below(catalog, parent, key, shape, rest, text);
    }
    if parent.get(&key).is_none() {
        parent.push(key.clone(), Object::new());
    }
    let Some(object) = parent.get_mut(&key).and_then(Value::as_object_mut) else { return };
    let below = member_shape(catalog, shape, step);
    take_below(catalog, object, Cow::Owned(step.clone()), &below, rest, text);
}

fn member_shape(catalog: &Catalog, shape: &Shape, key: &str) -> Shape {
    match &shape.kind {
        Kind::Map(_, item) => (**item).clone(),
        Kind::Object(object) => {
            let field = object.fields_in(Direction::Input).find(|field| field.is_named(key));
            field.map_or_else(|| Shape::new(Kind::Any), |field| catalog.seen_through(&field.shape).clone())
        }
        _ => Shape::new(Kind::Any),
    }
}

fn is_text(shape: &Shape) -> bool {
    matches!(&shape.kind, Kind::Text(format) if format.name.is_none())
}
