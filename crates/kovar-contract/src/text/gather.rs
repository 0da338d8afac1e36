//! Gathers pairs of strings into an object along a shape.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::catalog::Catalog;
use crate::json::{DEPTH_LIMIT, Object, Value};
use crate::schema::Direction;
use crate::shape::{Field, Kind, Shape};

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

    fn is_key(self, name: &str, key: &str) -> bool {
        match self {
            Self::Header => self.wire_name(name).eq_ignore_ascii_case(key),
            _ => name == key,
        }
    }

    /// Whether members that no field has are kept, to be refused: clients send headers and cookies
    /// that no operation asked for.
    fn keeps_unknown(self) -> bool {
        !matches!(self, Self::Header | Self::Cookie)
    }
}

/// Gathers the pairs of a text place into the object that `shape` describes.
///
/// A list takes each value of its key, or one value split at commas where the field says so; an
/// object takes `key[member]`. A key of anything else that is given twice stays twice, and is an
/// issue. Keys that no field has are kept, for `deny_unknown_fields`; so are those with more
/// brackets than [`DEPTH_LIMIT`].
pub fn gather<'a>(catalog: &Catalog, shape: &Shape, pairs: Pairs<'a>, place: TextPlace) -> Value<'a> {
    let fields = Fields::of(catalog, shape, place);
    let mut gathered = Branch::default();
    for (key, text) in pairs {
        match fields.find(&key) {
            Some((field, path)) => take(catalog, &mut gathered, field, &path, text, place),
            None if place.keeps_unknown() => gathered.push(key, Node::Leaf(text)),
            None => {}
        }
    }
    let mut value = gathered.into_value();
    super::coerce(catalog, shape, &mut value);
    value
}

/// The fields that a text place is read for, those of flattened objects among them.
struct Fields<'c> {
    fields: Vec<&'c Field>,
    place: TextPlace,
}

impl<'c> Fields<'c> {
    fn of(catalog: &'c Catalog, shape: &'c Shape, place: TextPlace) -> Self {
        let mut fields = Vec::new();
        add_fields(catalog, shape, &mut fields);
        Self { fields, place }
    }

    /// The field of a key, and the path below it that brackets give.
    fn find<'k>(&self, key: &'k str) -> Option<(&'c Field, Vec<&'k str>)> {
        if let Some(field) = self.named(key) {
            return Some((field, Vec::new()));
        }
        let (name, brackets) = key.split_once('[')?;
        let field = self.named(name)?;
        let path: Vec<_> = brackets.strip_suffix(']')?.split("][").take(DEPTH_LIMIT).collect();
        (path.len() < DEPTH_LIMIT).then_some((field, path))
    }

    fn named(&self, key: &str) -> Option<&'c Field> {
        let is_named = |field: &&&Field| {
            let mut names = std::iter::once(&*field.name).chain(field.aliases.iter().copied());
            names.any(|name| self.place.is_key(name, key))
        };
        self.fields.iter().find(is_named).copied()
    }
}

fn add_fields<'c>(catalog: &'c Catalog, shape: &'c Shape, fields: &mut Vec<&'c Field>) {
    let Some(object) = catalog.object(shape) else { return };
    fields.extend(object.fields_in(Direction::Input));
    object.flattened.iter().for_each(|shape| add_fields(catalog, shape, fields));
}

fn take<'a>(
    catalog: &Catalog,
    gathered: &mut Branch<'a>,
    field: &Field,
    path: &[&str],
    text: Cow<'a, str>,
    place: TextPlace,
) {
    let shape = catalog.seen_through(&field.shape);
    if place == TextPlace::Form && text.is_empty() && path.is_empty() && !is_plain_text(shape) {
        return;
    }
    if field.is_comma_separated && path.is_empty() && is_list(shape) {
        let items = gathered.list(&field.name);
        items.extend(text.split(',').filter(|part| !part.is_empty()).map(|part| Cow::Owned(part.to_owned())));
    } else {
        take_below(catalog, gathered, &field.name, shape, path, text);
    }
}

/// Puts a value at `key[path…]`, making objects and lists on the way.
fn take_below<'a>(
    catalog: &Catalog,
    parent: &mut Branch<'a>,
    key: &str,
    shape: &Shape,
    path: &[&str],
    text: Cow<'a, str>,
) {
    match path {
        [] if is_list(shape) => parent.list(key).push(text),
        [] => parent.push(Cow::Owned(key.to_owned()), Node::Leaf(text)),
        // `tags[]=a` is how some clients write a list.
        ["", rest @ ..] => take_below(catalog, parent, key, shape, rest, text),
        [step, rest @ ..] => {
            let below = member_shape(catalog, shape, step);
            let any = Shape::new(Kind::Any);
            take_below(catalog, parent.branch(key), step, below.unwrap_or(&any), rest, text);
        }
    }
}

/// The shape of a member, seen through.
fn member_shape<'c>(catalog: &'c Catalog, shape: &'c Shape, key: &str) -> Option<&'c Shape> {
    match &shape.kind {
        Kind::Map(_, item) => Some(catalog.seen_through(item)),
        Kind::Object(_) => {
            let mut fields = Vec::new();
            add_fields(catalog, shape, &mut fields);
            let field = fields.into_iter().find(|field| field.is_named(key))?;
            Some(catalog.seen_through(&field.shape))
        }
        _ => None,
    }
}

fn is_list(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::List(..) | Kind::Tuple(_))
}

fn is_plain_text(shape: &Shape) -> bool {
    matches!(&shape.kind, Kind::Text(format) if format.name.is_none())
}

/// An object while it is gathered. Finding a key takes no longer the more of them were sent.
#[derive(Default)]
struct Branch<'a> {
    members: Vec<(Cow<'a, str>, Node<'a>)>,
    /// Where the first list or object of a key stands.
    positions: HashMap<String, usize>,
}

enum Node<'a> {
    Leaf(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    Branch(Branch<'a>),
}

impl<'a> Branch<'a> {
    fn push(&mut self, key: Cow<'a, str>, node: Node<'a>) {
        self.members.push((key, node));
    }

    /// The list of a key, made when it is not there.
    fn list(&mut self, key: &str) -> &mut Vec<Cow<'a, str>> {
        let position = self.position(key, |node| matches!(node, Node::List(_)), || Node::List(Vec::new()));
        match &mut self.members[position].1 {
            Node::List(items) => items,
            _ => unreachable!("the position is a list's"),
        }
    }

    /// The object of a key, made when it is not there.
    fn branch(&mut self, key: &str) -> &mut Branch<'a> {
        let position = self.position(key, |node| matches!(node, Node::Branch(_)), || Node::Branch(Branch::default()));
        match &mut self.members[position].1 {
            Node::Branch(branch) => branch,
            _ => unreachable!("the position is an object's"),
        }
    }

    /// A key that is a list in one pair and an object in another is given twice, and is an issue.
    fn position(&mut self, key: &str, fits: fn(&Node<'a>) -> bool, make: fn() -> Node<'a>) -> usize {
        if let Some(&position) = self.positions.get(key)
            && fits(&self.members[position].1)
        {
            return position;
        }
        let position = self.members.len();
        self.push(Cow::Owned(key.to_owned()), make());
        self.positions.insert(key.to_owned(), position);
        position
    }

    fn into_value(self) -> Value<'a> {
        let members = self.members.into_iter().map(|(key, node)| (key, node.into_value()));
        Value::Object(members.collect::<Object<'a>>())
    }
}

impl<'a> Node<'a> {
    fn into_value(self) -> Value<'a> {
        match self {
            Self::Leaf(text) => Value::String(text),
            Self::List(items) => Value::Array(items.into_iter().map(Value::String).collect()),
            Self::Branch(branch) => branch.into_value(),
        }
    }
}
