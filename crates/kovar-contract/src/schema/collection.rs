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

            fn is_normal(&self, rules: &Rules) -> bool {
                self.iter().all(|item| item.is_normal(rules.for_items()))
            }
        }
    )*};
}

list_schema!(Vec VecDeque);

macro_rules! set_schema {
    ($(impl<T: $($bound:path)|+ $(, $hasher:ident: $hasher_bound:path)?> $set:ty, $take:expr;)*) => {$(
        impl<T: Schema $(+ $bound)+ $(, $hasher: $hasher_bound + 'static)?> Schema for $set {
            fn shape(catalog: &mut Catalog) -> Shape {
                list_shape::<T>("Set", catalog)
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
                accepts_size(rules, self.len()) && self.iter().all(|item| item.accepts(rules.for_items(), direction))
            }

            /// Two items that become one are one: that is what a set is for.
            fn normalize(&mut self, rules: &Rules) {
                if self.is_normal(rules) {
                    return;
                }
                let mut items: Vec<T> = $take(self);
                for item in &mut items {
                    item.normalize(rules.for_items());
                }
                self.extend(items);
            }

            fn is_normal(&self, rules: &Rules) -> bool {
                self.iter().all(|item| item.is_normal(rules.for_items()))
            }
        }
    )*};
}

set_schema! {
    impl<T: Eq | Hash, S: BuildHasher> HashSet<T, S>, |set: &mut Self| set.drain().collect();
    impl<T: Ord> BTreeSet<T>, |set: &mut Self| std::mem::take(set).into_iter().collect();
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
            /// Keys are judged as they were sent: two that were changed could become one.
            fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
                accepts_size(rules, self.len())
                    && self.iter().all(|(key, value)| {
                        key.is_normal(rules.for_keys())
                            && key.accepts(rules.for_keys(), direction)
                            && value.accepts(rules.for_values(), direction)
                    })
            }

            #[inline(always)]
            fn normalize(&mut self, rules: &Rules) {
                for value in self.values_mut() {
                    value.normalize(rules.for_values());
                }
            }

            fn is_normal(&self, rules: &Rules) -> bool {
                self.values().all(|value| value.is_normal(rules.for_values()))
            }
        }
    )*};
}

map_schema! {
    impl<K: Eq, V: Schema, S: BuildHasher> HashMap<K, V, S>;
    impl<K: Ord, V: Schema> BTreeMap<K, V>;
}
