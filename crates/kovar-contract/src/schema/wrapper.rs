//! Types that hold another and add nothing to its shape, or `null`.

use std::sync::Arc;

use super::{Direction, Schema};
use crate::catalog::Catalog;
use crate::rule::Rules;
use crate::shape::Shape;

impl<T: Schema> Schema for Option<T> {
    const ACCEPTS_ABSENCE: bool = true;

    fn add_keys(keys: &mut Vec<&'static str>) -> bool {
        T::add_keys(keys)
    }

    fn shape(catalog: &mut Catalog) -> Shape {
        T::shape(catalog).nullable()
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
        self.as_ref().is_none_or(|value| value.accepts(rules, direction))
    }

    #[inline(always)]
    fn normalize(&mut self, rules: &Rules) {
        if let Some(value) = self {
            value.normalize(rules);
        }
    }

    fn is_normal(&self, rules: &Rules) -> bool {
        self.as_ref().is_none_or(|value| value.is_normal(rules))
    }
}

impl<T: Schema> Schema for Box<T> {
    const ACCEPTS_ABSENCE: bool = T::ACCEPTS_ABSENCE;

    fn add_keys(keys: &mut Vec<&'static str>) -> bool {
        T::add_keys(keys)
    }

    fn shape(catalog: &mut Catalog) -> Shape {
        T::shape(catalog)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
        T::accepts(self, rules, direction)
    }

    #[inline(always)]
    fn normalize(&mut self, rules: &Rules) {
        T::normalize(self, rules);
    }

    fn is_normal(&self, rules: &Rules) -> bool {
        T::is_normal(self, rules)
    }
}

/// Only for outputs: serde reads no `Arc` unless asked to.
impl<T: Schema> Schema for Arc<T> {
    fn shape(catalog: &mut Catalog) -> Shape {
        T::shape(catalog)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
        T::accepts(self, rules, direction)
    }
}
