//! The cache of one JWK set: when to fetch, when to wait, and what to do when nothing comes.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::{DOCUMENT_LIMIT_BYTES, JwksDocument, JwksSource};
use crate::security::jwt::error::{ConfigError, JwtError, Kind};
use crate::security::jwt::jwk;
use crate::security::jwt::key_set::KeySet;

/// How long a set is fresh when its source does not say.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(10 * 60);

/// Below this the source would be asked all the time.
const MAX_AGE_MIN: Duration = Duration::from_secs(60);

/// Above this a revoked key would be good for too long.
const MAX_AGE_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The pause between two fetches, whatever asks for them.
const FETCH_PAUSE: Duration = Duration::from_secs(30);

/// The first pause after a failure while there are no keys at all; doubled up to [`FETCH_PAUSE`].
const FIRST_RETRY_PAUSE: Duration = Duration::from_secs(1);

/// How long one fetch may take, from the name lookup to the last byte.
const FETCH_DEADLINE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Cache {
    source: Arc<dyn JwksSource>,
    stale_limit: Duration,
    state: Mutex<State>,
    /// Told each time a fetch ends, well or badly.
    fetch_ended: watch::Sender<()>,
}

#[derive(Debug)]
struct State {
    held: Option<Held>,
    fetching: bool,
    failures: u32,
    /// No fetch starts before this.
    next_fetch: Instant,
}

/// The last good set and its times.
#[derive(Clone, Debug)]
struct Held {
    keys: Arc<KeySet>,
    /// From here on the next token starts a refresh in the background.
    refresh_at: Instant,
    /// From here on tokens wait for a refresh.
    expires_at: Instant,
    /// From here on the set is not used any more.
    dropped_at: Instant,
}

impl Cache {
    pub(super) fn new(source: Box<dyn JwksSource>, stale_limit: Duration) -> Self {
        Self::with_source(Arc::from(source), stale_limit)
    }

    pub(super) fn with_stale_limit(&self, stale_limit: Duration) -> Self {
        Self::with_source(Arc::clone(&self.source), stale_limit)
    }

    fn with_source(source: Arc<dyn JwksSource>, stale_limit: Duration) -> Self {
        let state = State { held: None, fetching: false, failures: 0, next_fetch: Instant::now() };
        Self { source, stale_limit, state: Mutex::new(state), fetch_ended: watch::Sender::new(()) }
    }

    pub(super) fn source(&self) -> &dyn JwksSource {
        &*self.source
    }

    pub(super) async fn current(self: &Arc<Self>) -> Result<Arc<KeySet>, JwtError> {
        let now = Instant::now();
        let (held, failing) = self.usable(now);
        match held {
            Some(held) if now < held.refresh_at => return Ok(held.keys),
            // Not yet over, or the source is known to be away: nobody waits for it.
            Some(held) if now < held.expires_at || failing => {
                self.start_fetch();
                return Ok(held.keys);
            }
            _ => self.fetch().await,
        }
        let (held, _) = self.usable(Instant::now());
        held.map(|held| held.keys).ok_or_else(|| Kind::Unavailable.into())
    }

    pub(super) async fn newer_than(self: &Arc<Self>, known: &Arc<KeySet>) -> Option<Arc<KeySet>> {
        let newer = || {
            let (held, _) = self.usable(Instant::now());
            held.map(|held| held.keys).filter(|keys| !Arc::ptr_eq(keys, known))
        };
        if let Some(keys) = newer() {
            return Some(keys);
        }
        self.fetch().await;
        newer()
    }

    /// The set, if it may be used, and whether the last fetch failed.
    fn usable(&self, now: Instant) -> (Option<Held>, bool) {
        let state = self.state();
        (state.held.clone().filter(|held| now < held.dropped_at), state.failures > 0)
    }

    /// Waits for the fetch that is under way, or for a new one; not at all when it is too soon for one.
    async fn fetch(self: &Arc<Self>) {
        // Subscribed first, so that an end between the start and the wait is not missed.
        let mut fetch_ended = self.fetch_ended.subscribe();
        if self.start_fetch() {
            // The sender lives in `self`: it cannot be gone.
            let _ = fetch_ended.changed().await;
        }
    }

    /// Whether a fetch is under way now: this one, or one that was already.
    fn start_fetch(self: &Arc<Self>) -> bool {
        let mut state = self.state();
        if state.fetching {
            return true;
        }
        if Instant::now() < state.next_fetch {
            return false;
        }
        state.fetching = true;
        // Let go first: a runtime that is stopping drops the task at once, and that takes the lock.
        drop(state);
        let flight = Flight { cache: Arc::clone(self), landed: false };
        // A task of its own: the request that asked first may be cancelled while others wait.
        tokio::spawn(flight.fly());
        true
    }

    fn succeed(&self, keys: KeySet, max_age: Option<Duration>) {
        let now = Instant::now();
        let max_age = max_age.unwrap_or(DEFAULT_MAX_AGE).clamp(MAX_AGE_MIN, MAX_AGE_MAX);
        tracing::debug!(source = ?self.source, keys = keys.len(), ?max_age, "the JWK set is fetched");
        let expires_at = now + max_age;
        let held = Held {
            keys: Arc::new(keys),
            refresh_at: now + max_age * 4 / 5,
            expires_at,
            // A limit past the end of the clock is none.
            dropped_at: expires_at.checked_add(self.stale_limit).unwrap_or(expires_at + MAX_AGE_MAX * 365),
        };
        let mut state = self.state();
        *state = State { held: Some(held), fetching: false, failures: 0, next_fetch: now + FETCH_PAUSE };
        drop(state);
        self.fetch_ended.send_modify(|()| ());
    }

    fn fail(&self, reason: &(dyn Error + 'static)) {
        let now = Instant::now();
        let mut state = self.state();
        state.fetching = false;
        state.failures = state.failures.saturating_add(1);
        let holding = state.held.as_ref().is_some_and(|held| now < held.dropped_at);
        let doubled = FIRST_RETRY_PAUSE * 2_u32.saturating_pow(state.failures.min(16) - 1);
        let pause = if holding { FETCH_PAUSE } else { doubled.min(FETCH_PAUSE) };
        state.next_fetch = now + pause;
        let failures = state.failures;
        drop(state);
        let source = &self.source;
        tracing::warn!(?source, reason, failures, holding, ?pause, "the JWK set could not be fetched");
        self.fetch_ended.send_modify(|()| ());
    }

    /// The state is whole between any two statements that change it, so a panic elsewhere does not spoil it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One fetch. It always lands: a panic of the source, or a runtime that stops, counts as a failure.
struct Flight {
    cache: Arc<Cache>,
    landed: bool,
}

impl Flight {
    async fn fly(mut self) {
        let outcome = fetch_keys(&*self.cache.source).await;
        self.landed = true;
        match outcome {
            Ok((keys, max_age)) => self.cache.succeed(keys, max_age),
            Err(reason) => self.cache.fail(&*reason),
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if !self.landed {
            self.cache.fail(&ConfigError::new("the fetch was abandoned"));
        }
    }
}

async fn fetch_keys(source: &dyn JwksSource) -> Result<(KeySet, Option<Duration>), Box<dyn Error + Send + Sync>> {
    let fetched = tokio::time::timeout(FETCH_DEADLINE, source.fetch()).await;
    let JwksDocument { json, max_age } = fetched.map_err(|_| "the source did not answer in 5 s")??;
    if json.len() > DOCUMENT_LIMIT_BYTES {
        return Err("the JWK set is larger than 1 MiB".into());
    }
    Ok((jwk::read_set(&json)?, max_age))
}
