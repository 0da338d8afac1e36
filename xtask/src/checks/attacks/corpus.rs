//! What is sent. Each attack changes one thing of a request that is otherwise right.

use super::operation::{Operation, Request};

/// One way to be hostile.
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) answer: Answer,
    change: Change,
}

/// Which answers are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Anything below 500; from 400 on, a problem document.
    AnyButServerError,
    /// 413 within a second from an operation that takes a body (or 401, when it asks for a token first).
    TooLarge,
    /// As the first, or the HTTP parser itself refuses: with a bare status or by hanging up.
    MayHangUp,
}

/// What differs from the right request.
enum Change {
    /// The body, sent as `application/json`.
    Body(fn() -> Vec<u8>),
    Header(&'static str, fn() -> Vec<u8>),
    /// What follows the path and `?`.
    Query(fn() -> Vec<u8>),
    /// The value of the path's parameter, or one segment more where it has none.
    Path(fn() -> String),
    Other(fn(&mut Request)),
}

impl Attack {
    pub(super) fn request(&self, operation: &Operation, product: &str, token: Option<&str>) -> Request {
        let mut request = operation.request(product, token);
        match self.change {
            Change::Body(body) => request.json(body()),
            Change::Header(name, value) => request.header(name, value()),
            Change::Query(query) => request.target.extend([b"?", query().as_slice()].concat()),
            Change::Path(value) => request.target = operation.path_with(&value()).into_bytes(),
            Change::Other(change) => change(&mut request),
        }
        request
    }

    /// The same attack where the HTTP parser below the app may refuse by itself.
    const fn may_hang_up(self) -> Self {
        Self { answer: Answer::MayHangUp, ..self }
    }

    const fn too_large(self) -> Self {
        Self { answer: Answer::TooLarge, ..self }
    }
}

const fn attack(name: &'static str, change: Change) -> Attack {
    Attack { name, answer: Answer::AnyButServerError, change }
}

const fn body(name: &'static str, body: fn() -> Vec<u8>) -> Attack {
    attack(name, Change::Body(body))
}

const fn header(name: &'static str, header: &'static str, value: fn() -> Vec<u8>) -> Attack {
    attack(name, Change::Header(header, value))
}

const fn query(name: &'static str, query: fn() -> Vec<u8>) -> Attack {
    attack(name, Change::Query(query))
}

const fn path(name: &'static str, value: fn() -> String) -> Attack {
    attack(name, Change::Path(value))
}

const fn other(name: &'static str, change: fn(&mut Request)) -> Attack {
    attack(name, Change::Other(change))
}

pub(super) const ATTACKS: &[Attack] = &[
    body("a PNG as application/json", || PNG.into()),
    other("a PNG as image/png", |request| {
        request.json(PNG);
        request.header("content-type", "image/png");
    }),
    other("no media type", |request| {
        request.remove_header("content-type");
    }),
    header("a media type that is none", "content-type", || b"application/json/;=\"".into()),
    header("a charset that is not UTF-8", "content-type", || b"application/json; charset=utf-16".into()),
    body("an empty body", Vec::new),
    body("white space only", || b" \r\n\t".into()),
    body("half a document", || br#"{"name":"Te"#.into()),
    body("two documents", || b"{}{}".into()),
    body("null", || b"null".into()),
    body("an array", || b"[]".into()),
    body("Infinity", || b"Infinity".into()),
    body("NaN", || b"NaN".into()),
    body("a price of Infinity", || with_price("Infinity")),
    body("a price of -Infinity", || with_price("-Infinity")),
    body("a price of NaN", || with_price("NaN")),
    body("a price of 1e999", || with_price("1e999")),
    body("a price of 1e-999", || with_price("1e-999")),
    body("a price of 1e999999999999", || with_price("1e999999999999")),
    body("a price of -0", || with_price("-0")),
    body("a price with 10,000 digits", || with_price(&"9".repeat(10_000))),
    body("a price with 10,000 decimals", || with_price(&format!("1.{}", "1".repeat(10_000)))),
    body("a price that is the text NaN", || with_price("\"NaN\"")),
    body("a stock past 64 bits", || with_stock("18446744073709551616")),
    body("the least 64-bit stock", || with_stock("-9223372036854775808")),
    body("the greatest 64-bit stock", || with_stock("9223372036854775807")),
    body("a stock of 1e3", || with_stock("1e3")),
    body("10,000 nested arrays", || nested("[", "", "]")),
    body("10,000 arrays never closed", || nested("[", "", "")),
    body("10,000 nested objects", || nested("{\"a\":", "1", "}")),
    body("10,000 nested arrays in a field", || with_price(&String::from_utf8_lossy(&nested("[", "", "]")))),
    body("10,000 nested arrays in an unknown field", || {
        [br#"{"unknown":"#, nested("[", "", "]").as_slice(), b"}"].concat()
    }),
    body("invalid UTF-8 in a string", || with_name(b"\xff\xfe\xc0\xaf")),
    body("invalid UTF-8 in a key", || b"{\"\xff\":1}".into()),
    body("a UTF-8 surrogate in a string", || with_name(b"\xed\xa0\x80")),
    body("a byte order mark", || b"\xef\xbb\xbf{}".into()),
    body("a lone high surrogate", || with_name(br"\ud800")),
    body("a lone low surrogate", || with_name(br"\udc00")),
    body("surrogates in the wrong order", || with_name(br"\udc00\ud800")),
    body("a lone surrogate in a key", || br#"{"\ud800":1}"#.into()),
    body("an escaped NUL in a string", || with_name(br"a\u0000b")),
    body("a raw NUL in a string", || with_name(b"a\0b")),
    body("only NULs", || vec![0; 1_000]),
    body("a key twice", || br#"{"name":"a","name":"b","price":1,"stock":1,"category":"c"}"#.into()),
    body("10,000 unknown keys", || unknown_keys(10_000)),
    body("a name of 500,000 characters", || with_name(&b"a".repeat(500_000))),
    body("SQL in a string", || with_name(b"'; drop table products; --")),
    other("100 MB announced and not sent", |request| {
        announce(request, 100_000_000);
    })
    .too_large(),
    other("100 MB announced, with Expect", |request| {
        announce(request, 100_000_000);
        request.header("expect", "100-continue");
    })
    .too_large(),
    other("2^63 bytes announced", |request| announce(request, 1 << 63)).too_large(),
    body("4 MB sent", || with_name(&b"a".repeat(4_000_000))).too_large(),
    other("4 MB in one chunk", |request| {
        chunk(request, &b"a".repeat(4_000_000));
    })
    .too_large(),
    other("a small body in a chunk", |request| {
        let body = request.body.clone();
        chunk(request, &body);
    }),
    other("a chunk size that is none", |request| {
        chunk(request, b"");
        request.body = b"xyz\r\n".to_vec();
    })
    .may_hang_up(),
    other("a length and chunks", |request| {
        chunk(request, b"{}");
        request.header("content-length", "3");
    })
    .may_hang_up(),
    other("a length that is none", |request| {
        request.bare_body = true;
        request.header("content-length", "-1");
    })
    .may_hang_up(),
    header("a header of 20 KB", "x-long", || vec![b'a'; 20_000]),
    header("a header of 2 MB", "x-long", || vec![b'a'; 2_000_000]).may_hang_up(),
    header("a NUL in a header", "x-nul", || b"a\0b".into()).may_hang_up(),
    header("bytes past ASCII in a header", "x-bytes", || b"\xff\xfe".into()),
    other("150 headers", |request| add_headers(request, 150)),
    other("10,000 headers", |request| add_headers(request, 10_000)).may_hang_up(),
    header("a token of bytes past ASCII", "authorization", || b"Bearer \xff\xfe".into()),
    header("a scheme without a token", "authorization", || b"Bearer".into()),
    header("a token of 8 KB", "authorization", || [b"Bearer ".as_slice(), &[b'a'; 8_000]].concat()),
    header("an Accept that is none", "accept", || b";;q=,,/".into()),
    header("a request id of line noise", "x-request-id", || b"\t\"'<>{}\xff".into()),
    query("a target of 20 KB", || [b"category=".as_slice(), &[b'a'; 20_000]].concat()),
    query("a target of 2 MB", || [b"category=".as_slice(), &b"a".repeat(2_000_000)].concat()).may_hang_up(),
    query("raw bytes past ASCII in the target", || b"category=\xff\xfe".into()).may_hang_up(),
    query("a raw NUL in the target", || b"category=\0".into()).may_hang_up(),
    query("an escaped NUL in the query", || b"category=%00&cursor=%00&limit=%00".into()),
    query("invalid UTF-8 in the query", || b"category=%ff%fe&cursor=%c0%af".into()),
    query("a surrogate in the query", || b"category=%ed%a0%80&cursor=%ed%a0%80".into()),
    query("half an escape in the query", || b"category=%&cursor=%f&limit=%zz".into()),
    query("no numbers in the query", || b"min_price=NaN&max_price=Infinity&limit=1e999".into()),
    query("numbers past every width", || {
        b"min_price=1e999999999&max_price=-1e999&limit=99999999999999999999999".into()
    }),
    query("a parameter 500 times", || b"limit=1&".repeat(500)),
    query("a query of separators", || b"?&&==&=&;[]=[][]=".into()),
    query("deep brackets in the query", || [b"a".as_slice(), &b"[a]".repeat(1_000), b"=1"].concat()),
    path("an escaped NUL in the path", || "%00".into()),
    path("invalid UTF-8 in the path", || "%ff%fe".into()),
    path("a surrogate in the path", || "%ed%a0%80".into()),
    path("half an escape in the path", || "%f".into()),
    path("a way up in the path", || "..%2f..%2fetc%2fpasswd".into()),
    path("an id of 5,000 characters", || "a".repeat(5_000)),
    path("an empty id", String::new),
    path("1,000 slashes", || "/".repeat(1_000)),
    other("a method that nobody knows", |request| {
        request.method = "KOVAR";
    }),
    other("TRACE", |request| request.method = "TRACE"),
];

/// The start of a PNG file: its signature and header, as a client that uploads to the wrong place sends it.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

fn with_price(price: &str) -> Vec<u8> {
    format!(r#"{{"name":"Tea","price":{price},"stock":3,"category":"food"}}"#).into_bytes()
}

fn with_stock(stock: &str) -> Vec<u8> {
    format!(r#"{{"name":"Tea","price":1,"stock":{stock},"category":"food"}}"#).into_bytes()
}

fn with_name(name: &[u8]) -> Vec<u8> {
    [br#"{"name":""#, name, br#"","price":1,"stock":3,"category":"food"}"#].concat()
}

fn nested(open: &str, inner: &str, close: &str) -> Vec<u8> {
    [&open.repeat(10_000), inner, &close.repeat(10_000)].concat().into_bytes()
}

fn unknown_keys(count: usize) -> Vec<u8> {
    let keys: Vec<String> = (0..count).map(|number| format!("\"key{number}\":{number}")).collect();
    format!("{{{}}}", keys.join(",")).into_bytes()
}

fn announce(request: &mut Request, length: u64) {
    request.json("");
    request.announced = Some(length);
}

fn add_headers(request: &mut Request, count: usize) {
    for number in 0..count {
        request.headers.push((format!("x-number-{number}"), b"1".into()));
    }
}

/// Sends `body` as one chunk.
fn chunk(request: &mut Request, body: &[u8]) {
    let size = format!("{:x}\r\n", body.len());
    request.json([size.as_bytes(), body, b"\r\n0\r\n\r\n"].concat());
    request.header("transfer-encoding", "chunked");
    request.bare_body = true;
}

#[cfg(test)]
mod tests {
    use super::super::operation::Operation;
    use super::ATTACKS;

    #[test]
    fn each_attack_has_its_own_name_and_changes_the_request() {
        let operation = Operation::new("POST", "/api/v1/products", true);
        let right = operation.request("1", Some("token")).bytes();
        for (index, attack) in ATTACKS.iter().enumerate() {
            assert!(ATTACKS[..index].iter().all(|earlier| earlier.name != attack.name), "{} twice", attack.name);
            assert_ne!(attack.request(&operation, "1", Some("token")).bytes(), right, "{}", attack.name);
        }
    }
}
