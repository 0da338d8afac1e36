//! What is no token at all: garbage, duplicates, wrong shapes, too much of anything.

use super::*;

#[tokio::test]
async fn duplicate_names_are_refused() {
    let (verifier, key) = hs256();
    let claims = good_claims().to_string();
    for header in [
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","\u0061lg":"HS256"}"#,
        r#"{"alg":"HS256","kid":"a","kid":"b"}"#,
        r#"{"alg":"HS256","x":1,"x":1}"#,
    ] {
        let token = token_of_bytes(&key, header.as_bytes(), claims.as_bytes());
        assert!(refused(&verifier, &token).await.is_malformed(), "{header}");
    }
    let end = now() + 600;
    let twice = format!(r#"{{"iss":"{ISSUER}","aud":"api","sub":"ada","exp":1,"exp":{end}}}"#);
    assert!(refused(&verifier, &token_of_bytes(&key, br#"{"alg":"HS256"}"#, twice.as_bytes())).await.is_malformed());
}

#[tokio::test]
async fn only_three_segments_are_a_token() {
    let (verifier, key) = hs256();
    let good = token_with_header(&key, &json!({"alg": "HS256"}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let shapes = [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        signed.to_owned(),
        format!("{good}."),
        format!(".{good}"),
        format!("{signed}..{signature}"),
        format!("{good}.{signature}"),
        format!("{good}.a.b"),
        format!(".{}", good.split_once('.').unwrap().1),
        format!("{}..{signature}", signed.split_once('.').unwrap().0),
    ];
    for token in shapes {
        refused(&verifier, &token).await;
    }
}

#[tokio::test]
async fn garbage_is_refused() {
    let (verifier, key) = hs256();
    let good = token_with_header(&key, &json!({"alg": "HS256"}));
    for token in [
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}="),
        format!("Bearer {good}"),
        good.replace('.', ".\u{0}"),
        good.replacen('e', "é", 1),
        "é.é.é".to_owned(),
        "\u{1f600}".repeat(100),
        good.replacen('.', "=.", 1),
    ] {
        assert!(refused(&verifier, &token).await.is_malformed(), "{token}");
    }
    let claims = good_claims().to_string();
    let many: String = (0..40).map(|index| format!(r#""x{index}":1,"#)).collect();
    let many = format!(r#"{{{many}"alg":"HS256"}}"#);
    let headers: [&[u8]; 8] = [
        b"\xff\xfe",
        b"{\"alg\":\"HS\xff256\"}",
        b"null",
        b"[]",
        b"\"HS256\"",
        b"{\"alg\":\"HS256\"} ,",
        b"\xef\xbb\xbf{\"alg\":\"HS256\"}",
        many.as_bytes(),
    ];
    for header in headers {
        assert!(refused(&verifier, &token_of_bytes(&key, header, claims.as_bytes())).await.is_malformed());
    }
    // `serde` would read a list as a struct, by position.
    let list = json!(["ada", ISSUER, AUDIENCE, now() + 600, null, null, null]).to_string();
    let list = list.as_bytes();
    for payload in [&b"\xff"[..], b"", b"null", b"[]", list, b"\"a\"", b"1"] {
        assert!(refused(&verifier, &token_of_bytes(&key, br#"{"alg":"HS256"}"#, payload)).await.is_malformed());
    }
}

#[tokio::test]
async fn depth_is_bounded_or_skipped() {
    let (_, key) = hs256();
    let verifier = Verifier::<Value>::builder().keys(key.verifying_key().unwrap());
    let verifier = verifier.issuer(ISSUER).audience(AUDIENCE).token_limit_bytes(1 << 20);
    let verifier = verifier.build().unwrap();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let header = format!(r#"{{"alg":"HS256","x":{deep}}}"#);
    let claims = good_claims().to_string();
    let token = token_of_bytes(&key, header.as_bytes(), claims.as_bytes());
    assert!(verifier.verify(&token).await.is_ok(), "what is ignored is not walked by recursion");
    let claims = claims.replacen('{', &format!(r#"{{"x":{deep},"#), 1);
    let token = token_of_bytes(&key, br#"{"alg":"HS256"}"#, claims.as_bytes());
    assert_eq!(verifier.verify(&token).await.unwrap_err().code(), "jwt.claims");
}

#[tokio::test]
async fn size_is_bounded() {
    let (_, key) = hs256();
    let token = token_with_claims(&key, Algorithm::Hs256, &claims_with("pad", json!("x".repeat(7000))));
    let verifier = |limit| builder(key.verifying_key().unwrap()).token_limit_bytes(limit).build().unwrap();
    assert!(verifier(token.len()).verify(&token).await.is_ok());
    assert_eq!(refused(&verifier(token.len() - 1), &token).await.code(), "jwt.too_large");
    let (default, _) = hs256();
    assert_eq!(refused(&default, &"x".repeat(DEFAULT_TOKEN_LIMIT + 1)).await.code(), "jwt.too_large");
    assert_eq!(refused(&default, &".".repeat(10_000_000)).await.code(), "jwt.too_large");
}
