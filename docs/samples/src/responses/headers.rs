// ANCHOR: headers
use std::time::Duration;

use axum::http::HeaderValue;
use kovar::http::respond::{InvalidHeader, RespondExt as _, ResponseHeader, SetCookie, With};
use kovar::prelude::*;

/// A field that the document shows.
pub struct Remaining(u32);

impl ResponseHeader for Remaining {
    const NAME: &'static str = "x-remaining";
    const DESCRIPTION: &'static str = "How many requests are left";

    fn value(&self) -> Result<HeaderValue, InvalidHeader> {
        Ok(self.0.into())
    }
}

#[get("/quota")]
pub async fn quota() -> With<Json<bool>, Remaining> {
    Json(true).with(Remaining(7))
}

#[post("/session")]
pub async fn log_in() -> With<NoContent, SetCookie> {
    NoContent.cookie(SetCookie::new("__Host-session", "31d4d96e").max_age(Duration::from_secs(3600)))
}
// ANCHOR_END: headers
