//! Origins as browsers write them (RFC 6454 §6.2).

use http::uri::Authority;

use crate::error::StartError;

/// Takes an origin that a browser may send: `scheme://host` or `scheme://host:port`.
///
/// Origins are compared byte by byte, so what no browser sends (a path, an upper-case host, the
/// default port) is refused when the app starts, not silently never matched.
pub(super) fn parse(of: &str, text: &str) -> Result<String, StartError> {
    match refusal(text) {
        None => Ok(text.to_owned()),
        Some(reason) => Err(StartError::new(format!("{of} has the origin `{text}`, which no browser sends: {reason}"))),
    }
}

fn refusal(text: &str) -> Option<&'static str> {
    if text == "null" {
        return Some("`null` is every sandboxed page and every local file, so it is nobody in particular");
    }
    if text.contains('*') {
        return Some("an origin has no wildcards; list each one");
    }
    if !text.is_ascii() {
        return Some("a browser writes other letters in Punycode, `xn--…`");
    }
    let Some((scheme, host)) = text.split_once("://") else { return Some("it is written `scheme://host[:port]`") };
    if !is_scheme(scheme) {
        return Some("its scheme is none");
    }
    if host.contains(['/', '?', '#', '@']) {
        return Some("an origin ends with the host or port, without a slash");
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some("a browser writes it in lower case");
    }
    match host.parse::<Authority>() {
        Ok(authority) if authority.host().is_empty() => Some("it has no host"),
        Ok(authority) if host.contains(':') && !host.ends_with(']') && authority.port_u16().is_none() => {
            Some("its port is no number up to 65535")
        }
        Ok(authority) => {
            is_default_port(scheme, authority.port_u16()).then_some("a browser leaves the default port out")
        }
        Err(_) => Some("its host is none"),
    }
}

/// RFC 3986 §3.1.
fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
}

fn is_default_port(scheme: &str, port: Option<u16>) -> bool {
    matches!((scheme, port), ("http", Some(80)) | ("https", Some(443)))
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn what_a_browser_sends_is_taken() {
        for origin in ["https://a.example", "http://localhost:5173", "http://[::1]:8000", "tauri://localhost"] {
            assert_eq!(refusal(origin), None, "{origin}");
        }
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        let origins = [
            "",
            "null",
            "*",
            "a.example",
            "https://",
            "https://*.a.example",
            "https://a.example/",
            "https://a.example/x",
            "https://A.example",
            "HTTPS://a.example",
            "https://a.example:443",
            "http://a.example:80",
            "https://bücher.example",
            "https://user@a.example",
            "https://a.example:",
            "https://a.example:99999",
            "1s://a.example",
            "https://a b",
            "https://a.example?x",
            "//a.example",
        ];
        for origin in origins {
            assert!(refusal(origin).is_some(), "{origin}");
        }
    }
}
