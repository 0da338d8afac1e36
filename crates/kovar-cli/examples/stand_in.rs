//! A program that obeys the protocol of `kovar start` and is no app of Kovar: what the tests run.
//!
//! It answers each request with its pid, drains on SIGTERM, and misbehaves when told to.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{Sender, channel};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if has("--version") {
        println!("stand_in {}", std::env::var("STAND_IN_VERSION").unwrap_or_else(|_| "1.2.3".to_owned()));
        return Ok(());
    }
    println!("to standard output");
    eprintln!("to standard error");
    if has("--fail") {
        eprintln!("it is broken");
        std::process::exit(3);
    }
    let [requests, admin] = sockets()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let served = Arc::new(AtomicU64::new(0));
    tokio::spawn(measure(admin, Arc::clone(&served)));
    if !has("--never-ready") {
        ready()?;
    }
    if has("--chatty") {
        tokio::spawn(chat());
    }
    let hoard = has("--hoard").then(|| vec![1_u8; 200 << 20]);
    let (answering, mut all_answered) = channel::<()>(1);
    loop {
        tokio::select! {
            accepted = requests.accept() => {
                let (stream, _) = accepted?;
                served.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(answer(stream, answering.clone()));
            }
            _ = terminate.recv() => break,
        }
    }
    drop((answering, hoard));
    let _ = all_answered.recv().await;
    println!("drained");
    Ok(())
}

/// The socket that was passed, and the address that was reserved.
fn sockets() -> io::Result<[TcpListener; 2]> {
    assert_eq!(std::env::var("LISTEN_FDNAMES").as_deref(), Ok("http"));
    let passed = listenfd::ListenFd::from_env().take_tcp_listener(0)?;
    let requests = passed.ok_or_else(|| io::Error::other("no socket was passed"))?;
    let address = std::env::var("KOVAR_ADMIN").unwrap_or_default();
    let address: std::net::SocketAddr = address.parse().map_err(io::Error::other)?;
    let admin = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    admin.set_reuse_port(true)?;
    admin.bind(&address.into())?;
    admin.listen(16)?;
    let listen = |socket: std::net::TcpListener| {
        socket.set_nonblocking(true)?;
        TcpListener::from_std(socket)
    };
    Ok([listen(requests)?, listen(admin.into())?])
}

fn ready() -> io::Result<()> {
    // `kovar dev` does not ask for it.
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
    std::os::unix::net::UnixDatagram::unbound()?.send_to(b"STATUS=well\nREADY=1\n", path)?;
    Ok(())
}

async fn chat() {
    for number in 0_u64.. {
        println!("line {number}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn answer(mut stream: TcpStream, _answering: Sender<()>) -> io::Result<()> {
    let head = head(&mut stream).await?;
    if head.starts_with("GET /die ") {
        std::process::exit(7);
    }
    if head.starts_with("GET /slow ") {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let body = std::process::id().to_string();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await
}

async fn measure(admin: TcpListener, served: Arc<AtomicU64>) -> io::Result<()> {
    loop {
        let (mut stream, _) = admin.accept().await?;
        head(&mut stream).await?;
        let count = served.load(Ordering::Relaxed);
        let name = "http_server_request_duration_seconds_bucket";
        let text = format!("{name}{{le=\"0.01\"}} {count}\n{name}{{le=\"+Inf\"}} {count}\n");
        stream.write_all(format!("HTTP/1.0 200 OK\r\n\r\n{text}").as_bytes()).await?;
    }
}

async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
