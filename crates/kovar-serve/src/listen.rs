//! Where a server listens.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::task::{Context, Poll};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UnixListener};

use crate::peer::Peer;
use crate::stream::Stream;

/// How many connections the kernel keeps until a worker accepts them.
const BACKLOG: i32 = 4096;

/// Where a server listens: `127.0.0.1:8000`, `[::]:8000`, or `unix:/run/app.sock`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An address of TCP. Port 0 takes a free one.
    Tcp(SocketAddr),
    /// A Unix socket. A socket that is there and that nobody listens at is replaced.
    Unix(PathBuf),
}

/// What is no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError(String);

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        match text.strip_prefix("unix:") {
            Some("") => Err(AddressError(text.to_owned())),
            Some(path) => Ok(Self::Unix(path.into())),
            None => text.parse().map(Self::Tcp).map_err(|_| AddressError(text.to_owned())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is neither an address with a port, as 127.0.0.1:8000, nor unix:PATH", self.0)
    }
}

impl std::error::Error for AddressError {}

/// Sockets that are bound, one for each worker.
#[derive(Debug)]
pub(crate) enum Sockets {
    Tcp(Vec<std::net::TcpListener>),
    Unix(Vec<std::os::unix::net::UnixListener>),
}

/// The socket of one worker, which accepts.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Sockets {
    /// Binds an address. Each worker gets a socket of its own, among which the kernel spreads
    /// connections (`SO_REUSEPORT`); a Unix socket is shared.
    pub(crate) fn bind(address: &Address, workers: usize) -> io::Result<Self> {
        match address {
            Address::Tcp(address) => bind_tcp(*address, workers).map(Self::Tcp),
            Address::Unix(path) => bind_unix(path, workers).map(Self::Unix),
        }
    }

    /// The address, with the port that was found.
    pub(crate) fn address(&self) -> Option<Address> {
        match self {
            Self::Tcp(sockets) => sockets.first()?.local_addr().ok().map(Address::Tcp),
            Self::Unix(sockets) => {
                let address = sockets.first()?.local_addr().ok()?;
                address.as_pathname().map(|path| Address::Unix(path.to_owned()))
            }
        }
    }

    /// The listeners that the workers turn into their own.
    pub(crate) fn into_each(self) -> Vec<Bound> {
        match self {
            Self::Tcp(sockets) => sockets.into_iter().map(Bound::Tcp).collect(),
            Self::Unix(sockets) => sockets.into_iter().map(Bound::Unix).collect(),
        }
    }
}

/// The socket of one worker, before the worker's runtime knows it.
#[derive(Debug)]
pub(crate) enum Bound {
    Tcp(std::net::TcpListener),
    Unix(std::os::unix::net::UnixListener),
}

impl Bound {
    pub(crate) fn listen(self) -> io::Result<Listener> {
        match self {
            Self::Tcp(socket) => TcpListener::from_std(socket).map(Listener::Tcp),
            Self::Unix(socket) => UnixListener::from_std(socket).map(Listener::Unix),
        }
    }
}

/// The next connection of any of them.
pub(crate) async fn accept(listeners: &[Listener]) -> io::Result<(Stream, Peer)> {
    poll_fn(|context| {
        let mut accepted = listeners.iter().map(|listener| listener.poll_accept(context));
        accepted.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

impl Listener {
    fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<(Stream, Peer)>> {
        match self {
            Self::Tcp(listener) => listener.poll_accept(context).map_ok(|(stream, address)| {
                // A small answer should not wait for the next one. A connection that ended already
                // has no options.
                let _ = stream.set_nodelay(true);
                (Stream::Tcp(stream), Peer::of(address))
            }),
            Self::Unix(listener) => {
                listener.poll_accept(context).map_ok(|(stream, _)| (Stream::Unix(stream), Peer::local()))
            }
        }
    }
}

fn bind_tcp(address: SocketAddr, workers: usize) -> io::Result<Vec<std::net::TcpListener>> {
    // With `SO_REUSEPORT` alone, another program could listen at the same port unnoticed, so the
    // first socket takes it without.
    let probe = socket(address, false)?;
    let address = probe.local_addr()?.as_socket().unwrap_or(address);
    drop(probe);
    (0..workers.max(1)).map(|_| listening(socket(address, true)?)).collect()
}

fn socket(address: SocketAddr, is_shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(is_shared)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn listening(socket: Socket) -> io::Result<std::net::TcpListener> {
    socket.set_nonblocking(true)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn bind_unix(path: &PathBuf, workers: usize) -> io::Result<Vec<std::os::unix::net::UnixListener>> {
    use std::os::unix::net::{UnixListener, UnixStream};
    let bound = UnixListener::bind(path).or_else(|error| {
        let is_left_over = error.kind() == io::ErrorKind::AddrInUse
            && UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
        if !is_left_over {
            return Err(error);
        }
        std::fs::remove_file(path)?;
        UnixListener::bind(path)
    })?;
    bound.set_nonblocking(true)?;
    (0..workers.max(1)).map(|_| bound.try_clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        assert_eq!("127.0.0.1:80".parse(), Ok(Address::Tcp(([127, 0, 0, 1], 80).into())));
        assert_eq!("unix:/a/b".parse(), Ok(Address::Unix("/a/b".into())));
        for text in ["", "80", "localhost", "127.0.0.1", "unix:", "http://127.0.0.1:80"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_port_is_taken_once() {
        let first = Sockets::bind(&Address::Tcp(([127, 0, 0, 1], 0).into()), 3).unwrap();
        let Some(Address::Tcp(address)) = first.address() else { panic!("no address") };
        assert_ne!(address.port(), 0);
        let error = Sockets::bind(&Address::Tcp(address), 1).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }
}
