//! How many requests each caller may have.
//!
//! governor keeps the counts (GCRA: a bucket that refills evenly), which is exact at the edge of a
//! window where a counter for each window lets twice as many through. Counts are those of this
//! process.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, Request};

use super::{Next, Refusing};
use crate::error::StartError;
use crate::problem::ErrorFormat;
use crate::problem::builtin::TOO_MANY_REQUESTS;

/// The fields of draft-ietf-httpapi-ratelimit-headers-10.
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// How many callers are told apart. More share one count, so that addresses without end do not
/// become memory without end.
const MOST_CALLERS: usize = 100_000;

/// Callers whose bucket is full again are forgotten once in so many requests.
const FORGET_EVERY: u32 = 4096;

/// The count of all callers that are too many to be told apart.
const OTHERS: u64 = 0;

type Limiter = RateLimiter<u64, DashMapStateStore<u64>, MonotonicClock, StateInformationMiddleware>;
type Caller = Arc<dyn Fn(&Parts) -> Option<String> + Send + Sync>;

/// The address of the client, as the server or a proxy that it trusts says; an extension of requests
/// to apps with layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// How many requests each caller may have: a 429 with `Retry-After` past it.
///
/// A caller may have all of them at once; they come back evenly. Every answer says in `RateLimit`
/// how many are left. Callers are told apart by their address, of IPv6 by its first 64 bits, or by
/// what [`RateLimit::by`] says.
///
/// # Example
///
/// ```
/// use kovar_http::app::App;
/// use kovar_http::layers::RateLimit;
///
/// let app = App::new("Example", "1.0.0").rate_limit(RateLimit::per_minute(600));
/// # let _ = app;
/// ```
#[derive(Clone)]
pub struct RateLimit {
    requests: u32,
    period: Duration,
    caller: Caller,
}

impl RateLimit {
    /// So many requests in each period.
    pub fn per(requests: u32, period: Duration) -> Self {
        Self { requests, period, caller: Arc::new(|parts| address(parts).map(|address| address.to_string())) }
    }

    /// So many requests in each second.
    pub fn per_second(requests: u32) -> Self {
        Self::per(requests, Duration::from_secs(1))
    }

    /// So many requests in each minute.
    pub fn per_minute(requests: u32) -> Self {
        Self::per(requests, Duration::from_secs(60))
    }

    /// So many requests in each hour.
    pub fn per_hour(requests: u32) -> Self {
        Self::per(requests, Duration::from_secs(3600))
    }

    /// Tells callers apart by something else: an API key, a tenant. Those of whom it says `None`
    /// have no limit. What a client may choose freely limits nobody.
    #[must_use]
    pub fn by(mut self, caller: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        self.caller = Arc::new(caller);
        self
    }

    pub(super) fn around(&self, next: Next, format: ErrorFormat) -> Result<Next, StartError> {
        let counts = Arc::new(Counts::new(self)?);
        let caller = Arc::clone(&self.caller);
        Ok(Arc::new(move |request: Request<Body>| {
            let (parts, body) = request.into_parts();
            let key = caller(&parts);
            let request = Request::from_parts(parts, body);
            let Some(key) = key else { return next(request) };
            match counts.take(&key) {
                Ok(left) => {
                    let (counts, answered) = (Arc::clone(&counts), next(request));
                    Box::pin(async move {
                        let mut response = answered.await;
                        counts.say(response.headers_mut(), left);
                        response
                    })
                }
                Err(wait) => {
                    let response = counts.refuse(&Refusing::of(&request, format), wait);
                    Box::pin(std::future::ready(response))
                }
            }
        }))
    }
}

/// The client's address, of IPv6 the network: one household or machine has all of it.
fn address(parts: &Parts) -> Option<IpAddr> {
    let ClientAddress(address) = parts.extensions.get::<ClientAddress>()?;
    Some(match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    })
}

/// The counts of all callers.
struct Counts {
    limiter: Limiter,
    hasher: RandomState,
    since_forgotten: AtomicU32,
    is_full: AtomicBool,
    most: u32,
    refill: Duration,
    policy: HeaderValue,
}

impl Counts {
    fn new(limit: &RateLimit) -> Result<Self, StartError> {
        let wrong = || StartError::new("a rate limit lets through at least one request in a period that is not zero");
        let burst = NonZeroU32::new(limit.requests).ok_or_else(wrong)?;
        let refill = limit.period / limit.requests;
        let quota = Quota::with_period(refill).ok_or_else(wrong)?.allow_burst(burst);
        let policy = format!("\"default\";q={};w={}", limit.requests, limit.period.as_secs().max(1));
        Ok(Self {
            limiter: RateLimiter::dashmap(quota).with_middleware(),
            hasher: RandomState::new(),
            since_forgotten: AtomicU32::new(0),
            is_full: AtomicBool::new(false),
            most: limit.requests,
            refill,
            policy: HeaderValue::try_from(policy).map_err(|_| wrong())?,
        })
    }

    /// Takes one request from a caller's count: how many are left, or how long until there is one.
    fn take(&self, caller: &str) -> Result<u32, Duration> {
        if self.since_forgotten.fetch_add(1, Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
            self.is_full.store(self.limiter.len() >= MOST_CALLERS, Relaxed);
        }
        let key = if self.is_full.load(Relaxed) { OTHERS } else { self.hasher.hash_one(caller) };
        let taken = self.limiter.check_key(&key);
        let left = |state: StateSnapshot| state.remaining_burst_capacity();
        let wait = |refused: NotUntil<_>| refused.wait_time_from(MonotonicClock.now());
        taken.map(left).map_err(wait)
    }

    fn say(&self, headers: &mut HeaderMap, left: u32) {
        let until_full = self.refill * (self.most - left.min(self.most));
        let value = format!("\"default\";r={left};t={}", seconds(until_full));
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(RATE_LIMIT, value);
        }
        headers.insert(RATE_LIMIT_POLICY, self.policy.clone());
    }

    fn refuse(&self, refusing: &Refusing, wait: Duration) -> Response {
        let seconds = seconds(wait).max(1);
        let details = TOO_MANY_REQUESTS.details().detail(format!("the next request is permitted in {seconds} s"));
        let mut response = refusing.refuse(details.header(RETRY_AFTER, seconds.to_string()));
        self.say(response.headers_mut(), 0);
        response
    }
}

/// Rounded up: who waits so long is not too early.
fn seconds(duration: Duration) -> u64 {
    duration.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, period, .. } = self;
        f.debug_struct("RateLimit").field("requests", requests).field("period", period).finish_non_exhaustive()
    }
}
