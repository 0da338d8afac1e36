// ANCHOR: permission
use kovar::http::security::{AuthenticationError, Basic, Permission, Scheme, SchemeDeclaration};
use kovar::prelude::*;

pub struct Login;

impl Scheme for Login {
    type Credential = Basic;
    type Principal = String;
    type Needs = ();

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::basic("login")
    }

    async fn authenticate(basic: Basic, _: ()) -> Result<String, AuthenticationError> {
        let is_known = ["ada", "bob"].contains(&basic.username()) && basic.password() == "opensesame";
        if is_known { Ok(basic.username().to_owned()) } else { Err(AuthenticationError::refused()) }
    }
}

pub struct Keeper;

impl Permission for Keeper {
    type Scheme = Login;
    const SCOPES: &'static [&'static str] = &["keeper"];

    fn permits(name: &String) -> bool {
        name == "ada"
    }
}

#[delete("/animals/{id}")]
pub async fn release(keeper: Has<Keeper>, Path(id): Path<u32>) -> Json<String> {
    Json(format!("{id} was released by {}", *keeper))
}
// ANCHOR_END: permission
