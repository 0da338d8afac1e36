//! The hosts that an app answers for.

use std::sync::Arc;

use axum::body::Body;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Request, Uri};

use super::{Next, Refusing};
use crate::error::StartError;
use crate::problem::ErrorFormat;
use crate::problem::builtin::MISDIRECTED;

/// The hosts that an app answers for.
pub(super) struct AllowedHosts(Vec<Pattern>);

/// `api.example.com`, `*.example.com` for all below it, either with `:8000` for one port alone.
struct Pattern {
    host: String,
    is_suffix: bool,
    port: Option<u16>,
}

impl AllowedHosts {
    pub(super) fn parse(hosts: &[String]) -> Result<Self, StartError> {
        if hosts.is_empty() {
            return Err(StartError::new("no host is allowed, so each request would be refused; name one"));
        }
        let patterns = hosts.iter().map(|host| {
            Pattern::parse(host).ok_or_else(|| {
                StartError::new(format!(
                    "`{host}` is no host; write `api.example.com`, `*.example.com`, or either with a port"
                ))
            })
        });
        patterns.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn around(self, next: Next, format: ErrorFormat) -> Next {
        let hosts = Arc::new(self);
        Arc::new(move |request| {
            if hosts.allow(request.uri(), request.headers()) {
                return next(request);
            }
            let response = refuse(&request, format);
            Box::pin(std::future::ready(response))
        })
    }

    /// A target may name a host beside `Host` (RFC 9112 §3.2.2): proxies and apps differ in which one they
    /// believe, so both must be allowed.
    fn allow(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let target = uri.authority().map(|authority| authority.as_str().as_bytes());
        let mut named =
            target.into_iter().chain(headers.get_all(HOST).iter().map(http::HeaderValue::as_bytes)).peekable();
        named.peek().is_some() && named.all(|host| self.has(host))
    }

    fn has(&self, host: &[u8]) -> bool {
        let Ok(authority) = Authority::try_from(host) else { return false };
        let is_plain = !authority.as_str().contains('@');
        is_plain && self.0.iter().any(|pattern| pattern.matches(authority.host(), authority.port_u16()))
    }
}

fn refuse(request: &Request<Body>, format: ErrorFormat) -> axum::response::Response {
    Refusing::of(request, format)
        .refuse(MISDIRECTED.details().detail("this app does not answer for the host that is asked"))
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        let (is_suffix, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let authority = rest.parse::<Authority>().ok()?;
        let is_host = !authority.host().is_empty() && !rest.contains(['@', '*']);
        let has_port = rest.len() > authority.host().len();
        let port = authority.port_u16();
        (is_host && has_port == port.is_some()).then(|| Self {
            host: authority.host().to_ascii_lowercase(),
            is_suffix,
            port,
        })
    }

    fn matches(&self, host: &str, port: Option<u16>) -> bool {
        let host = host.to_ascii_lowercase();
        let is_host = match self.is_suffix {
            false => host == self.host,
            true => host.strip_suffix(&self.host).is_some_and(|below| below.len() > 1 && below.ends_with('.')),
        };
        is_host && (self.port.is_none() || self.port == port)
    }
}
