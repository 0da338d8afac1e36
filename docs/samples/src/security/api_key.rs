// ANCHOR: api_key
use kovar::http::security::{ApiKey, AuthenticationError, Scheme, SchemeDeclaration, is_same_secret};
use kovar::prelude::*;

/// The key that clients must know.
pub struct ServerKey(pub Secret<String>);

/// A key of ours, in a header field.
pub struct Key;

impl Scheme for Key {
    type Credential = ApiKey;
    type Principal = ();
    type Needs = Dep<ServerKey>;

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::api_key_header("key", "x-api-key").description("Ask the office for one.")
    }

    async fn authenticate(key: ApiKey, wanted: Dep<ServerKey>) -> Result<(), AuthenticationError> {
        let is_known = is_same_secret(key.key().as_bytes(), wanted.0.expose().as_bytes());
        if is_known { Ok(()) } else { Err(AuthenticationError::refused()) }
    }
}

#[get("/reports")]
async fn reports(_: Authenticated<Key>) -> Json<Vec<String>> {
    Json(vec!["2026-10".to_owned()])
}

pub fn app(key: &str) -> App {
    let key = ServerKey(Secret::new(key.to_owned()));
    App::new("Reports", "1.0.0").provide(key).mount(operations![reports])
}
// ANCHOR_END: api_key
