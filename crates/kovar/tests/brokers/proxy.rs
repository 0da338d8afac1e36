//! A way to a broker that can be cut.

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

pub(crate) struct Proxy {
    pub(crate) port: u16,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    pub(crate) fn start(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let streams = Arc::<Mutex<Vec<TcpStream>>>::default();
        let open = Arc::clone(&streams);
        thread::spawn(move || {
            for stream in listener.incoming() {
                // Without the other side, it is closed at once.
                let (stream, Ok(server)) = (stream.unwrap(), TcpStream::connect(("127.0.0.1", to))) else { continue };
                open.lock().unwrap().extend([stream.try_clone().unwrap(), server.try_clone().unwrap()]);
                let back = (server.try_clone().unwrap(), stream.try_clone().unwrap());
                thread::spawn(move || pass(stream, server));
                thread::spawn(move || pass(back.0, back.1));
            }
        });
        Self { port, streams }
    }

    /// Cuts all connections that there are. Others may come.
    pub(crate) fn cut(&self) {
        for stream in self.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let _ = copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}
