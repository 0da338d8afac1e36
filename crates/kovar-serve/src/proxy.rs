//! The PROXY protocol: who a connection is from, told by the proxy in front of its first byte.
//!
//! Versions 1 and 2 of <https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt>. Written here
//! because neither crate is strict enough where whoever is believed says who the client is.
//! `ppp` 2.3 takes `+80` for a port, and up to 2.2 four bytes made it panic; `proxy-header` 0.1.3
//! looks at no byte between `PROXY` and the family, takes `UNKNOWNxyz` for `UNKNOWN`, and reads
//! lines of any length. Neither reads from a connection without reading past the header.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// With this each header of version 2 begins (§2.2).
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";

/// How long a header of version 1 may be, with its line end (§2.1).
const LONGEST_LINE: usize = 107;

/// How long what follows the fixed part of a header of version 2 may be. The longest addresses take
/// 216 bytes; the rest is for extensions, which are skipped.
const LONGEST_REST: usize = 2048;

/// Reads a header and not a byte more. `None` when it names nobody: the proxy speaks for itself, or
/// does not know for whom.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidData`] for what is no header; whatever reading fails with.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    // Every header of either version is longer.
    let mut start = [0; SIGNATURE.len()];
    stream.read_exact(&mut start).await?;
    if start == SIGNATURE {
        return read_binary(stream).await;
    }
    if !start.starts_with(b"PROXY ") {
        return Err(invalid("no header of the PROXY protocol"));
    }
    let mut line = start.to_vec();
    while line.last() != Some(&b'\n') {
        if line.len() == LONGEST_LINE {
            return Err(invalid("a header that does not end"));
        }
        // Byte by byte: what follows the line is not ours.
        line.push(stream.read_u8().await?);
    }
    parse_line(&line).ok_or_else(|| invalid("a malformed header of version 1"))
}

/// §2.1. The outer `None` is for what is no header.
fn parse_line(line: &[u8]) -> Option<Option<SocketAddr>> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix("\r\n")?;
    let rest = line.strip_prefix("PROXY ")?;
    // Whatever follows `UNKNOWN` is to be ignored.
    if rest == "UNKNOWN" || rest.starts_with("UNKNOWN ") {
        return Some(None);
    }
    let mut words = rest.split(' ');
    let family = words.next()?;
    let (source, destination) = (words.next()?, words.next()?);
    let (port, destination_port) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let address: IpAddr = match family {
        "TCP4" => both::<Ipv4Addr>(source, destination)?.into(),
        "TCP6" => both::<Ipv6Addr>(source, destination)?.into(),
        _ => return None,
    };
    parse_port(destination_port)?;
    Some(Some(SocketAddr::new(address, parse_port(port)?)))
}

/// The source, when the destination is well-formed, too.
fn both<A: FromStr>(source: &str, destination: &str) -> Option<A> {
    destination.parse::<A>().ok()?;
    source.parse().ok()
}

/// Without a sign and without leading zeros.
fn parse_port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_number)
}

/// §2.2, after the signature.
async fn read_binary(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    let mut fixed = [0; 4];
    stream.read_exact(&mut fixed).await?;
    let [command, family, length @ ..] = fixed;
    let length = usize::from(u16::from_be_bytes(length));
    if length > LONGEST_REST {
        return Err(invalid("a header of version 2 that is too long"));
    }
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await?;
    parse_binary(command, family, &rest).ok_or_else(|| invalid("a malformed header of version 2"))
}

/// The outer `None` is for what is no header.
fn parse_binary(command: u8, family: u8, rest: &[u8]) -> Option<Option<SocketAddr>> {
    const LOCAL: u8 = 0x20;
    const PROXY: u8 = 0x21;
    match (command, family) {
        // Whatever follows is to be ignored.
        (LOCAL, _) => Some(None),
        // Unspecified, or a Unix socket.
        (PROXY, 0x00 | 0x31) => Some(None),
        (PROXY, 0x11) => parse_source::<4>(rest, 12).map(Some),
        (PROXY, 0x21) => parse_source::<16>(rest, 36).map(Some),
        // Another version or command, or datagrams, which no connection brings.
        _ => None,
    }
}

/// Source, destination, and the port of each.
fn parse_source<const LENGTH: usize>(rest: &[u8], length: usize) -> Option<SocketAddr>
where
    IpAddr: From<[u8; LENGTH]>,
{
    let (source, ports) = rest.get(..length)?.split_at(2 * LENGTH);
    let address: [u8; LENGTH] = source.first_chunk().copied()?;
    let port: [u8; 2] = ports.first_chunk().copied()?;
    Some(SocketAddr::new(address.into(), u16::from_be_bytes(port)))
}

fn invalid(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// What is read, and what is left.
    #[tokio::main(flavor = "current_thread")]
    async fn read_of(bytes: &[u8], at_a_time: usize) -> (io::Result<Option<SocketAddr>>, Vec<u8>) {
        let (mut client, mut server) = tokio::io::duplex(at_a_time);
        let write = async move {
            // Whoever has read enough reads no more.
            let _ = client.write_all(bytes).await;
        };
        let read = async move {
            let read = read(&mut server).await;
            let mut left = Vec::new();
            if read.is_ok() {
                server.read_to_end(&mut left).await.unwrap();
            }
            (read, left)
        };
        tokio::join!(write, read).1
    }

    /// A header, whole and in single bytes, before a request.
    fn check(header: &[u8], expected: Option<&str>) {
        for at_a_time in [1, 4096] {
            let bytes = [header, b"GET / HTTP/1.1\r\n"].concat();
            let (read, left) = read_of(&bytes, at_a_time);
            let expected = expected.map(|address| address.parse().unwrap());
            assert_eq!(read.unwrap(), expected, "{}", header.escape_ascii());
            assert_eq!(left, b"GET / HTTP/1.1\r\n", "{}", header.escape_ascii());
        }
    }

    fn check_refused(header: &[u8], expected: io::ErrorKind) {
        for at_a_time in [1, 4096] {
            let (read, _) = read_of(header, at_a_time);
            assert_eq!(read.unwrap_err().kind(), expected, "{}", header.escape_ascii());
        }
    }

    #[test]
    fn version_1_is_read() {
        check(b"PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n", Some("203.0.113.9:56324"));
        check(b"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", Some("255.255.255.255:65535"));
        check(b"PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", Some("0.0.0.0:0"));
        check(b"PROXY TCP6 2001:db8::1 ::1 1 2\r\n", Some("[2001:db8::1]:1"));
        check(b"PROXY UNKNOWN\r\n", None);
        check(b"PROXY UNKNOWN 1.2.3.4 whatever it is\r\n", None);
        let longest = format!("PROXY UNKNOWN {}\r\n", "f".repeat(91));
        assert_eq!(longest.len(), LONGEST_LINE);
        check(longest.as_bytes(), None);
    }

    #[test]
    fn what_is_no_version_1_is_refused() {
        let too_long = format!("PROXY UNKNOWN {}\r\n", "f".repeat(92));
        for header in [
            "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
            "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXYxTCP4 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY UNKNOWNxyz\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
            "PROXY TCP4 1.2.3.4\r\n",
            "PROXY TCP4 \r\n",
            "PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n",
            "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n",
            "PROXY TCP4 1.2.3.04 1.2.3.4 1 2\r\n",
            "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n",
            "PROXY TCP4 ::1 ::1 1 2\r\n",
            "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY TCP6 [::1] ::1 1 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3 1 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 x\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\r\n",
            "PROXY TCP4 1.2.3.4\r1.2.3.4 1 2\r\n",
            too_long.as_str(),
        ] {
            check_refused(header.as_bytes(), io::ErrorKind::InvalidData);
        }
        check_refused(b"PROXY UNKNOWN \xff\r\n\xff\n", io::ErrorKind::InvalidData);
        check_refused(&[b'P'; 300], io::ErrorKind::InvalidData);
        let whole = b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n";
        for length in 0..whole.len() {
            check_refused(&whole[..length], io::ErrorKind::UnexpectedEof);
        }
    }

    fn binary(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, rest].concat()
    }

    const IPV4: &[u8] = &[203, 0, 113, 9, 10, 0, 0, 1, 0xdc, 0x04, 1, 0xbb];

    #[test]
    fn version_2_is_read() {
        check(&binary(0x21, 0x11, IPV4), Some("203.0.113.9:56324"));
        let mut ipv6 = [0; 36];
        (ipv6[0], ipv6[15], ipv6[33]) = (0xfe, 1, 80);
        check(&binary(0x21, 0x21, &ipv6), Some("[fe00::1]:80"));
        check(&binary(0x21, 0x11, &[IPV4, b"\x04\0\x03abc"].concat()), Some("203.0.113.9:56324"));
        check(&binary(0x21, 0x11, &[IPV4, &[0; LONGEST_REST - 12]].concat()), Some("203.0.113.9:56324"));
        check(&binary(0x21, 0x00, &[]), None);
        check(&binary(0x21, 0x00, IPV4), None);
        check(&binary(0x21, 0x31, &[b'/'; 216]), None);
        check(&binary(0x20, 0x00, &[]), None);
        check(&binary(0x20, 0x11, IPV4), None);
    }

    #[test]
    fn what_is_no_version_2_is_refused() {
        for (command, family, rest) in [
            (0x11, 0x11, IPV4),
            (0x31, 0x11, IPV4),
            (0x22, 0x11, IPV4),
            (0x2f, 0x11, IPV4),
            (0x21, 0x12, IPV4),
            (0x21, 0x10, IPV4),
            (0x21, 0x13, IPV4),
            (0x21, 0x22, &[0; 36]),
            (0x21, 0x41, IPV4),
            (0x21, 0xff, IPV4),
            (0x21, 0x11, &IPV4[..11]),
            (0x21, 0x11, &[]),
            (0x21, 0x21, IPV4),
            (0x21, 0x21, &[0; 35]),
            (0x21, 0x11, &[0; LONGEST_REST + 1]),
            (0x20, 0x00, &[0; LONGEST_REST + 1]),
        ] {
            check_refused(&binary(command, family, rest), io::ErrorKind::InvalidData);
        }
        let whole = binary(0x21, 0x11, IPV4);
        for length in 0..whole.len() {
            check_refused(&whole[..length], io::ErrorKind::UnexpectedEof);
        }
    }
}
