//! The brokers that are tested, each with a server of its own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::proxy::Proxy;
use crate::support::Running;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Redis,
    Nats,
}

/// A server, which keeps what it has in its folder.
pub(crate) struct Broker {
    pub(crate) kind: Kind,
    port: u16,
    folder: TempDir,
    child: Child,
    proxy: Proxy,
}

impl Broker {
    pub(crate) fn start(kind: Kind) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = TempDir::new().unwrap();
        let child = run(kind, port, &folder);
        Self { kind, port, folder, child, proxy: Proxy::start(port) }
    }

    pub(crate) fn url(&self) -> String {
        url(self.kind, self.port)
    }

    pub(crate) fn node(&self) -> Running {
        Running::start(&self.url())
    }

    /// A node whose connections can be [cut](Self::cut).
    pub(crate) fn distant_node(&self) -> Running {
        Running::start(&url(self.kind, self.proxy.port))
    }

    /// Cuts the connections of distant nodes.
    pub(crate) fn cut(&self) {
        self.proxy.cut();
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        self.child = run(self.kind, self.port, &self.folder);
    }

    pub(crate) fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Makes it forget everything that it was told.
    pub(crate) fn empty(&mut self) {
        self.kill();
        self.folder = TempDir::new().unwrap();
        self.start_again();
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn url(kind: Kind, port: u16) -> String {
    let scheme = match kind {
        Kind::Redis => "redis",
        Kind::Nats => "nats",
    };
    format!("{scheme}://127.0.0.1:{port}")
}

fn run(kind: Kind, port: u16, folder: &TempDir) -> Child {
    let (port_text, folder) = (port.to_string(), folder.path().to_str().unwrap());
    let mut command = match kind {
        Kind::Redis => {
            let mut redis = Command::new("redis-server");
            redis.args(["--port", &port_text, "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]);
            redis.args(["--appendfsync", "always", "--dir", folder]);
            redis
        }
        Kind::Nats => {
            let mut nats = Command::new("nats-server");
            nats.args(["-p", &port_text, "-a", "127.0.0.1", "-js", "-sd", folder]);
            nats
        }
    };
    await_port(command.stdout(Stdio::null()).stderr(Stdio::null()), port)
}

/// Starts a server, and waits until it listens.
pub(crate) fn await_port(command: &mut Command, port: u16) -> Child {
    let child = command.spawn().expect("`cargo xtask test --only brokers` installs the brokers");
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child
}
