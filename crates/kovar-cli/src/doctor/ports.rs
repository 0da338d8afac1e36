//! Whether the app can listen where it is told to.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use kovar_serve::Address;
use rustix::fs::{Access, access};

use super::disk::folder_of;
use super::finding::Finding;

/// How long an admin listener on this machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How it went to listen at an address for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    Free,
    Taken,
    Failed(io::ErrorKind),
}

/// `setting` is the variable that holds the address; `is_running` says whether an app of Kovar answers at the admin
/// address, and so may be who has this one.
pub(super) fn check(address: &Address, setting: &str, is_running: bool) -> Finding {
    let attempt = match address {
        Address::Tcp(address) => try_port(*address),
        Address::Unix(path) => try_socket(path),
    };
    judge(address, setting, attempt, is_running)
}

/// Whether an app of Kovar answers at an admin address.
pub(super) fn is_an_app_at(admin: SocketAddr) -> bool {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&admin, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\nlive\n"))
}

fn try_port(address: SocketAddr) -> Attempt {
    match TcpListener::bind(address) {
        Ok(_) => Attempt::Free,
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => Attempt::Taken,
        Err(cause) => Attempt::Failed(cause.kind()),
    }
}

/// A socket that nobody listens at is replaced by the app, so it does not stand in the way.
fn try_socket(path: &Path) -> Attempt {
    if UnixStream::connect(path).is_ok() {
        return Attempt::Taken;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder_of(path) == folder, access(folder, Access::WRITE_OK | Access::EXEC_OK)) {
        (false, _) => Attempt::Failed(io::ErrorKind::NotFound),
        (true, Err(_)) => Attempt::Failed(io::ErrorKind::PermissionDenied),
        (true, Ok(())) => Attempt::Free,
    }
}

fn judge(address: &Address, setting: &str, attempt: Attempt, is_running: bool) -> Finding {
    let elsewhere = format!("set another address with {setting}");
    match attempt {
        Attempt::Free => Finding::ok(format!("{address} is free")),
        Attempt::Taken if is_running => Finding::warn(
            format!("{address} is taken, and an app of Kovar answers at the admin address"),
            "nothing, if that is this app; otherwise stop it",
        ),
        Attempt::Taken => Finding::fail(
            format!("{address} is taken by another program"),
            format!("stop that program (`ss -ltnp` names it), or {elsewhere}"),
        ),
        Attempt::Failed(io::ErrorKind::PermissionDenied) => Finding::fail(
            format!("{address} may not be listened at"),
            format!("{elsewhere}; for ports below 1024, AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit"),
        ),
        Attempt::Failed(io::ErrorKind::AddrNotAvailable) => {
            Finding::fail(format!("{address} is no address of this machine"), format!("{elsewhere}, as 0.0.0.0:8000"))
        }
        Attempt::Failed(kind) => Finding::fail(format!("{address} cannot be listened at: {kind}"), elsewhere),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    fn of(attempt: Attempt, is_running: bool) -> Finding {
        judge(&"127.0.0.1:80".parse().unwrap(), "KOVAR_LISTEN", attempt, is_running)
    }

    #[test]
    fn each_way_to_fail_has_its_advice() {
        assert_finding(&of(Attempt::Free, false), Verdict::Ok, "127.0.0.1:80 is free");
        assert_finding(&of(Attempt::Taken, false), Verdict::Fail, "`ss -ltnp`");
        assert_finding(&of(Attempt::Taken, true), Verdict::Warn, "an app of Kovar answers");
        assert_finding(&of(Attempt::Failed(io::ErrorKind::PermissionDenied), false), Verdict::Fail, "CAP_NET_BIND");
        assert_finding(
            &of(Attempt::Failed(io::ErrorKind::AddrNotAvailable), false),
            Verdict::Fail,
            "no address of this",
        );
        assert_finding(&of(Attempt::Failed(io::ErrorKind::NotFound), false), Verdict::Fail, "KOVAR_LISTEN");
    }

    #[test]
    fn a_port_that_somebody_has_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(try_port(address), Attempt::Taken);
        drop(listener);
        assert_eq!(try_port(address), Attempt::Free);
    }

    #[test]
    fn a_socket_is_taken_while_somebody_listens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.sock");
        assert_eq!(try_socket(&path), Attempt::Free);
        let listener = UnixListener::bind(&path).unwrap();
        assert_eq!(try_socket(&path), Attempt::Taken);
        drop(listener);
        assert_eq!(try_socket(&path), Attempt::Free);
        assert_eq!(try_socket(&folder.path().join("no/app.sock")), Attempt::Failed(io::ErrorKind::NotFound));
    }

    #[test]
    fn an_app_is_known_by_its_health() {
        let ask = |answer: &'static [u8]| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let answering = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]).unwrap();
                stream.write_all(answer).unwrap();
            });
            let is_app = is_an_app_at(address);
            answering.join().unwrap();
            is_app
        };
        assert!(ask(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nlive\n"));
        assert!(!ask(b"HTTP/1.1 404 Not Found\r\n\r\nlive\n"));
        assert!(!ask(b"220 mail.example.org\r\n"));
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(!is_an_app_at(nobody));
    }
}
