//! Arrays of a fixed length.

use super::{Direction, Schema};
use crate::catalog::Catalog;
use crate::rule::Rules;
use crate::shape::{Kind, Shape};

macro_rules! tuple_schema {
    ($(($($item:ident $index:tt),+);)*) => {$(
        impl<$($item: Schema),+> Schema for ($($item,)+) {
            fn shape(catalog: &mut Catalog) -> Shape {
                Shape::new(Kind::Tuple(vec![$($item::shape(catalog)),+]))
            }

            #[inline(always)]
            fn accepts(&self, _: &Rules, direction: Direction) -> bool {
                $(self.$index.accepts(&Rules::NONE, direction))&&+
            }

            #[inline(always)]
            fn normalize(&mut self, _: &Rules) {
                $(self.$index.normalize(&Rules::NONE);)+
            }

            fn is_normal(&self, _: &Rules) -> bool {
                $(self.$index.is_normal(&Rules::NONE))&&+
            }
        }
    )*};
}

tuple_schema! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
}

macro_rules! array_schema {
    ($($length:literal)*) => {$(
        impl<T: Schema> Schema for [T; $length] {
            fn shape(catalog: &mut Catalog) -> Shape {
                Shape::new(Kind::Tuple(vec![T::shape(catalog); $length]))
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
                self.iter().all(|item| item.accepts(rules.for_items(), direction))
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

// The lengths that serde reads.
array_schema!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
