// ANCHOR: caller
use std::borrow::Cow;

use kovar::http::security::{ApiKey, AuthenticationError, Scheme, SchemeDeclaration};
use kovar::prelude::*;

pub struct User {
    pub id: u32,
    pub name: String,
}

pub struct Session;

impl Scheme for Session {
    type Credential = ApiKey;
    type Principal = User;
    type Needs = ();

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::api_key_cookie("session", "__Host-session")
    }

    async fn authenticate(session: ApiKey, _: ()) -> Result<User, AuthenticationError> {
        match session.key() {
            "31d4d96e" => Ok(User { id: 7, name: "Ada".to_owned() }),
            _ => Err(AuthenticationError::refused()),
        }
    }

    /// Whatever session it is.
    fn name(user: &User) -> Option<Cow<'_, str>> {
        Some(user.id.to_string().into())
    }
}

#[get("/me")]
pub async fn me(user: Authenticated<Session>) -> Json<String> {
    Json(user.name.clone())
}
// ANCHOR_END: caller
