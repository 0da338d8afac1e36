// ANCHOR: rules
use kovar::prelude::*;

/// What a client sends to sign up.
#[schema]
pub struct SignUp {
    /// The name to sign in with.
    #[field(min_length = 3, max_length = 20, pattern = "^[a-z0-9_]+$", to_lower)]
    pub name: String,
    /// Where letters go.
    pub email: Email,
    /// At least twelve characters.
    #[field(min_length = 12)]
    pub password: Secret<String>,
    /// A year with four digits.
    #[field(ge = 1900, lt = 2100, example = 1815)]
    pub born: Option<u16>,
    /// What may be written about.
    #[field(unique, max_items = 5, items(min_length = 1, max_length = 30))]
    pub topics: Vec<String>,
}
// ANCHOR_END: rules
