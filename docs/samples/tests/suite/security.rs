use guide_samples::security::json_web_token::{Claims, ReadsOrders};
use guide_samples::security::{api_key, caller, layers, permission};
use kovar::http::security::Scheme as _;
use kovar::http::security::jwt::{Algorithm, Signer, SigningKey, Verifier, VerifyingKey};
use kovar::prelude::*;

use super::client::{app, send};

#[tokio::test]
async fn a_key_opens() {
    let ask = async |fields: &[(&str, &str)]| send(api_key::app("s3cret"), "GET", "/reports", fields, "").await;
    assert_eq!(ask(&[("x-api-key", "s3cret")]).await.status, 200);
    let refused = ask(&[]).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), r#"ApiKey realm="key", in="header", name="x-api-key""#);
    assert_eq!(ask(&[("x-api-key", "guess")]).await.status, 401);
}

#[tokio::test]
async fn a_permission_tells_401_from_403() {
    let release = async |fields: &[(&str, &str)]| {
        send(app(operations![permission::release]), "DELETE", "/animals/7", fields, "").await
    };
    // ada:opensesame, bob:opensesame
    let (ada, bob) = ("Basic YWRhOm9wZW5zZXNhbWU=", "Basic Ym9iOm9wZW5zZXNhbWU=");
    assert_eq!(release(&[("authorization", ada)]).await.text, "\"7 was released by ada\"");
    assert_eq!(release(&[("authorization", bob)]).await.status, 403);
    assert_eq!(release(&[]).await.status, 401);
}

#[tokio::test]
async fn a_caller_has_a_name_whatever_its_session() {
    let ask = async |cookie| send(app(operations![caller::me]), "GET", "/me", &[("cookie", cookie)], "").await;
    assert_eq!(ask("__Host-session=31d4d96e").await.text, "\"Ada\"");
    assert_eq!(ask("__Host-session=guess").await.status, 401);
    let ada = caller::User { id: 7, name: "Ada".to_owned() };
    assert_eq!(caller::Session::name(&ada).as_deref(), Some("7"));
}

#[get("/orders")]
async fn orders(token: Has<ReadsOrders>) -> Json<String> {
    Json(format!("orders of {}", token.claims.sub))
}

#[tokio::test]
async fn a_token_is_verified_and_its_scopes_count() {
    let (issuer, audience, secret) = ("https://id.example", "https://api.example", b"thirty-two bytes of a shared key");
    let signer =
        Signer::new(SigningKey::from_secret(Algorithm::Hs256, secret).expect("the key is long"), issuer, audience);
    let ask = async |token: Option<String>| {
        let key = VerifyingKey::from_secret(Algorithm::Hs256, secret).expect("the key is long enough");
        let verifier = Verifier::<Claims>::builder().keys(key).issuer(issuer).audience(audience).build();
        let app = app(operations![orders]).provide(verifier.expect("the verifier is sound"));
        let field = token.map(|token| format!("Bearer {token}"));
        let fields: Vec<_> = field.iter().map(|field| ("authorization", field.as_str())).collect();
        send(app, "GET", "/orders", &fields, "").await
    };
    #[derive(serde::Serialize)]
    struct Granted {
        sub: &'static str,
        scope: &'static str,
    }
    let token = |scope| signer.sign(&Granted { sub: "ada", scope }).expect("it can be signed");
    assert_eq!(ask(Some(token("orders:read"))).await.text, "\"orders of ada\"");
    assert_eq!(ask(Some(token("orders:write"))).await.status, 403);
    assert_eq!(ask(None).await.status, 401);
}

#[tokio::test]
async fn browsers_are_told_and_checked() {
    let greet = async |fields: &[(&str, &str)]| {
        let fields = [&[("content-type", "application/json"), ("host", "localhost")], fields].concat();
        send(layers::app(), "POST", "/greetings", &fields, "\"Ada\"").await
    };
    let answer = greet(&[("origin", "https://shop.example"), ("sec-fetch-site", "cross-site")]).await;
    assert_eq!((answer.status, answer.header("x-content-type-options")), (200, "nosniff"));
    assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
    assert_eq!(answer.header("strict-transport-security"), "max-age=300; includeSubDomains");
    let forged = greet(&[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]).await;
    assert_eq!((forged.status, forged.header("access-control-allow-origin")), (403, ""));
    let elsewhere = [("content-type", "application/json"), ("host", "evil.example")];
    assert_eq!(send(layers::app(), "POST", "/greetings", &elsewhere, "\"Ada\"").await.status, 421);
}
