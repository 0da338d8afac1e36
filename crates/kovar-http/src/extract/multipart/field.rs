//! How the parts of a field are read.

use kovar_contract::shape::{Access, Field, Kind, Shape, Tagging, Unknown};
use kovar_contract::{Catalog, Rules};

/// The fields of a form, by the names of parts.
pub(super) struct Fields<'c> {
    catalog: &'c Catalog,
    fields: Vec<&'c Field>,
    /// What becomes of parts that no field has.
    pub(super) unknown: UnknownParts,
}

/// What becomes of parts that no field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnknownParts {
    Ignored,
    /// They are an issue, whatever they hold.
    Denied,
    /// A map may take them, as texts.
    Kept,
}

/// How the parts of a field are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading {
    /// As files that keep these rules.
    File(&'static Rules),
    /// As JSON.
    Json,
    /// As JSON where the text begins an object or array, else as text.
    JsonOrText,
    /// As text.
    Text,
}

/// A field that a part belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'c> {
    pub(super) field: &'c Field,
    pub(super) reading: Reading,
    /// Whether several parts are items of one list.
    pub(super) is_list: bool,
}

impl<'c> Fields<'c> {
    pub(super) fn of(catalog: &'c Catalog, shape: &'c Shape) -> Self {
        let object = catalog.object(shape);
        let unknown = match object {
            Some(object) if !object.flattened.is_empty() => UnknownParts::Kept,
            Some(object) if object.unknown == Unknown::Denied => UnknownParts::Denied,
            Some(_) => UnknownParts::Ignored,
            None => UnknownParts::Kept,
        };
        let mut fields = Vec::new();
        add_fields(catalog, shape, &mut fields);
        Self { catalog, fields, unknown }
    }

    /// The field of a part, where one has its name. `tags[]` is how some clients write a list;
    /// what is in other brackets is a member of the field, and text.
    pub(super) fn find(&self, name: &str) -> Option<Found<'c>> {
        if let Some(field) = self.named(name) {
            return Some(self.found(field));
        }
        let (name, brackets) = name.split_once('[')?;
        let found = self.found(self.named(name)?);
        let is_list = brackets == "]" && found.is_list;
        Some(if is_list { found } else { Found { reading: Reading::Text, ..found } })
    }

    fn named(&self, name: &str) -> Option<&'c Field> {
        self.fields.iter().copied().find(|field| field.name == name || field.aliases.contains(&name))
    }

    fn found(&self, field: &'c Field) -> Found<'c> {
        let shape = self.catalog.seen_through(&field.shape);
        let is_list = matches!(shape.kind, Kind::List(..));
        Found { field, reading: reading(self.catalog, shape), is_list }
    }
}

/// The fields that are sent as JSON, for the documents.
pub(super) fn json_parts(catalog: &Catalog, shape: &Shape) -> Vec<String> {
    let fields = Fields::of(catalog, shape);
    let is_json = |field: &&Field| matches!(fields.found(field).reading, Reading::Json | Reading::JsonOrText);
    fields.fields.iter().copied().filter(is_json).map(|field| field.name.clone().into_owned()).collect()
}

fn add_fields<'c>(catalog: &'c Catalog, shape: &'c Shape, fields: &mut Vec<&'c Field>) {
    let Some(object) = catalog.object(shape) else { return };
    fields.extend(object.fields.iter().filter(|field| field.access != Access::ReadOnly));
    object.flattened.iter().for_each(|shape| add_fields(catalog, shape, fields));
}

fn reading(catalog: &Catalog, shape: &Shape) -> Reading {
    let shape = catalog.seen_through(shape);
    match &shape.kind {
        Kind::File => Reading::File(shape.rules),
        Kind::Object(_) | Kind::Map(..) => Reading::Json,
        Kind::List(_, item) => reading(catalog, item),
        Kind::Tuple(_) => Reading::JsonOrText,
        Kind::Union(union) => match union.tagging {
            Tagging::Internal { .. } | Tagging::Adjacent { .. } => Reading::Json,
            Tagging::External | Tagging::Untagged => Reading::JsonOrText,
        },
        _ => Reading::Text,
    }
}
