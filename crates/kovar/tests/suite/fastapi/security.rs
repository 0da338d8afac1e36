//! Rows 68 to 71: who may ask.

use kovar::http::security::{ApiKey, AuthenticationError, Basic, Bearer, Flow, Permission, Scheme, SchemeDeclaration};
use kovar::prelude::*;
use serde_json::json;

use super::{app, client_of, document, documented};

macro_rules! scheme {
    ($name:ident, $credential:ident, $declaration:expr, $read:expr) => {
        struct $name;

        impl Scheme for $name {
            type Credential = $credential;
            type Principal = Vec<String>;
            type Needs = ();

            fn declare() -> SchemeDeclaration {
                $declaration
            }

            async fn authenticate(credential: $credential, _: ()) -> Result<Vec<String>, AuthenticationError> {
                let shown: fn(&$credential) -> &str = $read;
                match shown(&credential) {
                    "none" => Err(AuthenticationError::refused()),
                    scopes => Ok(scopes.split('+').map(str::to_owned).collect()),
                }
            }
        }
    };
}

scheme!(Token, Bearer, SchemeDeclaration::bearer("token"), Bearer::token);
scheme!(Login, Basic, SchemeDeclaration::basic("login"), Basic::password);
scheme!(InHeader, ApiKey, SchemeDeclaration::api_key_header("in_header", "x-key"), ApiKey::key);
scheme!(InQuery, ApiKey, SchemeDeclaration::api_key_query("in_query", "key"), ApiKey::key);
scheme!(InCookie, ApiKey, SchemeDeclaration::api_key_cookie("in_cookie", "key"), ApiKey::key);
scheme!(
    OAuth,
    Bearer,
    SchemeDeclaration::oauth2(
        "oauth",
        vec![Flow::password("/token").scope("items", "Read items").scope("me", "Read me")]
    ),
    Bearer::token
);
scheme!(
    Oidc,
    Bearer,
    SchemeDeclaration::openid_connect("oidc", "https://id.example/.well-known/openid-configuration"),
    Bearer::token
);

macro_rules! guarded {
    ($($name:ident $path:literal $scheme:ident;)*) => {$(
        #[get($path)]
        async fn $name(_: Authenticated<$scheme>) -> Json<bool> {
            Json(true)
        }
    )*};
}

guarded! {
    by_token "/token" Token;
    by_login "/login" Login;
    by_header "/header" InHeader;
    by_query "/query" InQuery;
    by_cookie "/cookie" InCookie;
    by_oauth "/oauth" OAuth;
    by_oidc "/oidc" Oidc;
}

#[get("/maybe")]
async fn maybe(caller: Option<Authenticated<Token>>) -> Json<bool> {
    Json(caller.is_some())
}

#[tokio::test]
async fn each_scheme_is_declared_and_asked_for() {
    let all = || operations![by_token, by_login, by_header, by_query, by_cookie, by_oauth, by_oidc];
    let client = client_of(all()).await;
    for (path, challenge) in [
        ("/token", "Bearer realm=\"token\""),
        ("/login", "Basic realm=\"login\", charset=\"UTF-8\""),
        ("/header", "ApiKey realm=\"in_header\", in=\"header\", name=\"x-key\""),
        ("/query", "ApiKey realm=\"in_query\", in=\"query\", name=\"key\""),
        ("/cookie", "ApiKey realm=\"in_cookie\", in=\"cookie\", name=\"key\""),
        ("/oauth", "Bearer realm=\"oauth\""),
        ("/oidc", "Bearer realm=\"oidc\""),
    ] {
        assert_eq!(client.get(path).send().await.assert_status(401).header("www-authenticate"), Some(challenge));
    }
    client.get("/token").bearer("x").send().await.assert_status(200);
    client.get("/header").header("x-key", "x").send().await.assert_status(200);
    client.get("/query?key=x").send().await.assert_status(200);
    client.get("/cookie").cookie("key", "x").send().await.assert_status(200);
    client.get("/login").header("authorization", "Basic YTpi").send().await.assert_status(200);
    client.get("/token").bearer("none").send().await.assert_status(401);
    let schemes = &document(&app(all()))["components"]["securitySchemes"];
    assert_eq!((&schemes["token"]["scheme"], &schemes["login"]["scheme"]), (&"bearer".into(), &"basic".into()));
    assert_eq!((&schemes["in_cookie"]["in"], &schemes["oidc"]["type"]), (&"cookie".into(), &"openIdConnect".into()));
    assert_eq!(schemes["oauth"]["flows"]["password"]["scopes"]["items"], "Read items");
}

#[tokio::test]
async fn a_scheme_can_be_optional() {
    let client = client_of(operations![maybe]).await;
    assert!(!client.get("/maybe").send().await.json::<bool>());
    assert!(client.get("/maybe").bearer("x").send().await.json::<bool>());
    client.get("/maybe").bearer("none").send().await.assert_status(401);
    assert_eq!(documented(operations![maybe], "get", "/maybe")["security"], json!([{"token": []}, {}]));
}

struct ReadsItems;

impl Permission for ReadsItems {
    type Scheme = OAuth;
    const SCOPES: &'static [&'static str] = &["items", "me"];

    fn permits(scopes: &Vec<String>) -> bool {
        Self::SCOPES.iter().all(|wanted| scopes.iter().any(|scope| scope == wanted))
    }
}

#[get("/items")]
async fn items(scopes: Has<ReadsItems>) -> Json<usize> {
    Json(scopes.len())
}

#[tokio::test]
async fn scopes_are_enforced_and_documented() {
    let client = client_of(operations![items]).await;
    assert_eq!(client.get("/items").bearer("items+me").send().await.json::<usize>(), 2);
    let refused = client.get("/items").bearer("items").send().await;
    let challenge = refused.assert_status(403).header("www-authenticate").unwrap_or_default();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("items me"), "{challenge}");
    assert_eq!(documented(operations![items], "get", "/items")["security"], json!([{"oauth": ["items", "me"]}]));
}

#[tokio::test]
async fn the_password_form_is_a_schema() {
    #[schema(input)]
    struct PasswordGrant {
        #[field(pattern = "^password$")]
        grant_type: String,
        username: String,
        password: Secret<String>,
        #[serde(default)]
        scope: String,
    }
    #[post("/token")]
    async fn token(Form(grant): Form<PasswordGrant>) -> Json<String> {
        let PasswordGrant { grant_type, username, password, scope } = grant;
        Json(format!("{grant_type} {username} {} {:?}", password.expose().len(), scope.split(' ').collect::<Vec<_>>()))
    }
    let client = client_of(operations![token]).await;
    let form = [("grant_type", "password"), ("username", "ada"), ("password", "hunter2"), ("scope", "items me")];
    assert_eq!(client.post("/token").form(&form).send().await.json::<String>(), r#"password ada 7 ["items", "me"]"#);
}

#[tokio::test]
async fn who_may_not_ask_learns_nothing_about_the_request() {
    #[post("/secret")]
    async fn secret(_: Authenticated<Token>, Json(number): Json<u32>) -> Json<u32> {
        Json(number)
    }
    let client = client_of(operations![secret]).await;
    client.post("/secret").body("not json", "image/png").send().await.assert_status(401);
}
