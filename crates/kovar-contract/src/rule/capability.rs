//! Which rules a type can have, said at compile time: a rule that means nothing is an error.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::num::{NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize};

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use rust_decimal::Decimal;
use url::Url;
use uuid::Uuid;

use crate::schema::{Base64, Email, Hex, Patch, Secret};

macro_rules! capability {
    ($(
        $(#[$attribute:meta])*
        trait $capability:ident: $($type:ty),* $(,)?;
    )*) => {$(
        $(#[$attribute])*
        pub trait $capability {}
        $(impl $capability for $type {})*
        impl<T: $capability> $capability for Option<T> {}
        impl<T: $capability> $capability for Patch<T> {}
        impl<T: $capability> $capability for Secret<T> {}
        impl<T: $capability> $capability for Box<T> {}
    )*};
}

capability! {
    /// A type that `min_length` and `max_length` speak of.
    #[diagnostic::on_unimplemented(
        message = "`min_length` and `max_length` are rules of texts and bytes; `{Self}` is neither",
        label = "a rule of texts and bytes",
        note = "for lists, sets and maps the rules are `min_items` and `max_items`",
        note = "a newtype with `#[schema]` has its rules on its own field"
    )]
    trait HasLength: String, Cow<'static, str>, &'static str, Base64, Hex, Email, Url;

    /// A type that `pattern`, `ascii_only`, `strip_whitespace`, `to_lower` and `to_upper` speak of.
    #[diagnostic::on_unimplemented(
        message = "`pattern`, `ascii_only`, `strip_whitespace`, `to_lower` and `to_upper` are rules of texts; `{Self}` is none",
        label = "a rule of texts",
        note = "a newtype with `#[schema]` has its rules on its own field"
    )]
    trait IsText: String, Cow<'static, str>, &'static str;

    /// A type that `gt`, `ge`, `lt`, `le` and `multiple_of` speak of.
    #[diagnostic::on_unimplemented(
        message = "`gt`, `ge`, `lt`, `le` and `multiple_of` are rules of numbers; `{Self}` is none",
        label = "a rule of numbers",
        note = "for the length of a text the rules are `min_length` and `max_length`",
        note = "a newtype with `#[schema]` has its rules on its own field"
    )]
    trait IsNumber:
        i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, Decimal,
        NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize;

    /// A type that `max_digits` and `decimal_places` speak of.
    #[diagnostic::on_unimplemented(
        message = "`max_digits` and `decimal_places` are rules of `Decimal`; `{Self}` is not one",
        label = "a rule of decimals",
        note = "money is a `Decimal`: a floating-point number cannot hold 0.1"
    )]
    trait IsDecimal: Decimal;

    /// A type that `allow_inf_nan` speaks of.
    #[diagnostic::on_unimplemented(
        message = "`allow_inf_nan` is a rule of `f32` and `f64`; `{Self}` is neither",
        label = "a rule of floating-point numbers"
    )]
    trait IsFloat: f32, f64;

    /// A type that `past` and `future` speak of.
    #[diagnostic::on_unimplemented(
        message = "`past` and `future` are rules of dates and times; `{Self}` is none",
        label = "a rule of dates and times",
        note = "they are rules of `Timestamp`, `Zoned` and `civil::Date`; a `civil::DateTime` has no offset to compare by"
    )]
    trait IsMoment: Timestamp, Zoned, Date;

    /// A type that `uuid_version` speaks of.
    #[diagnostic::on_unimplemented(
        message = "`uuid_version` is a rule of `Uuid`; `{Self}` is not one",
        label = "a rule of UUIDs"
    )]
    trait IsUuid: Uuid;

    /// A type that `schemes` speaks of.
    #[diagnostic::on_unimplemented(
        message = "`schemes` is a rule of `Url`; `{Self}` is not one",
        label = "a rule of URLs"
    )]
    trait IsUrl: Url;
}

/// A type that `min_items`, `max_items` and `items(…)` speak of.
#[diagnostic::on_unimplemented(
    message = "`min_items`, `max_items` and `items(…)` are rules of lists, sets and maps; `{Self}` is none",
    label = "a rule of collections",
    note = "for the length of a text the rules are `min_length` and `max_length`"
)]
pub trait HasItems {
    /// What an item is; of a map, a value.
    type Item;
}

/// A type that `keys(…)` and `values(…)` speak of.
#[diagnostic::on_unimplemented(
    message = "`keys(…)` and `values(…)` are rules of maps; `{Self}` is none",
    label = "a rule of maps"
)]
pub trait HasKeys {
    /// What a key is.
    type Key;
    /// What a value is.
    type Value;
}

// What `#[schema]` calls for each rule of a field: it compiles only if the type has the capability.
#[doc(hidden)]
pub const fn requires_length<T: HasLength + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_text<T: IsText + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_number<T: IsNumber + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_decimal<T: IsDecimal + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_float<T: IsFloat + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_moment<T: IsMoment + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_uuid<T: IsUuid + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_url<T: IsUrl + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_items<T: HasItems + ?Sized>() {}
#[doc(hidden)]
pub const fn requires_keys<T: HasKeys + ?Sized>() {}

/// A constant that a bound can be without losing a fraction.
#[diagnostic::on_unimplemented(
    message = "a constant in a rule is an integer; `{Self}` is none",
    label = "not an integer",
    note = "write a fraction as a literal, which is kept exactly: `gt = 0.5`"
)]
pub trait IsWhole {}

macro_rules! whole {
    ($($integer:ty)*) => {$(impl IsWhole for $integer {})*};
}

whole!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 usize);

#[doc(hidden)]
pub const fn requires_whole<T: IsWhole + Copy>(_: T) {}

macro_rules! has_items {
    ($($collection:ident<$($parameter:ident),+> of $item:ident;)*) => {$(
        impl<$($parameter),+> HasItems for $collection<$($parameter),+> {
            type Item = $item;
        }
    )*};
}

has_items! {
    Vec<T> of T;
    VecDeque<T> of T;
    BTreeSet<T> of T;
    HashSet<T, S> of T;
    BTreeMap<K, V> of V;
    HashMap<K, V, S> of V;
}

impl<K, V> HasKeys for BTreeMap<K, V> {
    type Key = K;
    type Value = V;
}

impl<K, V, S> HasKeys for HashMap<K, V, S> {
    type Key = K;
    type Value = V;
}

macro_rules! see_through {
    ($($wrapper:ident)*) => {$(
        impl<T: HasItems> HasItems for $wrapper<T> {
            type Item = T::Item;
        }

        impl<T: HasKeys> HasKeys for $wrapper<T> {
            type Key = T::Key;
            type Value = T::Value;
        }
    )*};
}

see_through!(Option Patch Secret Box);

/// A list whose items can be told apart, for `unique`.
#[diagnostic::on_unimplemented(
    message = "`unique` is a rule of lists of items with `Eq` and `Hash`; `{Self}` is none",
    label = "a rule of lists"
)]
pub trait Unique {
    /// The index of the first item that stands before already.
    fn first_repeated(&self) -> Option<usize>;
}

impl<T: Eq + std::hash::Hash> Unique for Vec<T> {
    fn first_repeated(&self) -> Option<usize> {
        /// Up to this many items are compared with each other: no allocation, and still quick.
        const FEW: usize = 16;
        if self.len() <= FEW {
            return (1..self.len()).find(|&index| self[..index].contains(&self[index]));
        }
        let mut seen = HashSet::with_capacity(self.len());
        self.iter().position(|item| !seen.insert(item))
    }
}

macro_rules! unique_through {
    ($($wrapper:ident by $borrow:ident;)*) => {$(
        impl<T: Unique> Unique for $wrapper<T> {
            fn first_repeated(&self) -> Option<usize> {
                self.$borrow().and_then(T::first_repeated)
            }
        }
    )*};
}

unique_through! {
    Option by as_ref;
    Patch by as_option;
}

/// The rule `unique` as a validator.
///
/// # Errors
///
/// When an item stands twice.
pub fn judge_unique(list: &impl Unique) -> Result<(), crate::issue::Invalid> {
    match list.first_repeated() {
        None => Ok(()),
        Some(index) => Err(super::Violation::NotUnique(index).to_invalid("List")),
    }
}
