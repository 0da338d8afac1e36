// ANCHOR: secret
use kovar::prelude::*;

#[schema(input)]
#[derive(Debug)]
pub struct Credentials {
    pub name: String,
    pub password: Secret<String>,
}

pub fn is_right(credentials: &Credentials) -> bool {
    credentials.name == "ada" && credentials.password.expose() == "a long enough password"
}
// ANCHOR_END: secret
