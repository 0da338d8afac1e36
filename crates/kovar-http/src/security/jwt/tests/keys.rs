//! Reading keys: what is accepted, what is refused at start, and agreement with others' signatures.

use super::*;

fn public_pem(name: &str) -> &'static str {
    match name {
        "rsa" => fixture!("rsa.public.pem"),
        "es256" => fixture!("es256.public.pem"),
        "es384" => fixture!("es384.public.pem"),
        "es512" => fixture!("es512.public.pem"),
        _ => fixture!("eddsa.public.pem"),
    }
}

const ALL: [Algorithm; 13] = [
    Algorithm::Hs256,
    Algorithm::Hs384,
    Algorithm::Hs512,
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::EdDsa,
];

/// Each token of OpenSSL is accepted by its own key and algorithm, and by no other.
#[tokio::test]
async fn tokens_of_openssl() {
    let mut accepted = 0;
    for line in fixture!("tokens.txt").lines() {
        let mut words = line.split(' ');
        let (signed_as, name, token) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        for algorithm in ALL {
            let Ok(key) = VerifyingKey::from_pem(algorithm, public_pem(name).as_bytes()) else {
                continue;
            };
            let outcome = verifier(key).verify(token).await;
            assert_eq!(outcome.is_ok(), algorithm.name() == signed_as, "{signed_as} as {algorithm}");
            accepted += usize::from(outcome.is_ok());
        }
    }
    assert_eq!(accepted, 10);
}

#[test]
fn a_pem_must_be_of_the_algorithm() {
    for (name, fitting) in
        [("rsa", "RS PS"), ("es256", "ES256"), ("es384", "ES384"), ("es512", "ES512"), ("eddsa", "EdDSA")]
    {
        for algorithm in ALL {
            let read = VerifyingKey::from_pem(algorithm, public_pem(name).as_bytes());
            let expected = fitting.split(' ').any(|prefix| algorithm.name().starts_with(prefix));
            assert_eq!(read.is_ok(), expected, "{name} as {algorithm}");
        }
    }
    for text in ["", "garbage", fixture!("rsa.private.pem"), fixture!("ca.pem")] {
        assert!(VerifyingKey::from_pem(Algorithm::Rs256, text.as_bytes()).is_err());
    }
    let error = VerifyingKey::from_pem(Algorithm::Rs256, fixture!("rsa1024.public.pem").as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "an RSA key of 1024 bits is outside 2048 to 8192");
}

#[test]
fn a_secret_must_be_long_and_secret() {
    for (algorithm, bytes) in [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)] {
        assert!(VerifyingKey::from_secret(algorithm, &vec![7; bytes]).is_ok());
        assert!(VerifyingKey::from_secret(algorithm, &vec![7; bytes - 1]).is_err());
        assert!(SigningKey::from_secret(algorithm, &vec![7; bytes - 1]).is_err());
    }
    for pem in [fixture!("rsa.public.pem"), fixture!("rsa.private.pem"), "\n -----BEGIN PUBLIC KEY-----\nAAAAAAAAAAAA"]
    {
        assert!(VerifyingKey::from_secret(Algorithm::Hs256, pem.as_bytes()).is_err());
    }
    for algorithm in ALL.into_iter().skip(3) {
        assert!(VerifyingKey::from_secret(algorithm, SECRET).is_err(), "{algorithm}");
    }
    let shown = format!("{:?}", VerifyingKey::from_secret(Algorithm::Hs256, SECRET).unwrap());
    assert_eq!(shown, "VerifyingKey { id: None, algorithm: Hs256, .. }");
}

#[tokio::test]
async fn private_keys_of_openssl() {
    for (algorithm, private, public) in [
        (Algorithm::Rs256, fixture!("rsa.private.pem"), "rsa"),
        (Algorithm::Ps512, fixture!("rsa.pkcs1.pem"), "rsa"),
        (Algorithm::Es256, fixture!("es256.private.pem"), "es256"),
        (Algorithm::Es256, fixture!("es256.sec1.pem"), "es256"),
        (Algorithm::Es384, fixture!("es384.private.pem"), "es384"),
        (Algorithm::Es512, fixture!("es512.private.pem"), "es512"),
        (Algorithm::EdDsa, fixture!("eddsa.private.pem"), "eddsa"),
    ] {
        let key = SigningKey::from_pem(algorithm, private.as_bytes()).unwrap();
        let verifier = verifier(VerifyingKey::from_pem(algorithm, public_pem(public).as_bytes()).unwrap());
        assert!(verifier.verify(&token_of(key)).await.is_ok(), "{algorithm}");
    }
    for algorithm in [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es384, Algorithm::EdDsa] {
        let wrong = SigningKey::from_pem(algorithm, fixture!("es256.private.pem").as_bytes());
        assert!(wrong.is_err(), "{algorithm}");
    }
}

#[tokio::test]
async fn generated_keys_of_every_algorithm() {
    for algorithm in ALL {
        let key = SigningKey::generate(algorithm).unwrap().with_id("a");
        let verifier = verifier(key.verifying_key().unwrap());
        let verified = verifier.verify(&token_of(key)).await.unwrap();
        assert_eq!((verified.algorithm(), verified.key_id()), (algorithm, Some("a")));
    }
}
