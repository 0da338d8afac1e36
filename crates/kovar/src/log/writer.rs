//! Lines that are gathered, and written by a thread of its own.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long lines are gathered before they are written together.
const GATHER: Duration = Duration::from_millis(20);

/// How many bytes are written at once, however short they were gathered: what is gathered stays in the processor's cache.
const ENOUGH: usize = 64 * 1024;

/// How many bytes wait for a reader that does not read. What comes after is counted and dropped.
const MOST_WAITING: usize = 8 * 1024 * 1024;

/// How long the end of a program waits for a reader that does not read.
const LONGEST_FLUSH: Duration = Duration::from_secs(2);

/// Gathers lines. Clones gather together.
#[derive(Clone)]
pub(super) struct Lines(Arc<Gathered>);

struct Gathered {
    state: Mutex<State>,
    /// Told when there is something to write.
    has_lines: Condvar,
    /// Told when everything is written.
    is_written: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    dropped: u64,
    is_writing: bool,
    is_urgent: bool,
}

static ALL: OnceLock<Lines> = OnceLock::new();

/// Waits until the lines of the program's log are written.
pub(super) fn flush_all() {
    if let Some(lines) = ALL.get() {
        lines.flush();
    }
}

impl Lines {
    /// Gathers lines for a sink.
    pub(super) fn to(sink: impl Write + Send + 'static) -> Self {
        let lines =
            Self(Arc::new(Gathered { state: Mutex::default(), has_lines: Condvar::new(), is_written: Condvar::new() }));
        let gathered = Arc::clone(&lines.0);
        let started = thread::Builder::new().name("kovar-log".to_owned()).spawn(move || gathered.write_to(sink));
        if let Err(cause) = started {
            // There is no log to say it in.
            eprintln!("the log has no thread: {cause}");
        }
        let _ = ALL.set(lines.clone());
        lines
    }

    pub(super) fn push(&self, line: &[u8]) {
        let mut state = self.0.lock();
        if state.bytes.len() + line.len() > MOST_WAITING {
            state.dropped += 1;
            return;
        }
        let before = state.bytes.len();
        push_one_line(&mut state.bytes, line);
        let is_enough = before < ENOUGH && state.bytes.len() >= ENOUGH;
        drop(state);
        if before == 0 || is_enough {
            self.0.has_lines.notify_one();
        }
    }

    pub(super) fn flush(&self) {
        let mut state = self.0.lock();
        state.is_urgent = true;
        self.0.has_lines.notify_one();
        let is_waiting = |state: &mut State| !state.bytes.is_empty() || state.is_writing;
        let _ = self.0.is_written.wait_timeout_while(state, LONGEST_FLUSH, is_waiting);
    }
}

/// Adds a line that stays one: what is logged may hold line ends of a client.
fn push_one_line(bytes: &mut Vec<u8>, line: &[u8]) {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    if memchr::memchr2(b'\n', b'\r', line).is_some() {
        for byte in line {
            match byte {
                b'\n' => bytes.extend_from_slice(b"\\n"),
                b'\r' => bytes.extend_from_slice(b"\\r"),
                byte => bytes.push(*byte),
            }
        }
    } else {
        bytes.extend_from_slice(line);
    }
    bytes.push(b'\n');
}

impl Gathered {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, mut sink: impl Write) {
        let mut bytes = Vec::new();
        loop {
            let state = self.lock();
            let nothing = |state: &mut State| state.bytes.is_empty() && state.dropped == 0;
            let state = self.has_lines.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner);
            let is_early = |state: &mut State| !state.is_urgent && state.bytes.len() < ENOUGH;
            let waited = self.has_lines.wait_timeout_while(state, GATHER, is_early);
            let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
            mem::swap(&mut bytes, &mut state.bytes);
            let dropped = mem::take(&mut state.dropped);
            state.is_writing = true;
            drop(state);
            if dropped > 0 {
                let _ = writeln!(bytes, "{{\"level\":\"WARN\",\"message\":\"{dropped} lines were not written\"}}");
            }
            // Whoever closed standard error wants no log.
            let _ = sink.write_all(&bytes).and_then(|()| sink.flush());
            bytes.clear();
            let mut state = self.lock();
            state.is_writing = false;
            state.is_urgent = false;
            drop(state);
            self.is_written.notify_all();
        }
    }
}

/// One event, as `tracing-subscriber` writes it.
pub(super) struct Event<'l>(&'l Lines);

impl<'l> MakeWriter<'l> for Lines {
    type Writer = Event<'l>;

    fn make_writer(&'l self) -> Event<'l> {
        Event(self)
    }
}

impl Write for Event<'_> {
    /// `tracing-subscriber` writes an event at once.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_written_whole_and_in_their_order() {
        let sink = Sink::default();
        let lines = Lines::to(sink.clone());
        for index in 0..1000 {
            Event(&lines).write_all(format!("line {index}\n").as_bytes()).unwrap();
        }
        lines.flush();
        let expected: String = (0..1000).map(|index| format!("line {index}\n")).collect();
        assert_eq!(String::from_utf8(sink.0.lock().unwrap().clone()).unwrap(), expected);
    }

    #[test]
    fn a_line_stays_one_whatever_it_holds() {
        let mut bytes = Vec::new();
        push_one_line(&mut bytes, b"a\r\nINFO forged\n");
        assert_eq!(bytes, b"a\\r\\nINFO forged\n");
    }

    /// A reader that is stuck.
    struct Stuck(Arc<Mutex<()>>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            drop(self.0.lock());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_does_not_read_stops_nobody() {
        let gate = Arc::new(Mutex::new(()));
        let held = gate.lock().unwrap();
        let lines = Lines::to(Stuck(Arc::clone(&gate)));
        let line = [b'x'; 1024];
        let start = std::time::Instant::now();
        for _ in 0..3 * MOST_WAITING / line.len() {
            lines.push(&line);
        }
        assert!(start.elapsed() < Duration::from_secs(10));
        let state = lines.0.lock();
        assert!(state.bytes.len() <= MOST_WAITING && state.dropped > 0);
        drop((state, held));
    }
}
