//! The floor: a raw tokio socket that finds where a request ends and sends a fixed answer. It parses and checks nothing.

use std::sync::LazyLock;

use bench_peers::address;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

static GREETING: LazyLock<String> = LazyLock::new(|| answer("200 OK", "text/plain; charset=utf-8", "Hello, World!"));
static CREATED: LazyLock<String> = LazyLock::new(|| answer("201 Created", "application/json", PRODUCT));
const PRODUCT: &str = "{\"id\":\"0190a6a0-0000-7000-8000-000000000000\",\"name\":\"Desk lamp\",\
    \"description\":\"Warm light, with a dimmer\",\"price\":\"39.90\",\"stock\":12,\"category\":\"lamps\",\
    \"created_at\":\"1970-01-01T00:00:00.000000000Z\",\"updated_at\":\"1970-01-01T00:00:00.000000000Z\"}";

fn answer(status: &str, media_type: &str, body: &str) -> String {
    let length = body.len();
    let date = "Thu, 01 Jan 1970 00:00:00 GMT";
    format!("HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\ndate: {date}\r\n\r\n{body}")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let listener = TcpListener::bind(address()).await.expect("the address is free");
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async {
            // A client that goes away ends its connection, and nothing else.
            let _ = answer_all(stream).await;
        });
    }
}

async fn answer_all(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 4096];
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(2 * filled, 0);
        }
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        if let Some(length) = request_length(&buffer[..filled]) {
            let answer = if buffer[0] == b'P' { &CREATED } else { &GREETING };
            stream.write_all(answer.as_bytes()).await?;
            buffer.copy_within(length..filled, 0);
            filled -= length;
        }
    }
}

/// The length of the first request, when all of it is there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let length = head + content_length(&bytes[..head]);
    (bytes.len() >= length).then_some(length)
}

fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length:";
    let Some(start) = head.windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME)) else { return 0 };
    let digits = head[start + NAME.len()..].iter().skip_while(|byte| **byte == b' ');
    digits.take_while(|byte| byte.is_ascii_digit()).fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
}
