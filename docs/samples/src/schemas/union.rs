// ANCHOR: union
use kovar::prelude::*;

/// How somebody pays.
#[schema]
#[derive(Debug, PartialEq)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Payment {
    /// By card.
    Card {
        #[field(pattern = "^[0-9]{12,19}$")]
        number: String,
    },
    /// From an account.
    Transfer {
        #[field(min_length = 15, max_length = 34)]
        iban: String,
    },
    /// At the door.
    Cash,
}
// ANCHOR_END: union
