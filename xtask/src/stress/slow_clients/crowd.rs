//! The slow clients: all on one thread, which gives each a byte a second.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::stress::client::get;
use crate::stress::program::Program;

/// How long one turn is in which each client sends a byte; and into how many parts it is cut, since a burst of bytes
/// from all of them would be a load of its own.
const TURN: Duration = Duration::from_secs(1);
const PARTS: usize = 500;

/// How they come, in about three seconds: being slow is under test, and not how fast connections can be opened, nor how
/// long a hundred answers of 256 KiB take that are asked for at once.
const AT_A_TIME: usize = 4;
const BETWEEN: Duration = Duration::from_millis(2);

/// How much later than its limit a client may be closed: the server looks ten times a second, and the machine is busy.
const LATE: Duration = Duration::from_secs(5);

/// How much earlier: clocks begin at both ends.
const EARLY: Duration = Duration::from_millis(500);

/// What an answer's end has to arrive in once it is read.
const DRAIN: Duration = Duration::from_secs(5);

/// As on a network: on loopback a socket takes megabytes of an answer that nobody reads.
const SEGMENT_BYTES: u32 = 1400;
const RECEIVE_BYTES: usize = 8 * 1024;

/// The server's limits, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) head: u64,
    pub(super) body: u64,
    pub(super) write: u64,
}

impl Limits {
    /// As `kovar::Limits` has them.
    pub(super) const DEFAULT: Self = Self { head: 10, body: 10, write: 30 };

    pub(super) fn longest(self) -> Duration {
        Duration::from_secs(self.head.max(self.body).max(self.write))
    }

    fn of(self, way: Way) -> Duration {
        Duration::from_secs(match way {
            Way::Silent | Way::SlowHead => self.head,
            Way::SlowBody => self.body,
            Way::Unread => self.write,
        })
    }
}

/// In which way a client is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Silent,
    SlowHead,
    SlowBody,
    Unread,
}

impl Way {
    const ALL: [Self; 4] = [Self::Silent, Self::SlowHead, Self::SlowBody, Self::Unread];

    /// What the server should do.
    fn expected(self) -> &'static str {
        match self {
            Self::Silent => "clients that send nothing are closed",
            Self::SlowHead => "clients whose head comes byte by byte get a 408",
            Self::SlowBody => "clients whose body comes byte by byte get a 408",
            Self::Unread => "clients that do not read are closed",
        }
    }

    /// What is sent at once.
    fn beginning(self) -> Vec<u8> {
        match self {
            Self::Silent => Vec::new(),
            Self::SlowHead => b"G".to_vec(),
            Self::SlowBody => b"POST /items HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                content-length: 100000\r\n\r\n{"
                .to_vec(),
            Self::Unread => get("/large"),
        }
    }

    /// What follows, a byte a second.
    fn trickle(self) -> &'static [u8] {
        match self {
            Self::Silent | Self::Unread => b"",
            Self::SlowHead => b"ET /numbers/1 HTTP/1.1\r\nhost: a\r\naccept: text/html,application/xhtml+xml\r\n",
            Self::SlowBody => b"\"name\": \"A name that is longer than anybody has the patience to type it in\"",
        }
    }
}

/// One slow client.
#[derive(Debug)]
struct Slow {
    way: Way,
    stream: TcpStream,
    since: Instant,
    sent: usize,
    received: Vec<u8>,
    /// When the server's end was seen.
    ended: Option<Duration>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Crowd {
    clients: Vec<Slow>,
    /// When the server had none of them open any more.
    gone: Option<Duration>,
    pub(super) highest_kib: u64,
}

impl Crowd {
    /// # Errors
    /// When one cannot connect.
    pub(super) fn open(address: SocketAddr, count: usize) -> Result<Self, String> {
        let mut clients = Vec::with_capacity(count);
        for way in Way::ALL.into_iter().cycle().take(count) {
            if clients.len() % AT_A_TIME == 0 {
                thread::sleep(BETWEEN);
            }
            let client = Slow::open(address, way);
            clients.push(client.map_err(|error| format!("A slow client could not connect: {error}"))?);
        }
        Ok(Self { clients, gone: None, highest_kib: 0 })
    }

    /// Sends byte after byte until the server has only `idle` connections left.
    ///
    /// # Errors
    /// When it still has more well after its longest limit.
    pub(super) fn dawdle(&mut self, program: &Program, longest: Duration, idle: usize) -> Result<(), String> {
        let start = Instant::now();
        let part = self.clients.len().div_ceil(PARTS);
        for turn in (0..PARTS).cycle() {
            let due = Instant::now() + TURN / PARTS as u32;
            self.clients.iter_mut().skip(turn * part).take(part).for_each(Slow::take_a_turn);
            // Rarely: with 5,000 files open it takes milliseconds of the server's core to count them.
            if turn == 0 {
                self.highest_kib = self.highest_kib.max(program.resident_kib());
                let open = program.metrics()?.open_connections();
                if open <= idle {
                    self.gone = Some(start.elapsed());
                    return Ok(());
                }
                if start.elapsed() > longest + 2 * LATE {
                    return Err(program.explain(&format!("{open} connections are open after {:?}.", start.elapsed())));
                }
            }
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        Ok(())
    }

    /// Reads what is still on its way to each client: a last answer, or the rest of one.
    pub(super) fn read_what_was_left(&mut self) {
        let end = Instant::now() + DRAIN;
        for client in &mut self.clients {
            while client.ended.is_none() && Instant::now() < end {
                client.read();
                if client.ended.is_none() {
                    thread::sleep(Duration::from_millis(1));
                }
            }
        }
    }

    /// Whether each way of being slow had the end it should.
    pub(super) fn judge(&self, limits: Limits) -> Vec<(&'static str, Result<(), String>)> {
        let of_way = |way| {
            let clients = self.clients.iter().filter(|client| client.way == way);
            let wrong: Vec<String> = clients.filter_map(|client| self.problem(client, limits)).collect();
            match wrong.first() {
                None => Ok(()),
                Some(first) => Err(format!("{} of {} are wrong: {first}", wrong.len(), self.clients.len() / 4)),
            }
        };
        Way::ALL.into_iter().map(|way| (way.expected(), of_way(way))).collect()
    }

    fn problem(&self, client: &Slow, limits: Limits) -> Option<String> {
        let Some(ended) = client.ended else { return Some("it was never closed".to_owned()) };
        // Who does not read does not see when the server closes.
        let ended = if client.way == Way::Unread { self.gone.unwrap_or(ended) } else { ended };
        let limit = limits.of(client.way);
        if ended + EARLY < limit || ended > limit + LATE {
            return Some(format!("it was closed after {ended:?}, where the limit is {limit:?}"));
        }
        let said = String::from_utf8_lossy(&client.received);
        let is_right = match client.way {
            Way::Silent => said.is_empty(),
            Way::SlowHead => said.starts_with("HTTP/1.1 408 "),
            Way::SlowBody => said.starts_with("HTTP/1.1 408 ") && said.contains("application/problem+json"),
            Way::Unread => said.starts_with("HTTP/1.1 200 ") && !crate::exchange::is_complete(&client.received),
        };
        (!is_right).then(|| format!("it got `{}`", said.chars().take(300).collect::<String>()))
    }
}

impl Slow {
    fn open(address: SocketAddr, way: Way) -> std::io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_tcp_mss(SEGMENT_BYTES)?;
        socket.set_recv_buffer_size(RECEIVE_BYTES)?;
        socket.connect(&address.into())?;
        socket.set_nonblocking(true)?;
        let mut stream = TcpStream::from(socket);
        stream.write_all(&way.beginning())?;
        Ok(Self { way, stream, since: Instant::now(), sent: 0, received: Vec::new(), ended: None })
    }

    fn take_a_turn(&mut self) {
        if self.ended.is_some() || self.way == Way::Unread {
            return;
        }
        if let Some(byte) = self.way.trickle().get(self.sent) {
            // A server that has closed is seen by reading.
            self.sent += self.stream.write(&[*byte]).unwrap_or(0);
        }
        self.read();
    }

    fn read(&mut self) {
        let mut buffer = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => self.received.extend(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => break,
            }
        }
        self.ended = Some(self.since.elapsed());
    }
}
