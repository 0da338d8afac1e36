// ANCHOR: newtype
use kovar::prelude::*;

/// A stock-keeping unit.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct Sku(#[field(pattern = "^[A-Z]{3}-[0-9]{4}$", example = "LMP-0042")] pub String);

/// How many of it are wanted.
#[schema]
pub struct OrderLine {
    pub sku: Sku,
    #[field(ge = 1, default = 1)]
    pub quantity: u32,
}
// ANCHOR_END: newtype
