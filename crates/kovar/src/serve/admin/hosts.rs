//! Which names the console answers to.
//!
//! A page of any site may name this address in its own zone, and its scripts then read what answers
//! there as if it were theirs (DNS rebinding), also at 127.0.0.1. Such a request carries the site's
//! name in `Host`; one to an IP address or to `localhost` (RFC 6761 §6.3) does not come through a
//! stranger's zone. So these are answered, and names that whoever starts the program has listed.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::HOST;
use http::uri::Authority;

pub(super) const REFUSAL: &str =
    "the console answers at IP addresses and localhost; other names are listed with --admin-hosts\n";

/// The names that are listed.
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    pub(super) fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| plain(name)).collect())
    }

    pub(super) fn allow(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.and_then(|host| host.parse::<Authority>().ok()).is_some_and(|authority| self.has(authority.host()))
    }

    fn has(&self, host: &str) -> bool {
        let host = plain(host);
        let address = host.trim_start_matches('[').trim_end_matches(']');
        address.parse::<IpAddr>().is_ok()
            || host == "localhost"
            || host.ends_with(".localhost")
            || self.0.contains(&host)
    }
}

/// Case says nothing, and neither does the root's dot.
fn plain(host: &str) -> String {
    host.trim().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, is_allowed: bool) {
        let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
        let hosts = Hosts::new(&["Admin.internal".to_owned()]);
        assert_eq!(hosts.allow(&headers), is_allowed, "{host}");
    }

    #[test]
    fn names_of_strangers_are_refused() {
        for host in ["127.0.0.1:8001", "127.8.8.8", "[::1]:8001", "10.0.0.7:8001", "localhost", "LOCALHOST.:8001"] {
            check(host, true);
        }
        for host in ["app.localhost:8001", "admin.internal", "ADMIN.internal.:8001"] {
            check(host, true);
        }
        for host in ["evil.example", "127.0.0.1.evil.example:8001", "localhost.evil.example", "notlocalhost", "a@b"] {
            check(host, false);
        }
        assert!(!Hosts::new(&[]).allow(&HeaderMap::new()));
    }
}
