//! The registered claims, the scopes, and what the builder refuses.

use std::time::Duration;

use super::*;

async fn code(verifier: &Verifier<Claims>, key: &SigningKey, claims: &Value) -> &'static str {
    let token = token_with_claims(key, Algorithm::Hs256, claims);
    verifier.verify(&token).await.map_or_else(|error| error.code(), |_| "ok")
}

/// Checks one claim's value; `null` removes the claim.
async fn check(name: &str, value: Value, expected: &str) {
    let (verifier, key) = hs256();
    let claims = claims_with(name, value);
    assert_eq!(code(&verifier, &key, &claims).await, expected, "{name}: {claims}");
}

#[tokio::test]
async fn issuer() {
    check("iss", json!(ISSUER), "ok").await;
    check("iss", Value::Null, "jwt.missing_claim").await;
    for other in ["https://id.test/", "https://id.tes", "https://id.test.evil.test", "HTTPS://ID.TEST", ""] {
        check("iss", json!(other), "jwt.wrong_issuer").await;
    }
    check("iss", json!([ISSUER]), "jwt.malformed").await;
}

#[tokio::test]
async fn audience() {
    check("aud", json!("api"), "ok").await;
    check("aud", json!(["other", "api"]), "ok").await;
    check("aud", Value::Null, "jwt.missing_claim").await;
    for other in
        [json!("other"), json!("ap"), json!("api2"), json!("API"), json!(""), json!([]), json!(["a", "p", "i"])]
    {
        check("aud", other, "jwt.wrong_audience").await;
    }
    for wrong in [json!(1), json!(true), json!({"api": 1}), json!(["api", 1]), json!([["api"]])] {
        check("aud", wrong, "jwt.malformed").await;
    }
}

#[tokio::test]
async fn any_audience_is_said_explicitly() {
    let (_, key) = hs256();
    let verifier = Verifier::<Claims>::builder().keys(key.verifying_key().unwrap()).issuer(ISSUER);
    let verifier = verifier.any_audience().build().unwrap();
    assert_eq!(code(&verifier, &key, &claims_with("aud", Value::Null)).await, "ok");
    assert_eq!(code(&verifier, &key, &claims_with("aud", json!("other"))).await, "ok");
    assert_eq!(code(&verifier, &key, &claims_with("aud", json!(1))).await, "jwt.malformed");
}

#[tokio::test]
async fn expiry() {
    check("exp", Value::Null, "jwt.missing_claim").await;
    check("exp", json!(now() - 50), "ok").await;
    check("exp", json!(now() - 61), "jwt.expired").await;
    check("exp", json!(now() as f64 + 10.5), "ok").await;
    check("exp", json!(0), "jwt.expired").await;
    check("exp", json!(-1), "jwt.expired").await;
    check("exp", json!(-1e300), "jwt.expired").await;
    check("exp", json!(1e300), "ok").await;
    for wrong in [json!("4102444800"), json!(true), json!([4_102_444_800_u64]), json!({})] {
        check("exp", wrong, "jwt.malformed").await;
    }
    let (verifier, key) = hs256();
    for spelling in ["1e999", "NaN", "Infinity", "0x7fffffff", "null"] {
        let claims = format!(r#"{{"iss":"{ISSUER}","aud":"api","sub":"ada","exp":{spelling}}}"#);
        assert!(verifier.verify(&token_of_bytes(&key, br#"{"alg":"HS256"}"#, claims.as_bytes())).await.is_err());
    }
}

#[tokio::test]
async fn not_before() {
    check("nbf", json!(now() - 10), "ok").await;
    check("nbf", json!(now() + 50), "ok").await;
    check("nbf", json!(now() + 70), "jwt.not_yet_valid").await;
    check("nbf", json!(1e300), "jwt.not_yet_valid").await;
    check("nbf", json!("0"), "jwt.malformed").await;
}

#[tokio::test]
async fn clock_skew_is_configured_within_bounds() {
    let (_, key) = hs256();
    let strict = builder(key.verifying_key().unwrap()).clock_skew(Duration::ZERO).build().unwrap();
    assert_eq!(code(&strict, &key, &claims_with("exp", json!(now()))).await, "jwt.expired");
    assert_eq!(code(&strict, &key, &claims_with("nbf", json!(now() + 2))).await, "jwt.not_yet_valid");
    let lax = builder(key.verifying_key().unwrap()).clock_skew(CLOCK_SKEW_LIMIT).build().unwrap();
    assert_eq!(code(&lax, &key, &claims_with("exp", json!(now() - 290))).await, "ok");
    let past = builder(key.verifying_key().unwrap()).clock_skew(CLOCK_SKEW_LIMIT + Duration::from_millis(1));
    assert!(past.build().is_err());
}

#[tokio::test]
async fn expiry_can_be_optional_but_not_ignored() {
    let (_, key) = hs256();
    let verifier = builder(key.verifying_key().unwrap()).allow_missing_expiry().build().unwrap();
    assert_eq!(code(&verifier, &key, &claims_with("exp", Value::Null)).await, "ok");
    assert_eq!(code(&verifier, &key, &claims_with("exp", json!(1))).await, "jwt.expired");
}

#[tokio::test]
async fn token_type() {
    let (_, key) = hs256();
    let verifier = builder(key.verifying_key().unwrap()).token_type("at+jwt").build().unwrap();
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
        let token = token_with_header(&key, &json!({"alg": "HS256", "typ": typ}));
        assert!(verifier.verify(&token).await.is_ok(), "{typ}");
    }
    // RFC 7515 §4.1.9: the prefix is only left out where there is no other slash.
    let slashed = builder(key.verifying_key().unwrap()).token_type("x/y");
    let token = token_with_header(&key, &json!({"alg": "HS256", "typ": "application/x/y"}));
    assert!(refused(&slashed.build().unwrap(), &token).await.is_wrong_type());
    for header in [json!({"typ": "JWT"}), json!({}), json!({"typ": "x/at+jwt"}), json!({"typ": "at+jwt "})] {
        let mut header = header;
        header["alg"] = json!("HS256");
        assert!(verifier.verify(&token_with_header(&key, &header)).await.unwrap_err().is_wrong_type(), "{header}");
    }
}

#[tokio::test]
async fn scopes_are_read_from_scope_and_scp() {
    let (verifier, key) = hs256();
    let mut claims = good_claims();
    claims["scope"] = json!("orders:read  profile");
    claims["scp"] = json!(["orders:write", "a b"]);
    let verified = verifier.verify(&token_with_claims(&key, Algorithm::Hs256, &claims)).await.unwrap();
    let scopes = verified.scopes();
    assert_eq!(scopes.iter().collect::<Vec<_>>(), ["a b", "orders:read", "orders:write", "profile"]);
    assert!(scopes.contains_all(["orders:read", "orders:write"]) && scopes.contains_all([]));
    assert!(!scopes.contains("orders") && !scopes.contains("a") && !scopes.contains(""));
    check("scope", json!(1), "jwt.malformed").await;
    check("scp", json!([1]), "jwt.malformed").await;
    check("scope", json!(""), "ok").await;
}

#[tokio::test]
async fn claims_that_do_not_fit_are_refused() {
    check("sub", Value::Null, "jwt.claims").await;
    let (verifier, key) = hs256();
    let token = token_with_claims(&key, Algorithm::Hs256, &claims_with("sub", Value::Null));
    let error = verifier.verify(&token).await.unwrap_err();
    assert!(error.is_malformed() && error.to_string().contains("missing field `sub`"), "{error}");
}

#[test]
fn half_a_configuration_is_refused() {
    let key = || VerifyingKey::from_secret(Algorithm::Hs256, SECRET).unwrap();
    let start = || Verifier::<Claims>::builder();
    assert!(start().keys(Vec::new()).issuer(ISSUER).audience(AUDIENCE).build().is_err());
    assert!(start().keys(key()).issuer("").audience(AUDIENCE).build().is_err());
    assert!(start().keys(key()).issuer(ISSUER).audience("").build().is_err());
    assert!(start().keys(key()).issuer(ISSUER).audiences(Vec::<String>::new()).build().is_err());
    assert!(start().keys(key()).issuer(ISSUER).audience(AUDIENCE).build().is_ok());
}

#[tokio::test]
async fn a_signer_fills_in_what_is_absent() {
    let (verifier, _) = hs256();
    let key = SigningKey::from_secret(Algorithm::Hs256, SECRET).unwrap();
    let signer = Signer::new(key, ISSUER, AUDIENCE).lifetime(Duration::from_secs(60)).token_type("at+jwt");
    let verified = verifier.verify(&signer.sign(&json!({"sub": "ada"})).unwrap()).await.unwrap();
    let left = verified.expires_at().unwrap().duration_since(SystemTime::now()).unwrap();
    assert!((50..=60).contains(&left.as_secs()), "{left:?}");
    let expired = signer.sign(&json!({"sub": "ada", "exp": 1})).unwrap();
    assert!(verifier.verify(&expired).await.unwrap_err().is_expired());
    assert!(signer.sign(&"ada").is_err());
    assert!(!format!("{signer:?}{verifier:?}").contains("HMAC secret"));
}
