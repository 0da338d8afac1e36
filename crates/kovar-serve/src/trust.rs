//! Which peers may speak for somebody else.
//!
//! There is no way to trust everybody, and nobody is trusted by default: whoever is believed can
//! claim any address. `0.0.0.0/0` can be written, but has to be written.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// Proxies that are trusted: a network such as `10.0.0.0/8`, an address, or `unix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustedProxy {
    /// Whoever has an address in this network. An address of IPv4 that came by IPv6 is the former.
    Network(IpNet),
    /// Whoever connects to a Unix socket of the server.
    Unix,
}

impl TrustedProxy {
    fn is(self, address: Option<IpAddr>) -> bool {
        match (self, address) {
            (Self::Network(network), Some(address)) => network.contains(&address.to_canonical()),
            (Self::Unix, None) => true,
            _ => false,
        }
    }
}

/// Whether one of them has this address; without an address, it came by a Unix socket.
pub(crate) fn is_trusted(address: Option<IpAddr>, proxies: &[TrustedProxy]) -> bool {
    proxies.iter().any(|proxy| proxy.is(address))
}

impl From<IpNet> for TrustedProxy {
    fn from(network: IpNet) -> Self {
        Self::Network(network)
    }
}

impl From<IpAddr> for TrustedProxy {
    fn from(address: IpAddr) -> Self {
        Self::Network(address.into())
    }
}

/// What names no proxies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxyError(String);

impl FromStr for TrustedProxy {
    type Err = TrustedProxyError;

    fn from_str(text: &str) -> Result<Self, TrustedProxyError> {
        if text == "unix" {
            return Ok(Self::Unix);
        }
        let address = text.parse::<IpAddr>().map(Self::from);
        let proxy = address.or_else(|_| text.parse::<IpNet>().map(Self::Network));
        proxy.map_err(|_| TrustedProxyError(text.to_owned()))
    }
}

impl fmt::Display for TrustedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) => network.fmt(f),
            Self::Unix => f.write_str("unix"),
        }
    }
}

impl fmt::Display for TrustedProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is neither a network, as 10.0.0.0/8, nor an address, nor `unix`", self.0)
    }
}

impl std::error::Error for TrustedProxyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_read() {
        for (text, shown) in
            [("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.1", "10.0.0.1/32"), ("::1", "::1/128"), ("unix", "unix")]
        {
            assert_eq!(text.parse::<TrustedProxy>().unwrap().to_string(), shown);
        }
        for text in ["", "*", "10.0.0.0/33", "10.0.0", "localhost", "unix:/a", "10.0.0.0/8,10.0.0.1"] {
            assert!(text.parse::<TrustedProxy>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_who_is_named_is_trusted() {
        let check = |address: &str, proxies: &[&str], expected: bool| {
            let proxies: Vec<TrustedProxy> = proxies.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(is_trusted(address.parse().ok(), &proxies), expected, "{address} of {proxies:?}");
        };
        check("10.1.2.3", &["10.0.0.0/8"], true);
        check("::ffff:10.1.2.3", &["10.0.0.0/8"], true);
        check("11.1.2.3", &["10.0.0.0/8"], false);
        check("11.1.2.3", &["10.0.0.0/8", "11.0.0.0/8"], true);
        check("10.1.2.3", &[], false);
        check("::1", &["0.0.0.0/0"], false);
        check("unix", &["0.0.0.0/0", "::/0"], false);
        check("unix", &["unix"], true);
        check("127.0.0.1", &["unix"], false);
    }
}
