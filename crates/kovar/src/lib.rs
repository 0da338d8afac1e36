//! Kovar.
pub use kovar_contract::*;
pub use kovar_macros::schema;
#[doc(hidden)]
pub mod __private {
    pub use kovar_contract as contract;
    pub use serde;
}
