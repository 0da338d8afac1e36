//! Keys that somebody else publishes and rotates: fetched, cached, refreshed, and kept in an outage.
//!
//! Fetches are driven by traffic, never by a timer of their own, and no stranger can drive them: whatever
//! tokens arrive, there is one fetch at a time and a pause after each.

mod cache;
mod file;
#[cfg(feature = "jwks-http")]
mod http;

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

pub use self::file::FileSource;
#[cfg(feature = "jwks-http")]
pub use self::http::HttpSource;

use self::cache::Cache;
use super::error::JwtError;
use super::key_set::KeySet;

/// The largest JWK set, or discovery document, that is read: 1 MiB.
pub(super) const DOCUMENT_LIMIT_BYTES: usize = 1024 * 1024;

/// How long keys are kept past their time when the source is away. Default: 24 h.
const DEFAULT_STALE_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// A JWK set that is fetched and kept fresh.
///
/// | what | when |
/// |---|---|
/// | keys are fresh | as `Cache-Control: max-age` says, within 1 min and 24 h; 10 min when it does not |
/// | refreshed in the background | at the first token in the last fifth of that time |
/// | refreshed while tokens wait | when it has passed and the last fetch did not fail; at the first use |
/// | fetched for an unknown `kid` | at most once in 30 s, whoever asks |
/// | fetched again after a failure | after 30 s; with no keys at all after 1 s, 2 s, 4 s … 30 s |
/// | one fetch takes | 5 s at most, discovery included |
/// | the source is away | the last good keys are used for 24 h past their time |
///
/// Concurrent tokens share one fetch, and a request that is cancelled does not cancel it. A set without a
/// single usable key counts as a failed fetch. Clones share the keys: give one to each verifier of an issuer.
///
/// Secrets (`oct`), keys for encryption, unknown kinds and RSA below 2048 bits are skipped, with a log line.
#[derive(Clone)]
pub struct Jwks {
    cache: Arc<Cache>,
}

impl Jwks {
    /// Keys from a source of your own.
    pub fn from_source(source: impl JwksSource) -> Self {
        Self { cache: Arc::new(Cache::new(Box::new(source), DEFAULT_STALE_LIMIT)) }
    }

    /// Keys from a file, read again every minute and on an unknown `kid`.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::from_source(FileSource::new(path))
    }

    /// Keys from a URL: `https`, or `http` on a loopback address.
    ///
    /// # Errors
    ///
    /// When it is no such URL.
    ///
    /// ```
    /// use kovar_http::security::jwt::{Jwks, Verifier};
    ///
    /// let verifier = Verifier::<serde_json::Value>::builder()
    ///     .keys(Jwks::url("https://id.example.com/keys.json")?)
    ///     .issuer("https://id.example.com")
    ///     .audience("https://api.example.com")
    ///     .build()?;
    /// # Ok::<(), kovar_http::security::jwt::ConfigError>(())
    /// ```
    #[cfg(feature = "jwks-http")]
    pub fn url(url: &str) -> Result<Self, super::ConfigError> {
        HttpSource::jwks(url).map(Self::from_source)
    }

    /// Keys of an OIDC issuer, found through `/.well-known/openid-configuration`.
    ///
    /// # Errors
    ///
    /// When the issuer is no `https` URL, nor `http` on a loopback address.
    #[cfg(feature = "jwks-http")]
    pub fn discover(issuer: &str) -> Result<Self, super::ConfigError> {
        HttpSource::discovery(issuer).map(Self::from_source)
    }

    /// How long keys are kept past their time when the source is away. Default: 24 h.
    ///
    /// A key that was revoked at the source stays good here for so long, if an attacker can keep the source
    /// away; a shorter limit makes an outage of the source an outage of this app.
    ///
    /// To be set before the first use: keys that were fetched already are forgotten.
    #[must_use]
    pub fn stale_limit(self, limit: Duration) -> Self {
        Self { cache: Arc::new(self.cache.with_stale_limit(limit)) }
    }

    /// The keys at hand, fetched first where there are none or their time has passed.
    pub(super) async fn current(&self) -> Result<Arc<KeySet>, JwtError> {
        self.cache.current().await
    }

    /// The keys that replace `known`, in which an id was missing; `None` when there are no newer ones yet.
    pub(super) async fn newer_than(&self, known: &Arc<KeySet>) -> Option<Arc<KeySet>> {
        self.cache.newer_than(known).await
    }
}

impl fmt::Debug for Jwks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Jwks").field("source", self.cache.source()).finish_non_exhaustive()
    }
}

/// What [`JwksSource::fetch`] returns.
pub type FetchFuture<'s> =
    Pin<Box<dyn Future<Output = Result<JwksDocument, Box<dyn Error + Send + Sync>>> + Send + 's>>;

/// Where a JWK set comes from. `Debug` names the source in log lines, so it must not show a secret.
///
/// ```
/// use kovar_http::security::jwt::{FetchFuture, Jwks, JwksDocument, JwksSource};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl JwksSource for Vault {
///     fn fetch(&self) -> FetchFuture<'_> {
///         Box::pin(async { Ok(JwksDocument::new(r#"{"keys": []}"#)) })
///     }
/// }
///
/// let jwks = Jwks::from_source(Vault);
/// ```
pub trait JwksSource: fmt::Debug + Send + Sync + 'static {
    /// Fetches the set once. No retries and no caching: [`Jwks`] does both, and gives up after 5 s.
    fn fetch(&self) -> FetchFuture<'_>;
}

/// A JWK set as it was fetched, not yet read.
#[derive(Clone, Debug)]
pub struct JwksDocument {
    pub(super) json: Bytes,
    pub(super) max_age: Option<Duration>,
}

impl JwksDocument {
    /// A JWK set in JSON (RFC 7517 §5), of at most 1 MiB.
    pub fn new(json: impl Into<Bytes>) -> Self {
        Self { json: json.into(), max_age: None }
    }

    /// How long the source says the set is fresh; held within 1 min and 24 h. Default: 10 min.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }
}
