//! Booleans, numbers and texts.

use std::borrow::Cow;
use std::num::{NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize};

use rust_decimal::Decimal;

use super::{Direction, Schema};
use crate::catalog::Catalog;
use crate::issue::Invalid;
use crate::rule::{
    Float, Integer, Rules, accepts_decimal, accepts_float, accepts_integer, accepts_text, judge_text, settle_decimal,
    transform, transform_in_place,
};
use crate::shape::{Kind, Shape, TextFormat, Width};

impl Schema for bool {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::new(Kind::Boolean)
    }
}

macro_rules! integer_schema {
    ($($integer:ty, $format:expr;)*) => {$(
        impl Schema for $integer {
            fn shape(_: &mut Catalog) -> Shape {
                let (minimum, maximum) = (<$integer>::MIN as i128, <$integer>::MAX as u128);
                Shape::new(Kind::Integer(Width { minimum, maximum, format: $format }))
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, _: Direction) -> bool {
                accepts_integer(rules, Integer::Small(i128::from(*self)))
            }
        }
    )*};
}

integer_schema! {
    i8, Some("int8");
    i16, Some("int16");
    i32, Some("int32");
    i64, Some("int64");
    i128, None;
    u8, Some("uint8");
    u16, Some("uint16");
    u32, Some("uint32");
    u64, Some("uint64");
}

impl Schema for u128 {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::new(Kind::Integer(Width { minimum: 0, maximum: u128::MAX, format: None }))
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        accepts_integer(rules, Integer::from(*self))
    }
}

macro_rules! pointer_width_schema {
    ($($integer:ty as $fixed:ty;)*) => {$(
        impl Schema for $integer {
            fn shape(catalog: &mut Catalog) -> Shape {
                <$fixed as Schema>::shape(catalog)
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, _: Direction) -> bool {
                accepts_integer(rules, Integer::Small(*self as i128))
            }
        }
    )*};
}

pointer_width_schema! {
    isize as i64;
    usize as u64;
}

macro_rules! float_schema {
    ($($float:ty, $format:expr, $variant:ident;)*) => {$(
        impl Schema for $float {
            fn shape(_: &mut Catalog) -> Shape {
                Shape::new(Kind::Float($format))
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, _: Direction) -> bool {
                accepts_float(rules, Float::$variant(*self))
            }
        }
    )*};
}

float_schema! {
    f32, "float", Single;
    f64, "double", Double;
}

/// A string of one character.
impl Schema for char {
    fn shape(_: &mut Catalog) -> Shape {
        fn judge(_: &Rules, text: &str) -> Vec<Invalid> {
            let rules = Rules { min_length: Some(1), max_length: Some(1), ..Rules::NONE };
            let mut violations = Vec::new();
            judge_text(&rules, text, &mut violations);
            violations.into_iter().map(|violation| violation.to_invalid("")).collect()
        }
        let expected = ("string_type", "Input should be a valid string");
        Shape::new(Kind::Text(TextFormat { name: Some("char"), encoding: None, expected, judge }))
    }
}

macro_rules! positive_schema {
    ($($nonzero:ty as $integer:ty, $format:expr;)*) => {$(
        /// An integer from 1. The signed ones, which only leave out 0, are no range and no schema.
        impl Schema for $nonzero {
            fn shape(_: &mut Catalog) -> Shape {
                let maximum = <$integer>::MAX as u128;
                Shape::new(Kind::Integer(Width { minimum: 1, maximum, format: $format }))
            }

            #[inline(always)]
            fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
                self.get().accepts(rules, direction)
            }
        }
    )*};
}

positive_schema! {
    NonZeroU8 as u8, Some("uint8");
    NonZeroU16 as u16, Some("uint16");
    NonZeroU32 as u32, Some("uint32");
    NonZeroU64 as u64, Some("uint64");
    NonZeroU128 as u128, None;
    NonZeroUsize as usize, Some("uint64");
}

/// On input a string or a number, on output a string: a JSON number is a double to most clients.
impl Schema for Decimal {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::new(Kind::Decimal)
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        accepts_decimal(rules, *self)
    }

    #[inline(always)]
    fn normalize(&mut self, rules: &Rules) {
        *self = settle_decimal(rules, *self);
    }

    fn is_normal(&self, rules: &Rules) -> bool {
        settle_decimal(rules, *self).scale() == self.scale()
    }
}

impl Schema for String {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::text()
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        accepts_text(rules, self)
    }

    #[inline(always)]
    fn normalize(&mut self, rules: &Rules) {
        transform_in_place(rules, self);
    }

    fn is_normal(&self, rules: &Rules) -> bool {
        *transform(rules, self) == **self
    }
}

impl Schema for Cow<'static, str> {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::text()
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        accepts_text(rules, self)
    }

    #[inline(always)]
    fn normalize(&mut self, rules: &Rules) {
        if rules.transforms_text() {
            transform_in_place(rules, self.to_mut());
        }
    }

    fn is_normal(&self, rules: &Rules) -> bool {
        *transform(rules, self) == **self
    }
}

/// Only for outputs: nothing can be read into a `&'static str`.
impl Schema for &'static str {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::text()
    }

    #[inline(always)]
    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        accepts_text(rules, self)
    }
}

impl Schema for () {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::new(Kind::Null)
    }
}

impl Schema for serde_json::Value {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::new(Kind::Any)
    }
}

impl Schema for crate::json::Value<'static> {
    fn shape(_: &mut Catalog) -> Shape {
        Shape::new(Kind::Any)
    }

    fn accepts(&self, _: &Rules, _: Direction) -> bool {
        self.is_interoperable()
    }
}
