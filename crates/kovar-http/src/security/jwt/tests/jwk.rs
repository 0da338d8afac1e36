//! JSON Web Keys: those of the standards, those of providers, and those that contradict themselves.

use super::*;

/// RFC 7515 appendices A.1 and A.3: good signatures of tokens that expired in 2011.
#[tokio::test]
async fn tokens_of_rfc_7515() {
    let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    for (jwk, header, signature) in [
        (
            json!({"kty": "oct", "alg": "HS256",
                "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}),
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ),
        (
            json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
            "eyJhbGciOiJFUzI1NiJ9",
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
    ] {
        let key = VerifyingKey::from_jwk(&jwk.to_string()).unwrap();
        let verifier = Verifier::<Value>::builder().keys(key).issuer("joe").any_audience().build().unwrap();
        let error = verifier.verify(&format!("{header}.{claims}.{signature}")).await.unwrap_err();
        assert!(error.is_expired(), "{error}");
    }
}

/// RFC 8037 appendix A.4: a good signature over text that is no claims.
#[tokio::test]
async fn token_of_rfc_8037() {
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
        hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let error = verifier(VerifyingKey::from_jwk(&jwk.to_string()).unwrap()).verify(token).await.unwrap_err();
    assert_eq!(error.to_string(), "the token is malformed: the claims are no object");
}

#[tokio::test]
async fn ed25519_is_another_name_of_eddsa() {
    let (key, jwk) = ed25519("a");
    let verifier = verifier(Keys::from_jwk_set(&json!({"keys": [jwk]}).to_string()).unwrap());
    assert!(verifier.verify(&token_with_header(&key, &json!({"alg": "Ed25519"}))).await.is_ok());
}

#[test]
fn jwks_that_contradict_themselves_are_refused() {
    let rsa: Value = serde_json::from_str(fixture!("rsa.jwk.json")).unwrap();
    let (_, ed) = ed25519("a");
    let ec = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let check = |base: &Value, name: &str, value: Value, expected: bool| {
        let mut jwk = base.clone();
        jwk[name] = value;
        assert_eq!(VerifyingKey::from_jwk(&jwk.to_string()).is_ok(), expected, "{jwk}");
    };
    check(&rsa, "alg", json!("RS256"), true);
    check(&rsa, "alg", json!("PS512"), true);
    check(&rsa, "key_ops", json!(["verify"]), true);
    check(&rsa, "n", json!(format!("AA{}", rsa["n"].as_str().unwrap())), false);
    for (name, value) in [
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", json!("RSA-OAEP")),
        ("alg", json!("none")),
        ("use", json!("enc")),
        ("key_ops", json!(["sign"])),
        ("kty", json!("oct")),
        ("n", json!("")),
        ("n", json!("not base64!")),
        ("e", json!("")),
        ("e", json!("AQ")),
        ("e", json!("AA")),
        ("e", json!("Ag")),
        ("n", json!(null)),
    ] {
        check(&rsa, name, value, false);
    }
    let outside_the_curve = encode(&[1; 32]);
    for (name, value) in [
        ("crv", json!("P-384")),
        ("alg", json!("ES384")),
        ("y", json!("AA")),
        ("y", json!(outside_the_curve)),
        ("crv", json!("secp256k1")),
    ] {
        check(&ec, name, value, false);
    }
    check(&ec, "alg", json!("ES256"), true);
    for (name, value) in
        [("crv", json!("Ed448")), ("crv", json!("X25519")), ("alg", json!("ES256")), ("x", json!("AA"))]
    {
        check(&ed, name, value, false);
    }
    check(&json!({"kty": "oct", "k": encode(SECRET)}), "alg", json!("HS256"), true);
    check(&json!({"kty": "oct", "k": encode(SECRET)}), "use", json!("sig"), false);
    check(&json!({"kty": "oct", "k": "c2hvcnQ"}), "alg", json!("HS256"), false);
}

/// Azure and others leave `alg` out, some put a zero byte before the modulus.
#[tokio::test]
async fn rsa_jwks_as_providers_write_them() {
    let rsa: Value = serde_json::from_str(fixture!("rsa.jwk.json")).unwrap();
    let mut padded = rsa.clone();
    let modulus = URL_SAFE_NO_PAD.decode(rsa["n"].as_str().unwrap()).unwrap();
    padded["n"] = json!(encode(&[&[0], modulus.as_slice()].concat()));
    let token = fixture!("tokens.txt").lines().next().unwrap().split(' ').nth(2).unwrap();
    for jwk in [rsa, padded] {
        let key = VerifyingKey::from_jwk(&jwk.to_string()).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Rs256);
        verifier(key).verify(token).await.unwrap();
    }
}

#[tokio::test]
async fn a_set_keeps_what_can_be_used() {
    let (good, published) = ed25519("good");
    let weak: Value = serde_json::from_str(fixture!("rsa1024.jwk.json")).unwrap();
    let mut encryption = ed25519("encryption").1;
    encryption["use"] = json!("enc");
    let useless = [
        json!({"kty": "oct", "alg": "HS256", "k": encode(SECRET)}),
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}),
        json!({"kty": 1}),
        json!("key"),
        json!(null),
        weak,
        encryption,
    ];
    assert!(Keys::from_jwk_set(&json!({"keys": useless}).to_string()).is_err());
    let keys: Vec<Value> = useless.into_iter().chain([published]).collect();
    let verifier = verifier(Keys::from_jwk_set(&json!({"keys": keys}).to_string()).unwrap());
    verifier.verify(&token_of(good)).await.unwrap();
    let forged = SigningKey::from_secret(Algorithm::Hs256, SECRET).unwrap();
    assert!(verifier.verify(&token_of(forged)).await.is_err());
    for text in ["", "null", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#] {
        assert!(Keys::from_jwk_set(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn without_a_kid_few_keys_are_tried() {
    let mut pairs: Vec<_> = (0..9).map(|index| ed25519(&index.to_string())).collect();
    let set = |count: usize, pairs: &[(SigningKey, Value)]| {
        let keys: Vec<_> = pairs.iter().take(count).map(|(_, jwk)| jwk.clone()).collect();
        verifier(Keys::from_jwk_set(&json!({"keys": keys}).to_string()).unwrap())
    };
    let (few, many) = (set(8, &pairs), set(9, &pairs));
    let header = json!({"alg": "EdDSA"});
    let token = token_with_header(&pairs[7].0, &header);
    assert!(few.verify(&token).await.is_ok());
    assert!(many.verify(&token).await.unwrap_err().is_unknown_key());
    assert!(many.verify(&token_of(pairs.swap_remove(7).0)).await.is_ok());
}
