//! A source that does what a test tells it to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{advance, sleep};

use super::*;

#[derive(Clone, Debug)]
pub(super) enum Answer {
    Keys(Value),
    Failure,
    Silence,
    Panic,
}

/// A source that answers after 100 ms, and counts.
#[derive(Clone, Debug)]
pub(super) struct Fake {
    answer: Arc<Mutex<Answer>>,
    pub(super) max_age: Option<Duration>,
    fetches: Arc<AtomicUsize>,
}

impl Fake {
    pub(super) fn new(answer: Answer) -> Self {
        Self { answer: Arc::new(Mutex::new(answer)), max_age: None, fetches: Arc::default() }
    }

    pub(super) fn of(keys: &[&Value]) -> Self {
        Self::new(Answer::Keys(json!({"keys": keys})))
    }

    pub(super) fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub(super) fn publish(&self, keys: &[&Value]) {
        self.set(Answer::Keys(json!({"keys": keys})));
    }

    pub(super) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    pub(super) fn verifier(&self) -> Verifier<Claims> {
        verifier(Jwks::from_source(self.clone()))
    }
}

impl JwksSource for Fake {
    fn fetch(&self) -> FetchFuture<'_> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async move {
            sleep(Duration::from_millis(100)).await;
            match answer {
                Answer::Keys(keys) => {
                    let document = JwksDocument::new(keys.to_string());
                    Ok(self.max_age.map_or(document.clone(), |age| document.max_age(age)))
                }
                Answer::Failure => Err("down".into()),
                Answer::Silence => std::future::pending().await,
                Answer::Panic => panic!("a source with a bug"),
            }
        })
    }
}

/// Lets time pass.
pub(super) async fn seconds(count: u64) {
    advance(Duration::from_secs(count)).await;
}
