//! Where a server listens.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::task::{Context, Poll};

use listenfd::ListenFd;
use socket2::{Domain, Protocol, Type};
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

/// A socket that listens, and that no runtime knows.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(std::net::TcpListener),
    Unix(std::os::unix::net::UnixListener),
}

/// The socket of one worker, which accepts.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// Binds an address. With TCP each worker gets a socket of its own, among which the kernel spreads
/// connections (`SO_REUSEPORT`); a Unix socket is shared.
pub(crate) fn bind(address: &Address, workers: usize) -> io::Result<Vec<Socket>> {
    match address {
        Address::Tcp(address) => bind_tcp(*address, workers),
        Address::Unix(path) => bind_unix(path).map(|socket| vec![Socket::Unix(socket)]),
    }
}

/// As [`bind`], where another program of this user may listen, too.
pub(crate) fn bind_beside(address: &Address, workers: usize) -> io::Result<Vec<Socket>> {
    match address {
        Address::Tcp(address) => (0..workers.max(1)).map(|_| listening(tcp_socket(*address, true)?)).collect(),
        Address::Unix(_) => bind(address, workers),
    }
}

/// The sockets that whoever started the program passed to it, as systemd does: descriptors from 3
/// on, as many as `LISTEN_FDS` says. They are taken once.
pub(crate) fn inherited() -> io::Result<Vec<Socket>> {
    let mut passed = ListenFd::from_env();
    let mut sockets = Vec::new();
    for index in 0..passed.len() {
        let taken = match passed.take_tcp_listener(index) {
            Ok(socket) => socket.map(Socket::Tcp),
            Err(_) => passed.take_unix_listener(index)?.map(Socket::Unix),
        };
        if let Some(socket) = taken {
            socket.set_nonblocking()?;
            sockets.push(socket);
        }
    }
    Ok(sockets)
}

/// Gives each worker sockets of each address: some, where there are more than workers, or one
/// shared with others.
pub(crate) fn spread(sockets: Vec<Socket>, workers: usize) -> io::Result<Vec<Vec<Socket>>> {
    let mut of_workers: Vec<Vec<Socket>> = (0..workers).map(|_| Vec::new()).collect();
    let mut by_address: Vec<(Option<Address>, Vec<Socket>)> = Vec::new();
    for socket in sockets {
        let address = socket.address();
        match by_address.iter_mut().find(|(known, _)| *known == address) {
            Some((_, group)) => group.push(socket),
            None => by_address.push((address, vec![socket])),
        }
    }
    for (_, group) in by_address {
        for worker in group.len()..workers {
            of_workers[worker].push(group[worker % group.len()].try_clone()?);
        }
        for (index, socket) in group.into_iter().enumerate() {
            of_workers[index % workers].push(socket);
        }
    }
    Ok(of_workers)
}

impl Socket {
    /// The address, with the port that was found.
    pub(crate) fn address(&self) -> Option<Address> {
        match self {
            Self::Tcp(socket) => socket.local_addr().ok().map(Address::Tcp),
            Self::Unix(socket) => socket.local_addr().ok()?.as_pathname().map(|path| Address::Unix(path.to_owned())),
        }
    }

    pub(crate) fn listen(self) -> io::Result<Listener> {
        match self {
            Self::Tcp(socket) => TcpListener::from_std(socket).map(Listener::Tcp),
            Self::Unix(socket) => UnixListener::from_std(socket).map(Listener::Unix),
        }
    }

    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(socket) => socket.try_clone().map(Self::Tcp),
            Self::Unix(socket) => socket.try_clone().map(Self::Unix),
        }
    }

    fn set_nonblocking(&self) -> io::Result<()> {
        match self {
            Self::Tcp(socket) => socket.set_nonblocking(true),
            Self::Unix(socket) => socket.set_nonblocking(true),
        }
    }
}

impl From<Socket> for OwnedFd {
    fn from(socket: Socket) -> Self {
        match socket {
            Socket::Tcp(socket) => socket.into(),
            Socket::Unix(socket) => socket.into(),
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

/// With `SO_REUSEPORT` alone, another program could listen at the same port unnoticed, so it is
/// taken without at first.
fn bind_tcp(address: SocketAddr, workers: usize) -> io::Result<Vec<Socket>> {
    let probe = tcp_socket(address, false)?;
    let address = probe.local_addr()?.as_socket().unwrap_or(address);
    drop(probe);
    bind_beside(&Address::Tcp(address), workers)
}

fn tcp_socket(address: SocketAddr, is_shared: bool) -> io::Result<socket2::Socket> {
    let socket = socket2::Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(is_shared)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn listening(socket: socket2::Socket) -> io::Result<Socket> {
    socket.set_nonblocking(true)?;
    socket.listen(BACKLOG)?;
    Ok(Socket::Tcp(socket.into()))
}

fn bind_unix(path: &Path) -> io::Result<std::os::unix::net::UnixListener> {
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
    Ok(bound)
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

    fn free() -> Address {
        Address::Tcp(([127, 0, 0, 1], 0).into())
    }

    #[test]
    fn a_port_is_taken_once() {
        let first = bind(&free(), 3).unwrap();
        let address = first[0].address().unwrap();
        assert!(first.len() == 3 && first.iter().all(|socket| socket.address() == Some(address.clone())));
        let error = bind(&address, 1).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn every_worker_listens_everywhere_and_no_socket_is_left() {
        for (sockets, workers) in [(3, 3), (1, 4), (5, 2), (2, 3)] {
            let both = [bind(&free(), sockets).unwrap(), bind(&free(), sockets).unwrap()];
            let spread = spread(both.into_iter().flatten().collect(), workers).unwrap();
            assert_eq!(spread.len(), workers);
            let mut addresses: Vec<_> = spread[0].iter().filter_map(Socket::address).map(|a| a.to_string()).collect();
            addresses.sort();
            addresses.dedup();
            assert_eq!(addresses.len(), 2, "{sockets} sockets, {workers} workers");
            let count: usize = spread.iter().map(Vec::len).sum();
            assert_eq!(count, 2 * sockets.max(workers));
        }
    }
}
