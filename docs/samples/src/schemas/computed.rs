// ANCHOR: computed
use kovar::prelude::*;

/// An item in a cart.
#[schema(computed(
    /// What all of them cost.
    total: Decimal = CartItem::total
))]
pub struct CartItem {
    pub price: Decimal,
    #[field(ge = 1)]
    pub quantity: u32,
}

impl CartItem {
    fn total(&self) -> Decimal {
        self.price * Decimal::from(self.quantity)
    }
}
// ANCHOR_END: computed
