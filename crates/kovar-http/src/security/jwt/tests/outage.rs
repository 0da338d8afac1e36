//! A source that is away: at the start, later, for an hour, for two days.

use std::time::Duration;

use tokio::time::Instant;

use super::source::{Answer, Fake, seconds};
use super::*;

#[tokio::test(start_paused = true)]
async fn a_source_that_is_down_at_the_start_is_tried_again() {
    let (key, published) = ed25519("a");
    let source = Fake::new(Answer::Failure);
    let (verifier, token) = (source.verifier(), token_of(key));
    let error = verifier.preload().await.unwrap_err();
    assert!(error.is_unavailable() && error.challenge().is_none());
    assert!(verifier.verify(&token).await.unwrap_err().is_unavailable());
    assert_eq!(source.fetches(), 1, "the second came within a second of the first");
    for _ in 0..600 {
        seconds(1).await;
        verifier.verify(&token).await.unwrap_err();
    }
    assert!((23..=26).contains(&source.fetches()), "1, 2, 4, 8, 16, then every 30 s: {}", source.fetches());
    source.publish(&[&published]);
    seconds(30).await;
    verifier.verify(&token).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_last_good_keys_outlive_their_source() {
    let (key, published) = ed25519("a");
    for outage in
        [Answer::Failure, Answer::Silence, Answer::Panic, Answer::Keys(json!({"keys": []})), Answer::Keys(json!(1))]
    {
        let source = Fake::of(&[&published]);
        let (verifier, token) = (source.verifier(), token_with_header(&key, &json!({"alg": "EdDSA", "kid": "a"})));
        verifier.verify(&token).await.unwrap();
        source.set(outage.clone());
        seconds(11 * 60).await;
        let start = Instant::now();
        verifier.verify(&token).await.unwrap();
        assert!(start.elapsed() <= Duration::from_millis(5001), "one waits for the fetch");
        let start = Instant::now();
        seconds(60).await;
        verifier.verify(&token).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(60), "the next do not");
        seconds(24 * 60 * 60 - 240).await;
        verifier.verify(&token).await.unwrap();
        seconds(240).await;
        assert!(verifier.verify(&token).await.unwrap_err().is_unavailable(), "{outage:?}");
        source.publish(&[&published]);
        seconds(31).await;
        verifier.verify(&token).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn the_stale_limit_can_be_shorter_or_endless() {
    let (key, published) = ed25519("a");
    let token = token_of(key);
    for (limit, outlives) in [(Duration::ZERO, false), (Duration::MAX, true)] {
        let source = Fake::of(&[&published]);
        let verifier = verifier(Jwks::from_source(source.clone()).stale_limit(limit));
        verifier.verify(&token).await.unwrap();
        source.set(Answer::Failure);
        seconds(11 * 60).await;
        assert_eq!(verifier.verify(&token).await.is_ok(), outlives);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_request_does_not_cancel_the_fetch() {
    let (key, published) = ed25519("a");
    let source = Fake::of(&[&published]);
    let (verifier, token) = (source.verifier(), token_of(key));
    let cancelled = tokio::time::timeout(Duration::from_millis(10), verifier.verify(&token)).await;
    assert!(cancelled.is_err());
    verifier.verify(&token).await.unwrap();
    assert_eq!(source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_oversized_set_is_not_read() {
    let (key, published) = ed25519("a");
    let token = token_of(key);
    for (padding, accepted) in [(0, true), (1024 * 1024, false)] {
        let set = json!({"keys": [published], "padding": " ".repeat(padding)});
        let verifier = Fake::new(Answer::Keys(set)).verifier();
        assert_eq!(verifier.verify(&token).await.is_ok(), accepted);
    }
}

/// A task that cannot be spawned must leave neither a lock nor a fetch that never ends.
#[test]
fn a_fetch_that_cannot_start_is_a_failed_one() {
    let (key, published) = ed25519("a");
    let (source, token) = (Fake::of(&[&published]), token_of(key));
    let verifier = source.verifier();
    let outside = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::pin::pin!(verifier.verify(&token)).poll(&mut context).is_ready()
    }));
    assert!(outside.is_err(), "there is no runtime here");
    std::thread::sleep(Duration::from_millis(1100));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    assert!(runtime.block_on(verifier.verify(&token)).is_ok());
}
