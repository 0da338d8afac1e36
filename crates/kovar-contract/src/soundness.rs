//! What makes no sense in a contract, and can be seen only when all of it is there: an app that
//! has such a thing does not start.

use crate::catalog::{Catalog, Definition};
use crate::diagnose::{Spelling, diagnose};
use crate::json::Value;
use crate::schema::Direction;
use crate::shape::{Field, Kind, Shape, Tagging, Variant};

impl Catalog {
    /// The defaults that break the rules of their own fields, each with what is wrong with it:
    /// whoever leaves such a field out is refused.
    pub fn wrong_defaults(&self) -> Vec<String> {
        let fields = self.definitions().flat_map(|(_, definition)| {
            objects(definition).flat_map(move |fields| fields.iter().map(move |field| (definition, field)))
        });
        let wrong = fields.filter_map(|(definition, field)| {
            let reason = self.wrong_default(&field.shape, field.default.as_ref()?)?;
            Some(format!("the default of `{}` in `{}` breaks its own rule: {reason}", field.name, definition.name))
        });
        wrong.collect()
    }

    /// What is wrong with a default; of a secret, nothing is known.
    pub fn wrong_default(&self, shape: &Shape, default: &Value<'_>) -> Option<String> {
        if self.holds_secret(shape) {
            return None;
        }
        let issues = diagnose(self, shape, default, "default", Spelling::Json);
        issues.into_iter().next().map(|issue| issue.message.into())
    }

    /// The first field below a shape that no text place can hold: a list whose items are lists or
    /// objects. A key can be repeated for an item, but not for the members of one.
    pub fn unspellable(&self, shape: &Shape) -> Option<String> {
        let mut visited = vec![false; self.definitions().len()];
        self.find_unspellable(shape, "", &mut visited)
    }

    fn find_unspellable(&self, shape: &Shape, name: &str, visited: &mut [bool]) -> Option<String> {
        match &shape.kind {
            Kind::Nullable(inner) | Kind::Secret(inner) => self.find_unspellable(inner, name, visited),
            Kind::Map(_, inner) => self.find_unspellable(inner, name, visited),
            Kind::List(_, item) => self.has_members(item).then(|| name.to_owned()),
            Kind::Tuple(items) => items.iter().any(|item| self.has_members(item)).then(|| name.to_owned()),
            Kind::Object(object) => {
                let own = object.fields_in(Direction::Input).map(|field| (&field.shape, &*field.name));
                let mut below = own.chain(object.flattened.iter().map(|shape| (shape, name)));
                below.find_map(|(shape, name)| self.find_unspellable(shape, name, visited))
            }
            Kind::Reference(id) => {
                let first_visit = !std::mem::replace(&mut visited[id.index()], true);
                first_visit.then(|| self.find_unspellable(&self.definition(*id).shape, name, visited)).flatten()
            }
            _ => None,
        }
    }

    fn has_members(&self, shape: &Shape) -> bool {
        match &self.seen_through(shape).kind {
            Kind::Object(_) | Kind::Map(..) | Kind::List(..) | Kind::Tuple(_) => true,
            Kind::Union(union) => matches!(union.tagging, Tagging::Internal { .. } | Tagging::Adjacent { .. }),
            _ => false,
        }
    }
}

/// The fields of a definition that is an object, or of each variant that is one.
fn objects(definition: &Definition) -> impl Iterator<Item = &[Field]> {
    let variants: &[Variant] = match &definition.shape.kind {
        Kind::Union(union) => &union.variants,
        _ => &[],
    };
    let shapes =
        std::iter::once(&definition.shape).chain(variants.iter().filter_map(|variant| variant.content.as_ref()));
    shapes.filter_map(|shape| match &shape.kind {
        Kind::Object(object) => Some(object.fields.as_slice()),
        _ => None,
    })
}
