use super::*;

/// Asked by `10.0.0.1`, where `10.0.0.0/8` and `fd00::/8` are trusted: client, scheme, host.
fn read(fields: ForwardedFields, headers: &[(&'static str, &str)]) -> Option<String> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    read_bytes(fields, &headers)
}

fn read_bytes(fields: ForwardedFields, headers: &[(&'static str, &[u8])]) -> Option<String> {
    let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()], fields };
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, http::HeaderValue::from_bytes(value).unwrap());
    }
    let said = proxies.read(&map, "10.0.0.1".parse().ok())?;
    let client = said.client.map_or("nobody".to_owned(), |client| client.to_string());
    let scheme = said.scheme.map_or("-".to_owned(), |scheme| scheme.to_string());
    Some(format!("{client} {scheme} {}", said.host.as_deref().unwrap_or("-")))
}

fn check_for(lines: &[&str], expected: &str) {
    let headers: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
    let said = read(ForwardedFields::XForwarded, &headers);
    assert_eq!(said, Some(format!("{expected} - -")), "{lines:?}");
}

#[test]
fn the_first_untrusted_from_the_right_is_the_client() {
    check_for(&["203.0.113.9"], "203.0.113.9");
    check_for(&["1.1.1.1, 203.0.113.9"], "203.0.113.9");
    check_for(&["1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9");
    check_for(&["203.0.113.9,10.0.0.3 ,\t10.0.0.2"], "203.0.113.9");
    check_for(&["1.1.1.1", "203.0.113.9"], "203.0.113.9");
    check_for(&["1.1.1.1, 203.0.113.9", "10.0.0.2"], "203.0.113.9");
    check_for(&["10.0.0.9, 203.0.113.9"], "203.0.113.9");
    check_for(&["203.0.113.9, , 10.0.0.2,"], "203.0.113.9");
    check_for(&["10.0.0.3, 10.0.0.2"], "10.0.0.3");
    check_for(&["", ","], "10.0.0.1");
}

#[test]
fn addresses_have_many_forms() {
    check_for(&["203.0.113.9:5555"], "203.0.113.9");
    check_for(&["2001:db8::1"], "2001:db8::1");
    check_for(&["[2001:db8::1]"], "2001:db8::1");
    check_for(&["[2001:db8::1]:5555"], "2001:db8::1");
    check_for(&["\"[2001:db8::1]:5555\""], "2001:db8::1");
    check_for(&["::ffff:203.0.113.9"], "203.0.113.9");
    check_for(&["203.0.113.9, ::ffff:10.0.0.2, [fd00::1]:80"], "203.0.113.9");
}

/// Nobody rather than somebody who can be made up: rules for local clients must not fit.
#[test]
fn what_cannot_be_read_is_nobody() {
    for node in [
        "unknown",
        "_hidden",
        "localhost",
        "203.0.113",
        "203.0.113.256",
        "203.0.113.9:",
        "203.0.113.9:x",
        "[::1",
        "[::1]x",
        "[203.0.113.9]",
        "fe80::1%eth0",
        "203.0.113.9:123456",
        "\u{e9}",
        "203.0.113.9 10.0.0.2",
        "0x7f.1",
    ] {
        check_for(&[node], "nobody");
        check_for(&["127.0.0.1", node], "nobody");
        check_for(&[&format!("1.1.1.1, {node}, 10.0.0.2")], "nobody");
        check_for(&[&format!("{node}, 203.0.113.9, 10.0.0.2")], "203.0.113.9");
        check_for(&[node, "203.0.113.9"], "203.0.113.9");
    }
}

#[test]
fn what_is_no_text_hides_nobody_to_its_right() {
    let fields = ForwardedFields::XForwarded;
    let said = read_bytes(fields, &[("x-forwarded-for", b"\xff, 203.0.113.9")]);
    assert_eq!(said.as_deref(), Some("203.0.113.9 - -"));
    let said = read_bytes(fields, &[("x-forwarded-for", b"203.0.113.9, \xff")]);
    assert_eq!(said.as_deref(), Some("nobody - -"));
    let said = read_bytes(ForwardedFields::Forwarded, &[("forwarded", b"for=\"\xff, for=203.0.113.9")]);
    assert_eq!(said.as_deref(), Some("203.0.113.9 - -"));
}

#[test]
fn scheme_and_host_are_those_that_were_written_last() {
    let check = |headers: &[(&'static str, &str)], expected: Option<&str>| {
        assert_eq!(read(ForwardedFields::XForwarded, headers).as_deref(), expected, "{headers:?}");
    };
    check(&[], None);
    check(&[("forwarded", "for=203.0.113.9;proto=https")], None);
    check(&[("x-forwarded-proto", "https")], Some("10.0.0.1 https -"));
    check(&[("x-forwarded-proto", "HTTP")], Some("10.0.0.1 http -"));
    check(&[("x-forwarded-proto", "wss")], Some("10.0.0.1 https -"));
    check(&[("x-forwarded-proto", "gopher")], Some("10.0.0.1 - -"));
    check(&[("x-forwarded-proto", "https, http")], Some("10.0.0.1 http -"));
    check(&[("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")], Some("10.0.0.1 http -"));
    check(&[("x-forwarded-host", "shop.example:8443")], Some("10.0.0.1 - shop.example:8443"));
    check(&[("x-forwarded-host", "evil.example, shop.example")], Some("10.0.0.1 - shop.example"));
    check(&[("x-forwarded-host", "a/b")], Some("10.0.0.1 - -"));
    check(&[("x-forwarded-host", "user@a")], Some("10.0.0.1 - -"));
    let all = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "a")];
    check(&all, Some("203.0.113.9 https a"));
    let both = [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=1.1.1.1;proto=https;host=evil")];
    check(&both, Some("203.0.113.9 - -"));
}

fn check_forwarded(lines: &[&str], expected: &str) {
    let mut headers: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
    headers.push(("x-forwarded-for", "1.1.1.1"));
    headers.push(("x-forwarded-proto", "https"));
    let said = read(ForwardedFields::Forwarded, &headers);
    assert_eq!(said.as_deref().unwrap_or("nothing"), expected, "{lines:?}");
}

#[test]
fn forwarded_is_read() {
    check_forwarded(&[], "nothing");
    check_forwarded(&[""], "nothing");
    check_forwarded(&["for=203.0.113.9"], "203.0.113.9 - -");
    check_forwarded(&["For=203.0.113.9;Proto=https;by=10.0.0.1;host=shop.example"], "203.0.113.9 https shop.example");
    check_forwarded(&["for=\"203.0.113.9:5555\" ; proto=\"http\""], "203.0.113.9 http -");
    check_forwarded(&["for=\"[2001:db8::1]:5555\""], "2001:db8::1 - -");
    check_forwarded(&["for=\"[2001:db8::1]:_port\""], "2001:db8::1 - -");
    check_forwarded(&["for=[2001:db8::1]"], "2001:db8::1 - -");
    check_forwarded(&["for=203.0.113.9:5555"], "203.0.113.9 - -");
    check_forwarded(&["for=\"203.0.\\113.9\""], "203.0.113.9 - -");
    check_forwarded(&[";for=203.0.113.9;;secret=\"a, b;c=\\\"d\";"], "203.0.113.9 - -");
}

#[test]
fn forwarded_is_read_from_the_right() {
    check_forwarded(&["for=1.1.1.1, for=203.0.113.9"], "203.0.113.9 - -");
    check_forwarded(&["for=1.1.1.1", "for=203.0.113.9"], "203.0.113.9 - -");
    check_forwarded(&["for=203.0.113.9;proto=https, for=10.0.0.2;proto=http"], "203.0.113.9 https -");
    check_forwarded(&["for=1.1.1.1;proto=https, for=203.0.113.9"], "203.0.113.9 - -");
    check_forwarded(&["for=10.0.0.3;host=a, for=10.0.0.2;host=b"], "10.0.0.3 - a");
    check_forwarded(&["for=unknown;proto=https, for=10.0.0.2"], "nobody https -");
    check_forwarded(&["for=1.1.1.1, for=_hidden, for=10.0.0.2"], "nobody - -");
}

#[test]
fn what_a_client_left_open_swallows_nothing() {
    for open in ["for=\"", "for=\"1.1.1.1", "for=\"\\", "for=\"a\\\"", "\"", "for=1.1.1.1;secret=\"", "\\", "=;,="] {
        check_forwarded(&[&format!("{open}, for=203.0.113.9")], "203.0.113.9 - -");
        check_forwarded(&[&format!("{open}, for=\"203.0.113.9:1\";secret=\"a,b\\\"\"")], "203.0.113.9 - -");
        check_forwarded(&[open, "for=203.0.113.9"], "203.0.113.9 - -");
    }
}

#[test]
fn elements_that_cannot_be_read_say_nothing() {
    for element in [
        "203.0.113.9",
        "for",
        "for=",
        "for=;proto=https;x",
        "for=203.0.113.9;for=203.0.113.9",
        "for=\"203.0.113.9",
        "for=203.0.113.9 proto=https",
        "for=203.0.113.9;proto=https;proto=http",
        "for=\"203.0.113.9\"x",
        "for =1.1.1.1",
    ] {
        check_forwarded(&[element], "nobody - -");
    }
    check_forwarded(&["proto=https"], "nobody https -");
}
