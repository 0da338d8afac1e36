// ANCHOR: optional
use kovar::prelude::*;

#[schema]
#[derive(Debug, PartialEq)]
pub struct Settings {
    /// Must be there.
    pub name: String,
    /// May be absent, may be `null`; both are `None`.
    pub nickname: Option<String>,
    /// May be absent, may not be `null`.
    #[field(not_null)]
    pub city: Option<String>,
    /// Must be there, may be `null`.
    #[field(required)]
    pub manager: Option<String>,
    /// May be absent, and is then this.
    #[field(default = 20)]
    pub page_size: u32,
}
// ANCHOR_END: optional
