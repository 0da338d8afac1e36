//! Listening sockets that outlive the programs that accept from them.
//!
//! Whoever starts an app binds for it and passes the sockets on, as systemd does. So connections
//! wait in the kernel while an app is replaced, instead of being refused.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use command_fds::{CommandFdExt as _, FdMapping};
use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

/// How many connections the kernel keeps until an app accepts them.
const BACKLOG: i32 = 4096;

/// The first file descriptor that is passed on: `sd_listen_fds(3)`.
const FIRST_DESCRIPTOR: i32 = 3;

/// Where an app listens, in the forms that an app's own `--listen` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Address {
    /// `127.0.0.1:8000`. Port 0 takes a free one.
    Tcp(SocketAddr),
    /// `unix:/run/app.sock`. A socket that nobody listens at is replaced.
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("`{text}` is neither an address with a port, as 127.0.0.1:8000, nor unix:PATH");
        match text.strip_prefix("unix:") {
            Some("") => Err(refused()),
            Some(path) => Ok(Self::Unix(std::path::absolute(path).map_err(|_| refused())?)),
            None => text.parse().map(Self::Tcp).map_err(|_| refused()),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
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

/// A socket that listens.
#[derive(Debug)]
pub(crate) struct Listening {
    address: Address,
    socket: Socket,
}

impl Listening {
    /// Binds an address.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened at; the error names it.
    pub(crate) fn bind(address: &Address) -> io::Result<Self> {
        let bound = match address {
            Address::Tcp(address) => bind_tcp(*address),
            Address::Unix(path) => bind_unix(path),
        };
        let socket = bound.map_err(|cause| taken(address, &cause))?;
        // The port that was found takes the place of port 0.
        let found = socket.local_addr()?.as_socket();
        Ok(Self { address: found.map_or_else(|| address.clone(), Address::Tcp), socket })
    }

    /// Where it listens, with the port that was found.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// The same socket, to accept from here.
    pub(crate) fn try_clone(&self) -> io::Result<Socket> {
        self.socket.try_clone()
    }

    fn descriptor(&self) -> io::Result<OwnedFd> {
        self.socket.as_fd().try_clone_to_owned()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Address::Unix(path) = &self.address {
            // Someone may have removed it already.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// An address that apps bind themselves, each process of one beside the other (`SO_REUSEPORT`), and
/// that no other program finds free meanwhile. Nobody listens here, so it gets no connections.
#[derive(Debug)]
pub(crate) struct Reserved {
    address: SocketAddr,
    _socket: Socket,
}

impl Reserved {
    /// Reserves an address.
    ///
    /// # Errors
    ///
    /// When someone else has it; the error names it.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let bind = || {
            // With `SO_REUSEPORT` alone, an app of the same user would be joined unnoticed.
            let address = tcp(address, false)?.local_addr()?.as_socket().unwrap_or(address);
            Ok((address, tcp(address, true)?))
        };
        let (address, socket) = bind().map_err(|cause| taken(&Address::Tcp(address), &cause))?;
        Ok(Self { address, _socket: socket })
    }

    /// The address, with the port that was found.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Lets a command have these sockets, by systemd's protocol. `LISTEN_PID` is left out: the pid is not
/// known before the fork.
///
/// # Errors
///
/// When the process has no file descriptors left.
pub(crate) fn pass_on(sockets: &[Listening], command: &mut tokio::process::Command) -> io::Result<()> {
    let mut mappings = Vec::new();
    for (child_fd, socket) in (FIRST_DESCRIPTOR..).zip(sockets) {
        mappings.push(FdMapping { parent_fd: socket.descriptor()?, child_fd });
    }
    command.fd_mappings(mappings).map_err(io::Error::other)?;
    let names = vec!["http"; sockets.len()].join(":");
    command.env("LISTEN_FDS", sockets.len().to_string()).env("LISTEN_FDNAMES", names).env_remove("LISTEN_PID");
    Ok(())
}

fn taken(address: &Address, cause: &io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("{address} cannot be listened at: {cause}"))
}

fn bind_tcp(address: SocketAddr) -> io::Result<Socket> {
    let socket = tcp(address, false)?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

fn tcp(address: SocketAddr, is_shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(is_shared)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn bind_unix(path: &Path) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    let address = SockAddr::unix(path)?;
    socket.bind(&address).or_else(|error| {
        if !is_left_over(path, &error) {
            return Err(error);
        }
        std::fs::remove_file(path)?;
        socket.bind(&address)
    })?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

fn is_left_over(path: &Path, error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
        && UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        assert_eq!("127.0.0.1:80".parse(), Ok(Address::Tcp(([127, 0, 0, 1], 80).into())));
        assert_eq!("unix:/a/b".parse(), Ok(Address::Unix("/a/b".into())));
        for text in ["", "80", "localhost", "unix:", "http://127.0.0.1:80"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_unix_socket_is_removed_with_its_listener_and_a_left_over_one_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let address = Address::Unix(directory.path().join("s"));
        let first = Listening::bind(&address).unwrap();
        assert!(Listening::bind(&address).is_err());
        drop(first);
        assert!(!directory.path().join("s").exists());
        drop(std::os::unix::net::UnixListener::bind(directory.path().join("s")).unwrap());
        assert!(Listening::bind(&address).is_ok());
    }
}
