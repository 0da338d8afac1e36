// ANCHOR: json_web_token
use kovar::http::security::jwt::{Verified, Verifier};
use kovar::http::security::{AuthenticationError, Bearer, Permission, Scheme, SchemeDeclaration};
use kovar::prelude::*;

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Claims {
    pub sub: String,
}

pub struct AccessToken;

impl Scheme for AccessToken {
    type Credential = Bearer;
    type Principal = Verified<Claims>;
    type Needs = Dep<Verifier<Claims>>;

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::jwt("access_token")
    }

    async fn authenticate(token: Bearer, verifier: Self::Needs) -> Result<Verified<Claims>, AuthenticationError> {
        verifier.verify(token.token()).await.map_err(|error| match error.is_unavailable() {
            true => AuthenticationError::unavailable(error),
            false => AuthenticationError::refused(),
        })
    }
}

pub struct ReadsOrders;

impl Permission for ReadsOrders {
    type Scheme = AccessToken;
    const SCOPES: &'static [&'static str] = &["orders:read"];

    fn permits(token: &Verified<Claims>) -> bool {
        token.scopes().contains_all(Self::SCOPES.iter().copied())
    }
}
// ANCHOR_END: json_web_token
