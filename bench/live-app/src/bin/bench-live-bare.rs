//! What a fan-out costs at least: one call of `send` for each connection, in a loop. `bench-live-bare ADDRESS`.
//!
//! The first byte says what a connection is. `S` is sent to; `P` says what, as a length in four bytes and so many bytes,
//! again and again; and `G` begins a request of HTTP, which asks whether somebody is there.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

const THERE: &[u8] = b"HTTP/1.1 204 No Content\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

type Subscribers = Arc<Mutex<Vec<TcpStream>>>;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let subscribers = Subscribers::default();
    for stream in TcpListener::bind(address)?.incoming() {
        let (mut stream, mut first) = (stream?, [0]);
        match stream.read_exact(&mut first).map(|()| first[0]) {
            Ok(b'S') => {
                stream.set_nodelay(true)?;
                subscribers.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
            }
            Ok(b'P') => {
                let subscribers = Arc::clone(&subscribers);
                thread::spawn(move || send_what_comes(stream, &subscribers));
            }
            // Who asks may be gone by now.
            _ => drop(stream.read(&mut [0; 1024]).and_then(|_| stream.write_all(THERE))),
        }
    }
    Ok(())
}

/// Ends with its connection.
fn send_what_comes(mut publisher: TcpStream, subscribers: &Subscribers) -> io::Result<()> {
    loop {
        let mut length = [0; 4];
        publisher.read_exact(&mut length)?;
        let mut frame = vec![0; u32::from_be_bytes(length) as usize];
        publisher.read_exact(&mut frame)?;
        for mut subscriber in subscribers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            // One that is gone is nobody's concern here.
            let _ = subscriber.write_all(&frame);
        }
    }
}
