//! Key sets that are fetched: rotation, herds, and how little a stranger can make happen.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::source::{Fake, seconds};
use super::*;

/// How many of 100 concurrent verifications succeed.
async fn herd(verifier: &Verifier<Claims>, token: &str) -> usize {
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let (verifier, token) = (verifier.clone(), token.to_owned());
        tasks.spawn(async move { verifier.verify(&token).await.is_ok() });
    }
    tasks.join_all().await.into_iter().filter(|accepted| *accepted).count()
}

#[tokio::test(start_paused = true)]
async fn a_herd_at_the_start_fetches_once() {
    let (key, published) = ed25519("a");
    let source = Fake::of(&[&published]);
    assert_eq!(herd(&source.verifier(), &token_of(key)).await, 100);
    assert_eq!(source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rotated_key_is_fetched_once_by_a_herd() {
    let ((old, old_published), (new, new_published)) = (ed25519("old"), ed25519("new"));
    let source = Fake::of(&[&old_published]);
    let verifier = source.verifier();
    verifier.verify(&token_of(old)).await.unwrap();
    source.publish(&[&old_published, &new_published]);
    seconds(31).await;
    assert_eq!(herd(&verifier, &token_of(new)).await, 100);
    assert_eq!(source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn strangers_cannot_drive_fetches() {
    let (_, published) = ed25519("a");
    let source = Fake::of(&[&published]);
    let verifier = source.verifier();
    verifier.preload().await.unwrap();
    for round in 0..300 {
        let (stranger, _) = ed25519(&format!("kid-{round}"));
        assert!(verifier.verify(&token_of(stranger)).await.unwrap_err().is_unknown_key());
        seconds(1).await;
    }
    assert!((9..=11).contains(&source.fetches()), "{} fetches in 330 s", source.fetches());
}

#[tokio::test(start_paused = true)]
async fn a_known_kid_with_another_algorithm_or_signature_does_not_fetch() {
    let (_, published) = ed25519("a");
    let source = Fake::of(&[&published]);
    let verifier = source.verifier();
    verifier.preload().await.unwrap();
    seconds(60).await;
    let other = SigningKey::generate(Algorithm::Es256).unwrap().with_id("a");
    assert!(verifier.verify(&token_of(other)).await.unwrap_err().is_wrong_algorithm());
    assert!(verifier.verify(&token_of(ed25519("a").0)).await.unwrap_err().is_bad_signature());
    assert_eq!(source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn keys_are_refreshed_in_the_background_before_their_time() {
    let (key, published) = ed25519("a");
    let source = Fake::of(&[&published]);
    let (verifier, token) = (source.verifier(), token_of(key));
    verifier.verify(&token).await.unwrap();
    seconds(7 * 60).await;
    verifier.verify(&token).await.unwrap();
    assert_eq!(source.fetches(), 1);
    seconds(90).await;
    let start = Instant::now();
    verifier.verify(&token).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO, "nobody waits");
    sleep(Duration::from_millis(200)).await;
    assert_eq!(source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_withdrawn_key_is_refused_once_its_time_has_passed() {
    let ((old, old_published), (_, new_published)) = (ed25519("old"), ed25519("new"));
    let source = Fake::of(&[&old_published]);
    let (verifier, token) = (source.verifier(), token_of(old));
    verifier.verify(&token).await.unwrap();
    source.publish(&[&new_published]);
    seconds(10 * 60).await;
    assert!(verifier.verify(&token).await.unwrap_err().is_unknown_key());
}

#[tokio::test(start_paused = true)]
async fn max_age_is_held_within_bounds() {
    let day = 24 * 60 * 60;
    for (said, held) in [(Some(0), 60), (Some(3600), 3600), (Some(100 * day), day), (None, 600)] {
        let (key, published) = ed25519("a");
        let mut source = Fake::of(&[&published]);
        source.max_age = said.map(Duration::from_secs);
        let (verifier, token) = (source.verifier(), token_of(key));
        verifier.verify(&token).await.unwrap();
        seconds(held * 4 / 5 - 2).await;
        verifier.verify(&token).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        assert_eq!(source.fetches(), 1, "{said:?}");
        seconds(2).await;
        verifier.verify(&token).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        assert_eq!(source.fetches(), 2, "{said:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_token_fetches_nothing() {
    let source = Fake::of(&[]);
    let verifier = source.verifier();
    for token in ["", "a.b.c", &token_with_header(&ed25519("a").0, &json!({"alg": "none"}))] {
        assert!(!verifier.verify(token).await.unwrap_err().is_unavailable());
    }
    assert_eq!(source.fetches(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_file_is_read_again() {
    let ((old, old_published), (new, new_published)) = (ed25519("old"), ed25519("new"));
    let path = std::env::temp_dir().join(format!("kovar-jwks-{}.json", std::process::id()));
    std::fs::write(&path, json!({"keys": [old_published]}).to_string()).unwrap();
    let verifier = verifier(Jwks::file(&path));
    verifier.verify(&token_of(old)).await.unwrap();
    std::fs::write(&path, json!({"keys": [new_published]}).to_string()).unwrap();
    seconds(31).await;
    let token = token_of(new);
    verifier.verify(&token).await.unwrap();
    std::fs::write(&path, vec![b' '; 1024 * 1024 + 1]).unwrap();
    seconds(61).await;
    verifier.verify(&token).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    seconds(61).await;
    verifier.verify(&token).await.unwrap();
}
