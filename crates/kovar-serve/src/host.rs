//! Which host a request is for.
//!
//! RFC 9112 §3.2: a request of HTTP/1.1 has exactly one valid `Host`, anything else is a 400; where
//! the target names an authority, that is the host, whatever the field says. hyper leaves both to
//! whoever is served.

use http::header::HOST;
use http::{HeaderValue, Request, Version};

/// Why a request has no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostError {
    /// There is none.
    Missing,
    /// There are several, or the field and the target disagree.
    Several,
    /// It is no host with an optional port.
    Invalid,
}

impl HostError {
    /// What a client reads.
    pub fn message(self) -> &'static str {
        match self {
            Self::Missing => "the request has no `Host`",
            Self::Several => "the request has more than one host",
            Self::Invalid => "`Host` is not a host with an optional port",
        }
    }
}

/// Checks the host, and makes the field agree with an absolute target.
pub(crate) fn settle<B>(request: &mut Request<B>) -> Result<(), HostError> {
    let is_http2 = request.version() == Version::HTTP_2;
    let mut fields = request.headers().get_all(HOST).iter();
    let (field, second) = (fields.next(), fields.next());
    if second.is_some() {
        return Err(HostError::Several);
    }
    if field.is_some_and(|host| !is_host(host.as_bytes())) {
        return Err(HostError::Invalid);
    }
    let Some(authority) = request.uri().authority() else {
        // RFC 1945 knows no `Host`.
        let is_optional = request.version() < Version::HTTP_11;
        return if field.is_some() || is_optional { Ok(()) } else { Err(HostError::Missing) };
    };
    if !is_host(authority.as_str().as_bytes()) {
        return Err(HostError::Invalid);
    }
    match field {
        None if !is_http2 && request.version() == Version::HTTP_11 => Err(HostError::Missing),
        Some(host) if is_http2 && !host.as_bytes().eq_ignore_ascii_case(authority.as_str().as_bytes()) => {
            // RFC 9113 §8.3.1.
            Err(HostError::Several)
        }
        Some(host) if host == authority.as_str() => Ok(()),
        _ => {
            let host = HeaderValue::try_from(authority.as_str()).map_err(|_| HostError::Invalid)?;
            request.headers_mut().insert(HOST, host);
            Ok(())
        }
    }
}

/// RFC 9110 §7.2: `uri-host [ ":" port ]`; the schemes of HTTP want it not empty (§4.2.1).
pub(crate) fn is_host(value: &[u8]) -> bool {
    if value.first() == Some(&b'[') {
        return is_bracketed(value);
    }
    let end = value.iter().position(|byte| *byte == b':').unwrap_or(value.len());
    let (name, port) = value.split_at(end);
    !name.is_empty() && name.iter().all(|byte| OF_NAME[usize::from(*byte)]) && is_port(port)
}

/// RFC 3986 §3.2.2: an address of IPv6 stands in brackets.
fn is_bracketed(value: &[u8]) -> bool {
    let Some((address, port)) = std::str::from_utf8(value).ok().and_then(|text| text[1..].split_once(']')) else {
        return false;
    };
    address.parse::<std::net::Ipv6Addr>().is_ok() && is_port(port.as_bytes())
}

/// RFC 3986 §3.2.2: unreserved, percent-encoded, sub-delims.
const OF_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let others = b"-._~%!$&'()*+,;=";
        let mut index = 0;
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        while index < others.len() {
            table[byte] |= others[index] as usize == byte;
            index += 1;
        }
        byte += 1;
    }
    table
};

/// None, or one with its colon; RFC 3986 §3.2.3 allows it to have no digits.
fn is_port(text: &[u8]) -> bool {
    let Some((colon, digits)) = text.split_first() else { return true };
    let port = digits.iter().try_fold(0_u32, |port, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        Some(port * 10 + digit).filter(|port| *port <= u32::from(u16::MAX))
    });
    *colon == b':' && port.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_a_name_and_perhaps_a_port() {
        for host in
            ["a", "example.org", "example.org:80", "example.org:", "127.0.0.1:8000", "[::1]", "[::1]:443", "a_b%20c"]
        {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        for host in [
            "", ":80", "a b", "a/b", "user@a", "a:b", "a:99999", "a:+1", "[::1", "[zz]", "[::1]x", "a:1:2", "\u{e9}",
            "a\\b", "a?b", "a#b",
        ] {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }

    fn settled(version: Version, uri: &str, hosts: &[&str]) -> Result<Option<String>, HostError> {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        let mut request = request.body(()).unwrap();
        settle(&mut request)?;
        Ok(request.headers().get(HOST).map(|host| host.to_str().unwrap().to_owned()))
    }

    #[test]
    fn exactly_one_host_is_had() {
        let one = Version::HTTP_11;
        assert_eq!(settled(one, "/", &["a"]), Ok(Some("a".to_owned())));
        assert_eq!(settled(one, "/", &[]), Err(HostError::Missing));
        assert_eq!(settled(one, "/", &["a", "a"]), Err(HostError::Several));
        assert_eq!(settled(one, "/", &["a b"]), Err(HostError::Invalid));
        assert_eq!(settled(one, "/", &[""]), Err(HostError::Invalid));
        assert_eq!(settled(Version::HTTP_10, "/", &[]), Ok(None));
        assert_eq!(settled(one, "http://b/", &["a"]), Ok(Some("b".to_owned())), "RFC 9112 §3.2.2");
        assert_eq!(settled(one, "http://b/", &[]), Err(HostError::Missing));
        assert_eq!(settled(one, "http://u@b/", &["b"]), Err(HostError::Invalid));
        assert_eq!(settled(Version::HTTP_2, "http://b/", &[]), Ok(Some("b".to_owned())));
        assert_eq!(settled(Version::HTTP_2, "http://b/", &["B"]), Ok(Some("b".to_owned())));
        assert_eq!(settled(Version::HTTP_2, "http://b/", &["a"]), Err(HostError::Several));
    }
}
