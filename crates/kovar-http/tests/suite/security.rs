use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kovar_http::app::App;
use kovar_http::dependency::{Dep, Provider};
use kovar_http::extract::{Json, Path};
use kovar_http::group::Group;
use kovar_http::operation::Operation;
use kovar_http::problem::InternalError;
use kovar_http::respond::Text;
use kovar_http::security::{
    ApiKey, Authenticated, AuthenticationError, Basic, Bearer, Has, Permission, Scheme, SchemeDeclaration,
};
use kovar_http::testing::TestClient;
use serde_json::json;

use super::support::{ID, app, client, refused};

/// How often the scheme was asked.
#[derive(Clone, Default)]
struct Asked(Arc<AtomicUsize>);

struct Tokens;

impl Scheme for Tokens {
    type Credential = Bearer;
    type Principal = String;
    type Needs = Dep<Asked>;

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::bearer("tokens")
    }

    async fn authenticate(bearer: Bearer, asked: Dep<Asked>) -> Result<String, AuthenticationError> {
        asked.0.fetch_add(1, Ordering::SeqCst);
        match bearer.token() {
            "broken" => Err(AuthenticationError::unavailable("the table of tokens is locked")),
            "expired" => Err(AuthenticationError::refused_because("the \"token\" has\r\nexpired")),
            "ada" | "bob" => Ok(bearer.token().to_owned()),
            _ => Err(AuthenticationError::refused()),
        }
    }
}

struct Admin;

impl Permission for Admin {
    type Scheme = Tokens;

    const SCOPES: &'static [&'static str] = &["admin"];

    fn permits(caller: &String) -> bool {
        caller == "ada"
    }
}

struct Passwords;

impl Scheme for Passwords {
    type Credential = Basic;
    type Principal = String;
    type Needs = ();

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::basic("passwords")
    }

    async fn authenticate(basic: Basic, (): ()) -> Result<String, AuthenticationError> {
        if basic.password() == "pass:word" {
            Ok(basic.username().to_owned())
        } else {
            Err(AuthenticationError::refused())
        }
    }
}

struct Keys;

impl Scheme for Keys {
    type Credential = ApiKey;
    type Principal = String;
    type Needs = ();

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::api_key_header("keys", "x-key")
    }

    async fn authenticate(key: ApiKey, (): ()) -> Result<String, AuthenticationError> {
        if key.key() == "k" { Ok("machine".to_owned()) } else { Err(AuthenticationError::refused()) }
    }
}

async fn who(caller: Authenticated<Tokens>) -> Text<String> {
    Text(caller.clone())
}

async fn perhaps(caller: Option<Authenticated<Tokens>>) -> Text<String> {
    Text(caller.map_or("nobody".to_owned(), |caller| caller.clone()))
}

async fn perhaps_basic(caller: Option<Authenticated<Passwords>>) -> Text<String> {
    Text(caller.map_or("nobody".to_owned(), |caller| caller.clone()))
}

async fn perhaps_key(caller: Option<Authenticated<Keys>>) -> Text<String> {
    Text(caller.map_or("nobody".to_owned(), |caller| caller.clone()))
}

async fn change(_: Has<Admin>, Path(_): Path<u32>, Json(_): Json<u32>) -> Text<&'static str> {
    Text("changed")
}

async fn thrice(_: Authenticated<Tokens>, _: Has<Admin>, user: Dep<User>) -> Text<String> {
    Text(user.0.clone())
}

struct User(String);

async fn user(caller: Authenticated<Tokens>) -> Result<User, InternalError> {
    Ok(User(caller.clone()))
}

fn operations(asked: &Asked) -> App {
    let changing = [kovar_http::describe::Argument::NONE, ID[0], kovar_http::describe::Argument::NONE];
    let app = app([
        Operation::get("/who", who),
        Operation::get("/perhaps", perhaps),
        Operation::get("/perhaps-basic", perhaps_basic),
        Operation::get("/perhaps-key", perhaps_key),
        Operation::put("/things/{id}", change).arguments(Box::leak(Box::new(changing))),
        Operation::get("/thrice", thrice),
    ]);
    app.provide(asked.clone()).provider(Provider::per_request(user))
}

async fn asking() -> (TestClient, Asked) {
    let asked = Asked::default();
    (client(operations(&asked)).await, asked)
}

#[tokio::test]
async fn who_shows_nothing_is_asked_for_a_credential() {
    let (client, _) = asking().await;
    let response = client.get("/who").send().await;
    assert_eq!(response.problem().kind, "/problems/unauthenticated");
    assert_eq!((response.status(), response.header("www-authenticate")), (401, Some("Bearer realm=\"tokens\"")));
}

#[tokio::test]
async fn what_is_wanted_is_told() {
    let wanted = "`Authorization: Bearer <token>` is wanted";
    let (client, _) = asking().await;
    for (shown, expected) in [
        (None, format!("no credential was sent: {wanted}")),
        (Some("ada"), format!("`Authorization` has another scheme, or none: {wanted}")),
        (Some("Basic YTpi"), format!("`Authorization` has another scheme, or none: {wanted}")),
    ] {
        let request = client.get("/who");
        let request = match shown {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        let response = request.send().await;
        assert_eq!(response.assert_status(401).problem().detail, Some(expected));
    }
}

#[tokio::test]
async fn what_the_caller_lacks_is_told() {
    let (client, _) = asking().await;
    let response = client.put("/things/1").bearer("bob").json(&1).send().await;
    let problem = response.assert_status(403).problem();
    assert_eq!(problem.detail.as_deref(), Some("the operation needs the scope `admin`"));
}

#[tokio::test]
async fn a_credential_that_is_no_good_is_a_401_with_the_reason() {
    let (client, _) = asking().await;
    let response = client.get("/who").bearer("nonsense").send().await;
    assert_eq!(response.status(), 401);
    assert!(response.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
    let expired = client.get("/who").bearer("expired").send().await;
    let challenge = expired.header("www-authenticate").unwrap();
    assert!(challenge.ends_with("error_description=\"the token hasexpired\""), "{challenge}");
}

#[tokio::test]
async fn another_scheme_is_no_credential() {
    let (client, asked) = asking().await;
    for value in ["Basic YTpi", "Token ada", "bearerada", "ada", ""] {
        let response = client.get("/who").header("authorization", value).send().await;
        assert_eq!(response.status(), 401, "{value}");
    }
    assert_eq!(asked.0.load(Ordering::SeqCst), 0);
    client.get("/who").header("authorization", "bEaReR   ada ").send().await.assert_status(200);
}

#[tokio::test]
async fn who_may_not_gets_a_403_that_names_the_scope() {
    let (client, _) = asking().await;
    let response = client.put("/things/1").bearer("bob").json(&json!(1)).send().await;
    assert_eq!(response.problem().kind, "/problems/forbidden");
    let challenge = response.header("www-authenticate").unwrap();
    assert_eq!(challenge, "Bearer realm=\"tokens\", error=\"insufficient_scope\", scope=\"admin\"");
    assert_eq!(client.put("/things/1").bearer("ada").json(&json!(1)).send().await.text(), "changed");
}

#[tokio::test]
async fn who_may_not_learns_nothing_about_the_request() {
    let (client, _) = asking().await;
    let broken = || client.put("/things/x").body("{", "application/json");
    assert_eq!(broken().send().await.status(), 401);
    assert_eq!(broken().bearer("bob").send().await.status(), 403);
    assert_eq!(broken().bearer("ada").send().await.status(), 400);
    let huge = client.put("/things/1").body(vec![b' '; 2 << 20], "application/json");
    assert_eq!(huge.send().await.status(), 401);
}

#[tokio::test]
async fn optional_credentials_must_be_good_where_they_are() {
    let (client, _) = asking().await;
    assert_eq!(client.get("/perhaps").send().await.text(), "nobody");
    assert_eq!(client.get("/perhaps").bearer("bob").send().await.text(), "bob");
    for value in ["Bearer nonsense", "Bearer", "Bearer ", "Bearer \u{e9}"] {
        let response = client.get("/perhaps").header("authorization", value).send().await;
        assert_eq!(response.status(), 401, "{value}");
    }
    let response = client.get("/perhaps").header("authorization", b"Bearer \xFF").send().await;
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn a_malformed_credential_is_not_nobody() {
    let (client, _) = asking().await;
    // `bm8tY29sb24=` is `no-colon`, `/w==` is no UTF-8.
    for value in ["Basic", "Basic !!!", "Basic bm8tY29sb24=", "Basic /w=="] {
        let response = client.get("/perhaps-basic").header("authorization", value).send().await;
        assert_eq!(response.status(), 401, "{value}");
    }
    // `ada:pass:word`: the password may have colons.
    let good = client.get("/perhaps-basic").header("authorization", "Basic YWRhOnBhc3M6d29yZA==");
    assert_eq!(good.send().await.text(), "ada");
    assert_eq!(client.get("/perhaps-key").header("x-key", b"\xFF").send().await.status(), 401);
    assert_eq!(client.get("/perhaps-key").header("x-key", "k").send().await.text(), "machine");
    assert_eq!(client.get("/perhaps-key").send().await.text(), "nobody");
}

#[tokio::test]
async fn what_cannot_be_told_now_is_a_503() {
    let (client, _) = asking().await;
    let response = client.get("/who").bearer("broken").send().await;
    assert_eq!((response.status(), response.header("retry-after")), (503, Some("1")));
    assert!(!response.text().contains("table"));
}

#[tokio::test]
async fn a_scheme_is_asked_once_a_request() {
    let (client, asked) = asking().await;
    assert_eq!(client.get("/thrice").bearer("ada").send().await.text(), "ada");
    assert_eq!(asked.0.load(Ordering::SeqCst), 1);
    client.get("/thrice").bearer("ada").send().await;
    assert_eq!(asked.0.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_group_may_require_a_permission() {
    let group = Group::new("/admin").require::<Has<Admin>>().mount([Operation::get("/who", who)]);
    let app = App::new("Test", "1").provide(Asked::default()).group(group);
    let document = app.openapi().unwrap();
    assert!(document.pointer("/paths/~1admin~1who/get/responses/403").is_some());
    let client = client(app).await;
    assert_eq!(client.get("/admin/who").send().await.status(), 401);
    assert_eq!(client.get("/admin/who").bearer("bob").send().await.status(), 403);
    assert_eq!(client.get("/admin/who").bearer("ada").send().await.text(), "ada");
}

#[tokio::test]
async fn a_scheme_cannot_need_what_a_request_makes() {
    async fn asked() -> Result<Asked, InternalError> {
        Ok(Asked::default())
    }
    let app = app([Operation::get("/who", who)]).provider(Provider::per_request(asked));
    let message = refused(app.build().await);
    assert!(
        message.contains("Asked` is made for a request that is accepted") && message.contains("GET /who"),
        "{message}"
    );
}
