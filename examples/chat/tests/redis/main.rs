//! A chat of several programs, by way of Redis. `cargo xtask test --only brokers` runs it; what any app has of a broker is
//! tested in `crates/kovar/tests/brokers`.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod reload;
#[path = "../suite/support.rs"]
#[expect(dead_code, reason = "what the other tests use is not all used here")]
mod support;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use support::Running;

/// A Redis of its own, which keeps nothing on disk.
struct Redis {
    port: u16,
    child: Child,
}

impl Redis {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed: cargo xtask test --only brokers sees to it");
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Self { port, child }
    }

    fn node(&self) -> Running {
        Running::start_with(&[("KOVAR_LIVE", &format!("redis://127.0.0.1:{}", self.port))])
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}
