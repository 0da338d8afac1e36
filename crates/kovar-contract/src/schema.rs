//! What a Rust type must say of itself to stand in a contract.

mod collection;
mod file;
mod format;
mod patch;
mod scalar;
mod secret;
mod tuple;
mod wrapper;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::file::FileShape;
pub use self::format::{Base64, Email, Hex};
pub use self::patch::Patch;
pub use self::secret::Secret;
use crate::catalog::Catalog;
use crate::rule::Rules;
use crate::shape::Shape;

/// A type with a shape and rules. `#[schema]` writes it for structs and enums.
///
/// The two judging functions are the fast pass: they run on the typed value, allocate nothing, and
/// say only yes or no. What is wrong is found by the diagnosing pass, from the shape.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schema",
    label = "a contract cannot describe this type",
    note = "put `#[schema]` on `{Self}`, or wrap it in a newtype that has `#[schema]`",
    note = "in place of types of other crates: `Timestamp` for a moment, `civil::Date` for a day, `Decimal` for money"
)]
pub trait Schema: Sized + 'static {
    /// The names of the fields, where the type is an object of known fields.
    const FIELD_NAMES: Option<&'static [&'static str]> = None;

    /// Whether a field of this type may be absent without a default, as serde has it for `Option`.
    const ACCEPTS_ABSENCE: bool = false;

    /// Adds the keys that the type reads where it is flattened; `false` if it reads any.
    fn add_keys(keys: &mut Vec<&'static str>) -> bool {
        let _ = keys;
        false
    }

    /// Describes the type. Types with a name define themselves in the catalog and refer to it.
    fn shape(catalog: &mut Catalog) -> Shape;

    /// Whether the value keeps these rules of its place, and those of its own type.
    #[inline(always)]
    fn accepts(&self, rules: &Rules, direction: Direction) -> bool {
        let _ = (rules, direction);
        true
    }

    /// Changes the value as the rules want it before it is judged: `strip_whitespace` and such.
    #[inline(always)]
    fn normalize(&mut self, rules: &Rules) {
        let _ = rules;
    }

    /// Whether [`normalize`](Self::normalize) would leave the value as it is.
    ///
    /// Sets and the keys of maps are asked: what would change in them is put in anew.
    #[inline(always)]
    fn is_normal(&self, rules: &Rules) -> bool {
        let _ = rules;
        true
    }

    /// The name of the type in documents, when it has one: `Page<Product>` is `PageProduct`.
    fn name() -> String {
        short_type_name(std::any::type_name::<Self>())
    }
}

/// Which way a value crosses the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From a client: every rule holds.
    Input,
    /// To a client: the rules hold that the document shows; `past`, `future` and validators, which
    /// judge the moment of entry, do not.
    Output,
}

/// A schema that can be read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a request",
    label = "never read",
    note = "`#[schema(output)]` says that a type is only written: take the word away, or take another type here",
    note = "a type without `#[schema]` cannot be read either"
)]
pub trait Input: Schema + DeserializeOwned {}
#[diagnostic::do_not_recommend]
impl<T: Schema + DeserializeOwned> Input for T {}

/// A schema that can be written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written into an answer",
    label = "never written",
    note = "`#[schema(input)]` says that a type is only read: take the word away, or return another type",
    note = "a type without `#[schema]` cannot be written either"
)]
pub trait Output: Schema + Serialize {}
#[diagnostic::do_not_recommend]
impl<T: Schema + Serialize> Output for T {}

/// The word with its first letter in upper case.
pub(crate) fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next();
    first.into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// `a::Page<b::Product>` as `PageProduct`.
fn short_type_name(path: &str) -> String {
    let words = path.split(|character: char| !(character.is_alphanumeric() || character == '_' || character == ':'));
    let names = words.filter_map(|word| word.rsplit("::").next()).filter(|name| !name.is_empty());
    names.map(capitalized).collect()
}
