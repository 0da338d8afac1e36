//! The attack list: each is a token that some library once accepted.

use aws_lc_rs::hmac;

use super::*;

#[tokio::test]
async fn a_good_token_is_accepted() {
    let (verifier, key) = hs256();
    let verified = verifier.verify(&token_with_header(&key, &json!({"alg": "HS256"}))).await.unwrap();
    assert_eq!(verified.claims.sub, "ada");
    assert_eq!(verified.subject(), Some("ada"));
    assert_eq!(verified.algorithm(), Algorithm::Hs256);
    assert!(verified.expires_at().unwrap() > SystemTime::now());
    assert!(verified.scopes().is_empty() && verified.key_id().is_none());
}

#[tokio::test]
async fn none_is_no_algorithm() {
    let (verifier, key) = hs256();
    let alg_values =
        [json!("none"), json!("None"), json!("NONE"), json!("nOnE"), json!(""), json!("hs256"), json!("HS256 ")];
    for alg in alg_values {
        let signed = token_with_header(&key, &json!({"alg": alg}));
        assert!(refused(&verifier, &signed).await.is_wrong_algorithm(), "{alg}");
        let unsigned = format!("{}.", signed.rsplit_once('.').unwrap().0);
        assert!(refused(&verifier, &unsigned).await.is_wrong_algorithm(), "{alg}");
    }
    for header in [json!({}), json!({"alg": null}), json!({"alg": 1}), json!({"alg": ["HS256"]})] {
        refused(&verifier, &token_with_header(&key, &header)).await;
    }
}

#[tokio::test]
async fn a_public_key_is_no_hmac_secret() {
    let pem = fixture!("rsa.public.pem");
    let verifier = verifier(VerifyingKey::from_pem(Algorithm::Rs256, pem.as_bytes()).unwrap());
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(der).unwrap();
    for secret in [pem.as_bytes(), pem.trim().as_bytes(), &der] {
        for (alg, digest) in [("HS256", hmac::HMAC_SHA256), ("RS256", hmac::HMAC_SHA256), ("HS512", hmac::HMAC_SHA512)]
        {
            let signed = format!(
                "{}.{}",
                encode(json!({"alg": alg}).to_string().as_bytes()),
                encode(good_claims().to_string().as_bytes())
            );
            let tag = hmac::sign(&hmac::Key::new(digest, secret), signed.as_bytes());
            let error = refused(&verifier, &format!("{signed}.{}", encode(tag.as_ref()))).await;
            assert!(error.is_wrong_algorithm() || error.is_bad_signature(), "{alg}: {error}");
        }
    }
}

#[tokio::test]
async fn one_rsa_key_does_not_serve_another_padding() {
    let key = SigningKey::from_pem(Algorithm::Ps256, fixture!("rsa.private.pem").as_bytes()).unwrap();
    let verifier = verifier(VerifyingKey::from_pem(Algorithm::Rs256, fixture!("rsa.public.pem").as_bytes()).unwrap());
    assert!(refused(&verifier, &token_with_header(&key, &json!({"alg": "PS256"}))).await.is_wrong_algorithm());
    assert!(refused(&verifier, &token_with_header(&key, &json!({"alg": "RS256"}))).await.is_bad_signature());
}

#[tokio::test]
async fn kid_is_only_compared() {
    let key = SigningKey::from_secret(Algorithm::Hs256, SECRET).unwrap().with_id("a");
    let verifier = verifier(key.verifying_key().unwrap());
    for kid in ["../../../../dev/null", "' UNION SELECT 'x' --", "a\u{0}", "A", "", "http://evil.test/keys", "a a"] {
        let token = token_with_header(&key, &json!({"alg": "HS256", "kid": kid}));
        assert!(refused(&verifier, &token).await.is_unknown_key(), "{kid:?}");
    }
    let long = token_with_header(&key, &json!({"alg": "HS256", "kid": "a".repeat(257)}));
    assert!(refused(&verifier, &long).await.is_malformed());
    for kid in [json!(1), json!(["a"]), json!({"a": 1})] {
        let token = token_with_header(&key, &json!({"alg": "HS256", "kid": kid}));
        assert!(refused(&verifier, &token).await.is_malformed());
    }
}

#[tokio::test]
async fn a_token_does_not_bring_its_key() {
    let (own, _) = ed25519("a");
    let (attacker, published) = ed25519("a");
    let verifier = verifier(own.verifying_key().unwrap());
    let evil = "https://evil.test/keys.json";
    for (name, value) in [("jwk", published), ("jku", json!(evil)), ("x5u", json!(evil)), ("x5c", json!(["AAAA"]))] {
        let mut header = json!({"alg": "EdDSA", "kid": "a"});
        header[name] = value;
        assert!(refused(&verifier, &token_with_header(&attacker, &header)).await.is_bad_signature(), "{name}");
        assert!(verifier.verify(&token_with_header(&own, &header)).await.is_ok(), "{name} is ignored");
    }
}

#[tokio::test]
async fn critical_extensions_are_refused() {
    let (verifier, key) = hs256();
    for crit in [json!(["b64"]), json!(["exp"]), json!([]), json!(null), json!("exp")] {
        let token = token_with_header(&key, &json!({"alg": "HS256", "crit": crit, "b64": false}));
        assert_eq!(refused(&verifier, &token).await.code(), "jwt.critical_header");
    }
}

#[tokio::test]
async fn a_cut_signature_is_refused() {
    for algorithm in [Algorithm::Hs256, Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let key = SigningKey::generate(algorithm).unwrap();
        let verifier = verifier(key.verifying_key().unwrap());
        let good = token_with_claims(&key, algorithm, &good_claims());
        verifier.verify(&good).await.unwrap();
        let (signed, signature) = good.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        for length in 0..signature.len() {
            let token = format!("{signed}.{}", encode(&signature[..length]));
            assert!(refused(&verifier, &token).await.is_bad_signature(), "{algorithm} {length}");
        }
        let long = [signature.as_slice(), &[0]].concat();
        assert!(refused(&verifier, &format!("{signed}.{}", encode(&long))).await.is_bad_signature());
        let zero = vec![0; signature.len()];
        assert!(refused(&verifier, &format!("{signed}.{}", encode(&zero))).await.is_bad_signature(), "CVE-2022-21449");
    }
}

/// The property: no bit of a token can be flipped, neither in its text nor in what the text stands for.
#[tokio::test]
async fn no_bit_can_be_flipped() {
    for algorithm in [Algorithm::Hs256, Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
        let key = SigningKey::generate(algorithm).unwrap();
        let verifier = verifier(key.verifying_key().unwrap());
        let good = token_with_claims(&key, algorithm, &good_claims());
        let parts: Vec<Vec<u8>> = good.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        for part in 0..parts.len() {
            for bit in 0..parts[part].len() * 8 {
                let mut bent = parts.clone();
                bent[part][bit / 8] ^= 1 << (bit % 8);
                let token = bent.iter().map(|part| encode(part)).collect::<Vec<_>>().join(".");
                refused(&verifier, &token).await;
            }
        }
        for bit in 0..good.len() * 8 {
            let mut bent = good.clone().into_bytes();
            bent[bit / 8] ^= 1 << (bit % 8);
            if let Ok(token) = String::from_utf8(bent) {
                refused(&verifier, &token).await;
            }
        }
    }
}

#[tokio::test]
async fn what_a_client_reads_holds_nothing_of_the_token() {
    let (verifier, key) = hs256();
    let mark = "MARK\"\r\nSet-Cookie: x";
    let tokens = [
        token_with_header(&key, &json!({"alg": mark})),
        token_with_header(&key, &json!({"alg": "HS256", "crit": mark})),
        token_with_header(&key, &json!({"alg": "HS256", "kid": [mark]})),
        token_with_claims(&key, Algorithm::Hs256, &claims_with("iss", json!(mark))),
        token_with_claims(&key, Algorithm::Hs256, &claims_with("aud", json!([mark]))),
        token_with_claims(&key, Algorithm::Hs256, &claims_with("exp", json!(mark))),
        token_with_claims(&key, Algorithm::Hs256, &claims_with("sub", json!([mark]))),
        format!("{mark}.{mark}.{mark}"),
    ];
    for token in tokens {
        let error = refused(&verifier, &token).await;
        let challenge = error.challenge().unwrap();
        assert!(!challenge.contains("MARK") && !error.to_string().contains("MARK"), "{error}");
        assert!(challenge.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{challenge}");
        let expected = format!(r#"Bearer error="invalid_token", error_description="{}""#, error.client_message());
        assert_eq!(challenge, expected);
    }
}
