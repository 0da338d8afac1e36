//! Ten thousand connections that have asked once and ask no more, for now.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::bench::server::Server;

pub(super) const CONNECTIONS: usize = 10_000;

const REQUEST: &[u8] = b"GET /plaintext HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// How long a server gets to put things in order before its memory is read.
const SETTLE: Duration = Duration::from_secs(1);

/// As long as it takes for what is done every few seconds to count.
const LEAST_SECONDS: u64 = 5;

/// What idle connections cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdleCost {
    pub(super) kib_per_connection: f64,
    /// The CPU time that passes in a second in which nobody asks.
    pub(super) cpu_ms_per_second: f64,
}

/// Opens the connections, reads what they cost, and makes sure that all of them still answer.
///
/// # Errors
/// When one cannot be opened, or is closed in the meantime.
pub(super) fn measure(server: &Server, seconds: u64) -> Result<IdleCost, String> {
    std::thread::sleep(SETTLE);
    let memory_before = server.processes().memory().now_kib;
    let mut connections = open_all(server.address)?;
    std::thread::sleep(SETTLE);
    let added_kib = server.processes().memory().now_kib.saturating_sub(memory_before);
    let cpu_before = server.processes().running_cpu_ms();
    std::thread::sleep(Duration::from_secs(seconds.max(LEAST_SECONDS)));
    let cpu_ms = server.processes().running_cpu_ms() - cpu_before;
    for (number, connection) in connections.iter_mut().enumerate() {
        ask(connection).map_err(|error| format!("the idle connection {number} no longer answers: {error}"))?;
    }
    let kib_per_connection = added_kib as f64 / CONNECTIONS as f64;
    Ok(IdleCost { kib_per_connection, cpu_ms_per_second: cpu_ms / seconds.max(LEAST_SECONDS) as f64 })
}

fn open_all(address: SocketAddr) -> Result<Vec<TcpStream>, String> {
    let open = |number: usize| {
        let connection = TcpStream::connect_timeout(&address, ANSWER_LIMIT).and_then(|mut connection| {
            connection.set_read_timeout(Some(ANSWER_LIMIT))?;
            connection.set_nodelay(true)?;
            ask(&mut connection)?;
            Ok(connection)
        });
        connection.map_err(|error| format!("the connection {number} of {CONNECTIONS} could not be opened: {error}"))
    };
    (1..=CONNECTIONS).map(open).collect()
}

/// Sends a request and reads its answer, which ends with what is asked for.
fn ask(connection: &mut TcpStream) -> std::io::Result<()> {
    connection.write_all(REQUEST)?;
    let (mut answer, mut filled) = ([0; 2048], 0);
    while !answer[..filled].ends_with(b"Hello, World!") {
        let read = connection.read(&mut answer[filled..])?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        filled += read;
    }
    Ok(())
}
