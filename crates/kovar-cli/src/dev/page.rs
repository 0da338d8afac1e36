//! The page that a browser sees while nothing can run.
//!
//! It asks for [`POLLED`] until something else than this page answers, and then loads anew. Every
//! request gets it, and its connection is closed: the next one is for the program.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::time::Duration;

use socket2::Socket;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::message::to_html;

/// What the page asks for.
const POLLED: &str = "/__kovar/dev";

/// The header that tells this page from another one, and from whatever a program answers.
const MARK: &str = "kovar-dev";

/// How much of a request is read. Nothing in it matters, but who still sends may not see an answer.
const REQUEST_LIMIT: u64 = 1 << 20;

const REQUEST_TIME_LIMIT: Duration = Duration::from_secs(2);

/// A page that is answered at a socket until this is dropped.
#[derive(Debug)]
pub(super) struct Page {
    socket: Socket,
    accepting: JoinHandle<()>,
}

/// What a page says.
#[derive(Debug, Hash)]
pub(super) struct Content {
    title: &'static str,
    /// Escaped.
    text: String,
}

/// The page for a build that is broken.
pub(super) fn broken(text: &str) -> Content {
    Content { title: "The build is broken", text: to_html(text) }
}

/// The page for a program that ended.
pub(super) fn ended(status: &str) -> Content {
    let text = format!("{}\n\nWhat it said is in the terminal of kovar dev.", to_html(status));
    Content { title: "The program ended", text }
}

impl Page {
    /// Answers every request with this page.
    ///
    /// # Errors
    ///
    /// When the socket cannot be used.
    pub(super) fn serve(socket: Socket, content: &Content) -> std::io::Result<Self> {
        socket.set_nonblocking(true)?;
        let listener = TcpListener::from_std(socket.try_clone()?.into())?;
        let response = response(content);
        let accepting = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let response = response.clone();
                // Who goes away before the answer needs none.
                tokio::spawn(async move { timeout(REQUEST_TIME_LIMIT, answer(stream, &response)).await });
            }
        });
        Ok(Self { socket, accepting })
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.accepting.abort();
        // The flag belongs to the socket, not to this process: a program shall find it as it was.
        let _ = self.socket.set_nonblocking(false);
    }
}

async fn answer(mut stream: TcpStream, response: &str) -> std::io::Result<()> {
    read_head(&mut stream).await?;
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await?;
    // To close while the other side sends would take the answer from it: RFC 9112 §9.6.
    let mut rest = Vec::new();
    stream.take(REQUEST_LIMIT).read_to_end(&mut rest).await?;
    Ok(())
}

async fn read_head(stream: &mut TcpStream) -> std::io::Result<()> {
    let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < 64 << 10 {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            read => head.extend_from_slice(&buffer[..read]),
        }
    }
    Ok(())
}

fn response(content: &Content) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let mark = format!("{:016x}", hasher.finish());
    let html = html(content, &mark);
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nRetry-After: 1\r\n{MARK}: {mark}\r\nConnection: close\r\n\r\n{html}",
        html.len()
    )
}

fn html(Content { title, text }: &Content, mark: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<noscript><meta http-equiv="refresh" content="2"></noscript>
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 3rem auto; padding: 0 1rem }}
  pre {{ font: 14px/1.5 ui-monospace, monospace; overflow-x: auto; padding: 1rem; border: 1px solid #8888; border-radius: .5rem }}
</style>
</head>
<body>
<h1>{title}</h1>
<pre>{text}</pre>
<p>This page loads again when the program answers.</p>
<script>
  const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));
  const isCurrent = async () => {{
    try {{
      const answer = await fetch("{POLLED}", {{ cache: "no-store" }});
      return answer.headers.get("{MARK}") === "{mark}";
    }} catch {{
      return true;
    }}
  }};
  (async () => {{
    do await wait(500); while (await isCurrent());
    location.reload();
  }})();
</script>
</body>
</html>
"#
    )
}
