//! Text places: path, query, header, cookie and form, where everything arrives as a string.
//!
//! The pairs become a tree along the shape: numbers and booleans that spell themselves become
//! numbers and booleans, repeated keys become lists, `filter[price]` becomes an object. From there
//! on a query is read and diagnosed as a body is; what did not spell a number is still a string.

mod coerce;
mod gather;

pub use self::coerce::coerce;
pub use self::gather::{Pairs, TextPlace, gather};
