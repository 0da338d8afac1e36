//! Lists, sets, arrays and maps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};

use super::{Direction, Schema};
use crate::catalog::Catalog;
use crate::rule::{Rules, accepts_size};
use crate::shape::{Kind, Shape};

fn list_shape<T: Schema>(noun: &'static str, catalog: &mut Catalog) -> Shape {
    Shape::new(Kind::List(noun, Box::new(T::shape(catalog))))
}

macro_rules! list_schema {
    ($($list:ident)*) => {$(
        impl<T: Schema> Schema for $list<T> {
            fn shape(catalog: &mut Catalog) -> Shape {
                list_shape::<T>("List", catalog)
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
                accepts_size(rules, self.len())
                    && self.iter().all(|item| item.accepts(rules.for_items(), direction))
            }

            #[inline(always)]
            fn normalize(&mut self, rules: &Rules) {
                for item in self {
                    item.normalize(rules.for_items());
                }
            }
        }
    )*};
}

list_schema!(Vec VecDeque);

impl<T: Schema + Eq + Hash, S: BuildHasher + 'static> Schema for HashSet<T, S> {
    fn shape(catalog: &mut Catalog) -> Shape {
        list_shape::<T>("Set", catalog)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
        accepts_size(rules, self.len()) && self.iter().all(|item| item.accepts(rules.for_items(), direction))
    }
}

impl<T: Schema + Ord> Schema for BTreeSet<T> {
    fn shape(catalog: &mut Catalog) -> Shape {
        list_shape::<T>("Set", catalog)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
        accepts_size(rules, self.len()) && self.iter().all(|item| item.accepts(rules.for_items(), direction))
    }
}

fn map_shape<K: Schema, V: Schema>(catalog: &mut Catalog) -> Shape {
    let key = K::shape(catalog);
    Shape::new(Kind::Map(Box::new(key), Box::new(V::shape(catalog))))
}

macro_rules! map_schema {
    ($(impl<$($parameter:ident: $bound:path),*> $map:ty;)*) => {$(
        impl<$($parameter: $bound + 'static),*> Schema for $map
        where
            K: Schema,
            V: Schema,
        {
            fn shape(catalog: &mut Catalog) -> Shape {
                map_shape::<K, V>(catalog)
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
                accepts_size(rules, self.len())
                    && self.iter().all(|(key, value)| {
                        key.accepts(rules.for_keys(), direction)
                            && value.accepts(rules.for_values(), direction)
                    })
            }

            #[inline(always)]
            fn normalize(&mut self, rules: &Rules) {
                for value in self.values_mut() {
                    value.normalize(rules.for_values());
                }
            }
        }
    )*};
}

map_schema! {
    impl<K: Eq, V: Schema, S: BuildHasher> HashMap<K, V, S>;
    impl<K: Ord, V: Schema> BTreeMap<K, V>;
}
