//! IP addresses and networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::format_shape;
use crate::catalog::Catalog;
use crate::issue::Invalid;
use crate::rule::Rules;
use crate::schema::Schema;
use crate::shape::Shape;

macro_rules! address_schema {
    ($($address:ty, $format:literal, $kind:literal, $message:literal;)*) => {$(
        impl Schema for $address {
            fn shape(_: &mut Catalog) -> Shape {
                fn judge(_: &Rules, text: &str) -> Vec<Invalid> {
                    let parsed = text.parse::<$address>();
                    parsed.err().map(|_| Invalid::new($kind, $message)).into_iter().collect()
                }
                format_shape($format, ($kind, $message), judge)
            }
        }
    )*};
}

address_schema! {
    IpAddr, "ip", "ip_any_address", "value is not a valid IPv4 or IPv6 address";
    Ipv4Addr, "ipv4", "ip_v4_address", "Input is not a valid IPv4 address";
    Ipv6Addr, "ipv6", "ip_v6_address", "Input is not a valid IPv6 address";
    IpNet, "ipvanynetwork", "ip_any_network", "value is not a valid IPv4 or IPv6 network";
    Ipv4Net, "ipv4network", "ip_v4_network", "Input is not a valid IPv4 network";
    Ipv6Net, "ipv6network", "ip_v6_network", "Input is not a valid IPv6 network";
}
