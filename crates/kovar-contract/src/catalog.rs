//! The named schemas of a contract, each once.
//!
//! A type is told by its `TypeId`, so recursion ends and a schema used by a thousand operations is
//! described once. Names are given at the end, when it is known which types share one.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use crate::schema::{Schema, capitalized};
use crate::shape::{About, Kind, ObjectShape, Shape};

/// Which definition of a catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(usize);

impl SchemaId {
    /// The position among the catalog's definitions.
    pub(crate) fn index(self) -> usize {
        self.0
    }
}

/// A schema with a name.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The name that the type asks for; [`Catalog::names`] makes it unique.
    pub name: String,
    /// The module of the type, to tell apart two types of one name.
    pub module: &'static str,
    /// What people read about it.
    pub about: About,
    /// What its values look like.
    pub shape: Shape,
}

/// The named schemas of a contract.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    definitions: Vec<Definition>,
    ids: HashMap<TypeId, SchemaId>,
}

impl Catalog {
    /// A catalog without definitions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Refers to the definition of `T`, describing it when it is met for the first time.
    pub fn define<T: 'static>(
        &mut self,
        name: impl FnOnce() -> String,
        module: &'static str,
        describe: impl FnOnce(&mut Catalog) -> (About, Shape),
    ) -> Shape {
        let type_id = TypeId::of::<T>();
        if let Some(&id) = self.ids.get(&type_id) {
            return Shape::new(Kind::Reference(id));
        }
        let id = SchemaId(self.definitions.len());
        self.ids.insert(type_id, id);
        let (name, shape) = (name(), Shape::new(Kind::Any));
        self.definitions.push(Definition { name, module, about: About::default(), shape });
        let (about, shape) = describe(self);
        let definition = &mut self.definitions[id.0];
        (definition.about, definition.shape) = (about, shape);
        Shape::new(Kind::Reference(id))
    }

    /// The definition that a shape of this catalog refers to.
    pub fn definition(&self, id: SchemaId) -> &Definition {
        &self.definitions[id.0]
    }

    /// All definitions, in the order they were met.
    pub fn definitions(&self) -> impl ExactSizeIterator<Item = (SchemaId, &Definition)> {
        self.definitions.iter().enumerate().map(|(index, definition)| (SchemaId(index), definition))
    }

    /// The shape itself, references followed.
    pub fn resolve<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        match &shape.kind {
            Kind::Reference(id) => self.resolve(&self.definition(*id).shape),
            _ => shape,
        }
    }

    /// The shape itself, references, `null` and secrecy looked through.
    pub fn seen_through<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        let shape = self.resolve(shape);
        match &shape.kind {
            Kind::Nullable(inner) | Kind::Secret(inner) => self.seen_through(inner),
            _ => shape,
        }
    }

    /// The object that a shape is, seen through references and `null`.
    pub fn object<'a>(&'a self, shape: &'a Shape) -> Option<&'a ObjectShape> {
        match &self.resolve(shape).kind {
            Kind::Object(object) => Some(object),
            Kind::Nullable(inner) => self.object(inner),
            _ => None,
        }
    }

    /// Whether an object of this shape has a field with this key, flattened ones among them.
    pub(crate) fn reads(&self, shape: &Shape, key: &str) -> bool {
        self.object(shape).is_some_and(|object| self.reads_key(object, key))
    }

    /// The same of an object.
    pub(crate) fn reads_key(&self, object: &ObjectShape, key: &str) -> bool {
        object.reads(key) || object.flattened.iter().any(|shape| self.reads(shape, key))
    }

    /// Whether a value of this shape can hold a secret somewhere.
    pub fn holds_secret(&self, shape: &Shape) -> bool {
        self.holds(shape, |kind| matches!(kind, Kind::Secret(_)))
    }

    /// Whether a value of this shape can hold a file somewhere.
    pub fn holds_file(&self, shape: &Shape) -> bool {
        self.holds(shape, |kind| matches!(kind, Kind::File))
    }

    fn holds(&self, shape: &Shape, is_wanted: fn(&Kind) -> bool) -> bool {
        let mut visited = vec![false; self.definitions.len()];
        self.find(shape, is_wanted, &mut visited)
    }

    fn find(&self, shape: &Shape, is_wanted: fn(&Kind) -> bool, visited: &mut [bool]) -> bool {
        if is_wanted(&shape.kind) {
            return true;
        }
        match &shape.kind {
            Kind::Nullable(inner) | Kind::List(_, inner) | Kind::Secret(inner) => self.find(inner, is_wanted, visited),
            Kind::Map(key, value) => self.find(key, is_wanted, visited) || self.find(value, is_wanted, visited),
            Kind::Tuple(items) => items.iter().any(|item| self.find(item, is_wanted, visited)),
            Kind::Union(union) => union
                .variants
                .iter()
                .filter_map(|variant| variant.content.as_ref())
                .any(|content| self.find(content, is_wanted, visited)),
            Kind::Object(object) => {
                let fields = object.fields.iter().map(|field| &field.shape);
                fields.chain(&object.flattened).any(|shape| self.find(shape, is_wanted, visited))
            }
            Kind::Reference(id) => {
                let first_visit = !std::mem::replace(&mut visited[id.0], true);
                first_visit && self.find(&self.definition(*id).shape, is_wanted, visited)
            }
            _ => false,
        }
    }

    /// A name for each definition, no two alike, and the same in every run.
    ///
    /// Types that share a name get their module's name in front: `orders::Item` and
    /// `billing::Item` become `OrdersItem` and `BillingItem`. What is still alike is numbered.
    pub fn names(&self) -> Vec<String> {
        let mut wanted: HashMap<&str, usize> = HashMap::new();
        for definition in &self.definitions {
            *wanted.entry(&definition.name).or_default() += 1;
        }
        let mut taken: HashMap<String, usize> = HashMap::new();
        let named = self.definitions.iter().map(|definition| {
            let name = match wanted[definition.name.as_str()] {
                1 => definition.name.clone(),
                _ => pascal_case(definition.module.rsplit("::").next().unwrap_or_default()) + &definition.name,
            };
            let times = taken.entry(name.clone()).or_default();
            *times += 1;
            if *times == 1 { name } else { format!("{name}{times}") }
        });
        named.collect()
    }
}

fn pascal_case(snake: &str) -> String {
    let words = snake.split('_').filter(|word| !word.is_empty());
    words.map(capitalized).collect()
}

/// One type's shape with the catalog that its references point into.
#[derive(Debug)]
pub struct Described {
    /// Where references point.
    pub catalog: Catalog,
    /// The type's shape.
    pub shape: Shape,
}

impl Described {
    /// Describes a type; the second time it is looked up.
    pub fn of<T: Schema + 'static>() -> Arc<Described> {
        static CACHE: LazyLock<RwLock<HashMap<TypeId, Arc<Described>>>> = LazyLock::new(RwLock::default);
        let type_id = TypeId::of::<T>();
        let cached = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(&type_id).cloned();
        cached.unwrap_or_else(|| {
            let mut catalog = Catalog::new();
            let shape = T::shape(&mut catalog);
            let described = Arc::new(Described { catalog, shape });
            CACHE.write().unwrap_or_else(PoisonError::into_inner).insert(type_id, Arc::clone(&described));
            described
        })
    }
}
