//! A JWK set over HTTP: straight from its URL, or found through OIDC Discovery.

mod client;

use std::error::Error;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderMap};
use http::uri::{Authority, Scheme, Uri};
use serde::Deserialize;

use self::client::Client;
use super::{FetchFuture, JwksDocument, JwksSource};
use crate::security::jwt::error::ConfigError;

/// A JWK set over HTTP/1.1.
///
/// `https` with the Mozilla roots (and those of [`trust_pem`](Self::trust_pem)), or `http` on a loopback
/// address. Redirects are not followed, answers are at most 1 MiB, everything together takes 5 s at most.
/// Proxies from the environment are not used.
#[derive(Clone)]
pub struct HttpSource {
    client: Client,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Jwks(Uri),
    Issuer { issuer: String, configuration: Uri },
}

impl HttpSource {
    /// A source that fetches the set from this URL.
    ///
    /// # Errors
    ///
    /// When it is no `https` URL, nor `http` on a loopback address.
    pub fn jwks(url: &str) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new()?, place: Place::Jwks(trustworthy(url)?) })
    }

    /// A source that asks the issuer where its set is, each time anew.
    ///
    /// OIDC Discovery §4.1 and §4.3: the document is at `/.well-known/openid-configuration` below
    /// the issuer, and must name exactly this issuer.
    ///
    /// # Errors
    ///
    /// When the issuer is no `https` URL, nor `http` on a loopback address, or has a query.
    pub fn discovery(issuer: &str) -> Result<Self, ConfigError> {
        if trustworthy(issuer)?.query().is_some() {
            return Err(ConfigError::new("an issuer has no query"));
        }
        let base = issuer.strip_suffix('/').unwrap_or(issuer);
        let configuration = trustworthy(&format!("{base}/.well-known/openid-configuration"))?;
        let place = Place::Issuer { issuer: issuer.to_owned(), configuration };
        Ok(Self { client: Client::new()?, place })
    }

    /// Trusts the certificates of this PEM file too, for an issuer with a private CA.
    ///
    /// # Errors
    ///
    /// When the file holds no certificate that can be a root.
    pub fn trust_pem(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.client = self.client.trusting(pem)?;
        Ok(self)
    }

    async fn locate(&self) -> Result<Uri, Box<dyn Error + Send + Sync>> {
        match &self.place {
            Place::Jwks(url) => Ok(url.clone()),
            Place::Issuer { issuer, configuration } => {
                let (_, json) = self.client.get(configuration.clone()).await?;
                jwks_uri(issuer, configuration, &json)
            }
        }
    }
}

impl JwksSource for HttpSource {
    fn fetch(&self) -> FetchFuture<'_> {
        Box::pin(async {
            let (headers, json) = self.client.get(self.locate().await?).await?;
            let document = JwksDocument::new(json);
            Ok(match max_age(&headers) {
                Some(age) => document.max_age(age),
                None => document,
            })
        })
    }
}

/// Shows the URL without its query, which may hold a secret.
impl fmt::Debug for HttpSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Place::Jwks(url) | Place::Issuer { configuration: url, .. }) = &self.place;
        let host = url.authority().map_or("", Authority::as_str);
        write!(formatter, "{}://{host}{}", url.scheme_str().unwrap_or_default(), url.path())
    }
}

/// A URL that can be asked for keys: nobody in between may change the answer.
fn trustworthy(url: &str) -> Result<Uri, ConfigError> {
    let refused = |reason: &str| ConfigError::new(format!("`{}` {reason}", url.escape_debug()));
    let uri: Uri = url.parse().map_err(|_| refused("is not a URL"))?;
    let authority = uri.authority().ok_or_else(|| refused("is not an absolute URL"))?;
    // Whoever logs the source must not log a password.
    if authority.as_str().contains('@') {
        return Err(ConfigError::new("a URL of keys has no user or password in it"));
    }
    if uri.scheme() == Some(&Scheme::HTTPS) || (uri.scheme() == Some(&Scheme::HTTP) && is_loopback(authority)) {
        return Ok(uri);
    }
    Err(refused("is neither `https` nor `http` on a loopback address"))
}

fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Reads a discovery document.
fn jwks_uri(issuer: &str, configuration: &Uri, json: &Bytes) -> Result<Uri, Box<dyn Error + Send + Sync>> {
    #[derive(Deserialize)]
    struct Configuration {
        issuer: String,
        jwks_uri: String,
    }
    let document: Configuration = serde_json::from_slice(json)?;
    // OIDC Discovery §4.3: the issuer must be identical to the one that was asked.
    if document.issuer != issuer {
        return Err(format!("the discovery document is of issuer `{}`", document.issuer.escape_debug()).into());
    }
    let url = trustworthy(&document.jwks_uri)?;
    // A document from outside must not point this process at itself.
    if url.scheme() == Some(&Scheme::HTTP) && configuration.scheme() != Some(&Scheme::HTTP) {
        return Err("the discovery document names keys without `https`".into());
    }
    Ok(url)
}

/// RFC 9111 §5.2.2: how long the answer is fresh. `no-store` and `no-cache` become the shortest time.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).into_iter().filter_map(|value| value.to_str().ok());
    let mut seconds = None;
    for directive in values.flat_map(|value| value.split(',')) {
        let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return Some(Duration::ZERO),
            "max-age" => seconds = seconds.or(argument.trim().trim_matches('"').parse().ok()),
            _ => {}
        }
    }
    seconds.map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_keys_are_https_or_loopback() {
        let check = |url: &str, expected: bool| assert_eq!(trustworthy(url).is_ok(), expected, "{url}");
        check("https://id.example.com/keys", true);
        check("http://127.0.0.1:8080/keys", true);
        check("http://[::1]:8080/keys", true);
        check("http://localhost/keys", true);
        check("http://id.example.com/keys", false);
        check("http://localhost.example.com/keys", false);
        check("http://127.0.0.1.example.com/keys", false);
        check("https://user:password@id.example.com/keys", false);
        check("file:///etc/passwd", false);
        check("ftp://127.0.0.1/keys", false);
        check("/keys", false);
        check("", false);
    }

    #[test]
    fn a_log_line_shows_no_query() {
        let source = HttpSource::jwks("https://id.example.com/keys?token=secret").unwrap();
        assert_eq!(format!("{source:?}"), "https://id.example.com/keys");
    }

    #[test]
    fn a_document_from_outside_cannot_point_inside() {
        let check = |issuer: &str, keys: &str, expected: bool| {
            let configuration = format!("{issuer}/.well-known/openid-configuration").parse().unwrap();
            let json = serde_json::json!({"issuer": issuer, "jwks_uri": keys}).to_string();
            assert_eq!(jwks_uri(issuer, &configuration, &json.into()).is_ok(), expected, "{issuer} {keys}");
        };
        check("https://id.example.com", "https://keys.example.com/", true);
        check("https://id.example.com", "http://127.0.0.1:9200/_search", false);
        check("http://127.0.0.1:8080", "http://127.0.0.1:8080/keys", true);
        check("http://127.0.0.1:8080", "http://10.0.0.1/keys", false);
    }

    #[test]
    fn max_age_is_read_from_cache_control() {
        let check = |value: &str, expected: Option<u64>| {
            let headers = HeaderMap::from_iter([(CACHE_CONTROL, value.parse().unwrap())]);
            assert_eq!(max_age(&headers), expected.map(Duration::from_secs), "{value}");
        };
        check("public, max-age=3600, must-revalidate", Some(3600));
        check("Max-Age=\"60\"", Some(60));
        check("no-store, max-age=3600", Some(0));
        check("max-age=never", None);
        check("max-age=-1", None);
        check("s-maxage=10", None);
        assert_eq!(max_age(&HeaderMap::new()), None);
    }
}
