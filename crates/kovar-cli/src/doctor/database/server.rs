//! A server of PostgreSQL: whether anything answers there. Who may log in is not looked at yet.

use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use super::super::finding::Finding;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

pub(in super::super) fn check(host: &str, port: u16) -> Finding {
    judge(host, port, connect(host, port))
}

fn connect(host: &str, port: u16) -> io::Result<()> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Ok(()),
            Err(cause) => last = cause,
        }
    }
    Err(last)
}

fn judge(host: &str, port: u16, connected: io::Result<()>) -> Finding {
    match connected {
        Ok(()) => Finding::ok(format!("{host} answers at port {port}; whether it lets the app in is not looked at")),
        Err(cause) => Finding::fail(
            format!("{host} does not answer at port {port}: {cause}"),
            "start the server, open the way to it, or correct DATABASE_URL",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::super::super::finding::{Verdict, assert_finding};
    use super::*;

    #[test]
    fn a_server_answers_or_does_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_finding(&check("127.0.0.1", port), Verdict::Ok, "whether it lets the app in is not looked at");
        drop(listener);
        assert_finding(&check("127.0.0.1", port), Verdict::Fail, "does not answer");
    }
}
