//! `X-Forwarded-For`, `-Proto` and `-Host`, and `Forwarded` (RFC 7239): who asks, told by proxies.
//!
//! Anybody can send these fields, so they are read only from proxies that are trusted, and a list
//! only from its right end, where the nearest proxy wrote, to the first address that is not trusted:
//! what stands further left, its sender made up or not. Nor are both kinds read, and one preferred
//! where both are there: a proxy that writes one lets the other through as the client sent it.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use http::header::{FORWARDED, HeaderMap, HeaderName};
use http::uri::Scheme;

use crate::host::is_host;
use crate::trust::{TrustedProxy, is_trusted};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The fields in which the trusted proxies say for whom they ask. The others are not looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedFields {
    /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`: no standard, but what most
    /// proxies write. The default.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl FromStr for ForwardedFields {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "x-forwarded" => Ok(Self::XForwarded),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err("the fields of proxies are `x-forwarded` or `forwarded`"),
        }
    }
}

/// Whose fields are read, and which.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    pub(crate) trusted: Vec<TrustedProxy>,
    pub(crate) fields: ForwardedFields,
}

/// What a trusted proxy says about a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// `None` when the proxy does not know, or says it in a way that cannot be read.
    pub(crate) client: Option<IpAddr>,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) host: Option<Box<str>>,
}

impl Proxies {
    /// Reads what a trusted peer says; `None` when it says nothing.
    pub(crate) fn read(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<Forwarded> {
        match self.fields {
            ForwardedFields::XForwarded => self.read_x_forwarded(headers, peer),
            ForwardedFields::Forwarded => self.read_forwarded(headers),
        }
    }

    fn read_x_forwarded(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<Forwarded> {
        let is_said = [X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST];
        if !is_said.iter().any(|name| headers.contains_key(name)) {
            return None;
        }
        let mut client = peer;
        for element in elements(headers, X_FORWARDED_FOR, last_comma) {
            client = parse_node(element);
            if client.is_none() || !is_trusted(client, &self.trusted) {
                break;
            }
        }
        // These are no lists, so a proxy overwrites them or passes them on. Where one appends all the
        // same, what it wrote is the last.
        let last = |name| elements(headers, name, last_comma).next();
        let host = last(X_FORWARDED_HOST).filter(|host| is_host(host.as_bytes()));
        Some(Forwarded { client, scheme: last(X_FORWARDED_PROTO).and_then(parse_scheme), host: host.map(Into::into) })
    }

    /// Each proxy adds one element, with all that it says.
    fn read_forwarded(&self, headers: &HeaderMap) -> Option<Forwarded> {
        let mut said = None;
        for element in elements(headers, FORWARDED, last_unquoted_comma) {
            let forwarded = parse_element(element).unwrap_or_default();
            let client = forwarded.client;
            said = Some(forwarded);
            if client.is_none() || !is_trusted(client, &self.trusted) {
                break;
            }
        }
        said
    }
}

/// The elements of a list in all fields of a name, the last first. Empty ones are skipped (RFC 9110
/// §5.6.1.2). One that is no text is nothing that can be read.
fn elements(
    headers: &HeaderMap,
    name: HeaderName,
    last_comma: fn(&[u8]) -> Option<usize>,
) -> impl Iterator<Item = &str> {
    let fields = headers.get_all(name).into_iter().rev();
    let elements = fields.flat_map(move |field| {
        let mut rest = Some(field.as_bytes());
        std::iter::from_fn(move || {
            let list = rest.take()?;
            let Some(comma) = last_comma(list) else { return Some(list) };
            rest = Some(&list[..comma]);
            Some(&list[comma + 1..])
        })
    });
    let texts = elements.map(|element| std::str::from_utf8(element.trim_ascii()).unwrap_or("?"));
    texts.filter(|text| !text.is_empty())
}

fn last_comma(list: &[u8]) -> Option<usize> {
    list.iter().rposition(|byte| *byte == b',')
}

/// Looked for from the right, since a quote that a client has left open would swallow the element
/// that a proxy has appended.
fn last_unquoted_comma(list: &[u8]) -> Option<usize> {
    let is_escaped = |index: usize| list[..index].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    let mut is_quoted = false;
    for (index, byte) in list.iter().enumerate().rev() {
        match byte {
            b'"' if !is_escaped(index) => is_quoted = !is_quoted,
            b',' if !is_quoted => return Some(index),
            _ => {}
        }
    }
    None
}

/// RFC 7239 §4: pairs between semicolons, each name at most once.
fn parse_element(element: &str) -> Option<Forwarded> {
    let (mut node, mut scheme, mut host) = (None, None, None);
    let mut rest = element;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        if rest.is_empty() {
            break;
        }
        let (name, after) = rest.split_once('=')?;
        let (value, after) = parse_value(after)?;
        let slot = match name.to_ascii_lowercase().as_str() {
            "for" => Some(&mut node),
            "proto" => Some(&mut scheme),
            "host" => Some(&mut host),
            _ => None,
        };
        if slot.is_some_and(|slot| slot.replace(value).is_some()) {
            return None;
        }
        rest = after.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(';') {
            return None;
        }
    }
    let host = host.filter(|host| is_host(host.as_bytes()));
    Some(Forwarded {
        client: node.and_then(|node| parse_node(&node)),
        scheme: scheme.and_then(|scheme| parse_scheme(&scheme)),
        host: host.map(|host| host.into_owned().into()),
    })
}

/// A token or a quoted string (RFC 9110 §5.6.4), and what follows it. Addresses with a colon have to
/// be quoted and often are not, so all is taken up to what cannot be part of one.
fn parse_value(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t', '"']).unwrap_or(text.len());
        return Some((text[..end].into(), &text[end..]));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((value.into(), &quoted[index + 1..])),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

/// RFC 7239 §6: an address, of IPv6 in brackets, with an optional port. In `X-Forwarded-For`
/// brackets are often missing, and there may be quotes. `unknown` and obfuscated names are nobody.
fn parse_node(text: &str) -> Option<IpAddr> {
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let is_whole = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return is_whole.then(|| IpAddr::V6(address).to_canonical());
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, port) = text.split_once(':')?;
    let address: Ipv4Addr = address.parse().ok()?;
    is_port(port).then_some(address.into())
}

/// RFC 7239 §6.3: digits, or an obfuscated name.
fn is_port(text: &str) -> bool {
    let is_number = |text: &str| text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.starts_with('_') || !text.is_empty() && is_number(text)
}

/// The schemes of HTTP; some proxies name those of WebSocket.
fn parse_scheme(text: &str) -> Option<Scheme> {
    match text.to_ascii_lowercase().as_str() {
        "https" | "wss" => Some(Scheme::HTTPS),
        "http" | "ws" => Some(Scheme::HTTP),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
