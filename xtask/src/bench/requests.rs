//! Requests, each on a connection of its own.

/// A GET request.
pub(super) fn get(path: &str, accept_encoding: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-encoding: {accept_encoding}\r\nconnection: close\r\n\r\n")
        .into_bytes()
}

/// A POST request.
pub(super) fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}
