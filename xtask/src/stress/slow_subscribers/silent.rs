//! Subscribers that never read.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::bench::live::dialect::{Dialect, Role};

/// As on a network: on loopback a socket takes megabytes that nobody reads.
const SEGMENT_BYTES: u32 = 1400;
const RECEIVE_BYTES: usize = 8 * 1024;

const OPENING_LIMIT: Duration = Duration::from_secs(10);

/// How long the end of all may take once they read.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);

/// A Close with the code 4001 (RFC 6455 §5.5.1).
const SLOW: [u8; 4] = [0x88, 2, 0x0f, 0xa1];

/// Clients that have subscribed, and do not read from then on.
#[derive(Debug)]
pub(super) struct Silent(Vec<Client>);

#[derive(Debug)]
struct Client {
    stream: TcpStream,
    /// The last bytes that came.
    last: Vec<u8>,
    has_ended: bool,
}

impl Silent {
    /// # Errors
    /// When one cannot subscribe.
    pub(super) fn open(address: SocketAddr, count: usize) -> Result<Self, String> {
        let clients = (0..count).map(|_| Client::open(address));
        let clients: std::io::Result<Vec<_>> = clients.collect();
        clients.map(Self).map_err(|error| format!("A subscriber could not come: {error}"))
    }

    /// Reads all that there is to the end, and gives how many have ended with 4001.
    pub(super) fn read_all(&mut self) -> usize {
        let end = Instant::now() + DRAIN_LIMIT;
        while self.0.iter().any(|client| !client.has_ended) && Instant::now() < end {
            self.0.iter_mut().filter(|client| !client.has_ended).for_each(Client::read);
            thread::sleep(Duration::from_millis(1));
        }
        self.0.iter().filter(|client| client.has_ended && client.last == SLOW).count()
    }
}

impl Client {
    fn open(address: SocketAddr) -> std::io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_tcp_mss(SEGMENT_BYTES)?;
        socket.set_recv_buffer_size(RECEIVE_BYTES)?;
        socket.connect(&address.into())?;
        socket.set_read_timeout(Some(OPENING_LIMIT))?;
        let mut stream = TcpStream::from(socket);
        stream.write_all(&Dialect::Kovar.opening(Role::Listener { topic: 0, is_kept: false }, None))?;
        let mut said: Vec<u8> = Vec::new();
        // The last thing that is said before the first message.
        while !said.windows(8).any(|window| window == b"\"epoch\":") {
            let mut buffer = [0; 1024];
            match stream.read(&mut buffer)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => said.extend(&buffer[..count]),
            }
        }
        stream.set_nonblocking(true)?;
        Ok(Self { stream, last: Vec::new(), has_ended: false })
    }

    fn read(&mut self) {
        let mut buffer = [0; 64 * 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    self.last.extend(&buffer[..count]);
                    self.last.drain(..self.last.len().saturating_sub(SLOW.len()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => break,
            }
        }
        self.has_ended = true;
    }
}
