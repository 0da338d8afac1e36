//! What an app logs: one file for both of its streams, put aside when it is large.
//!
//! Two files, as PM2 has them, were refused: which line of the one came before which of the other
//! would be lost. The process writes both streams into one pipe, so their order stays.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::unix::pipe;

/// A longer line is cut into lines.
const LINE_LIMIT: usize = 64 << 10;

/// So many last lines of a process are told when it fails.
const TAIL: usize = 20;

/// The log file of an app; clones write the same file.
#[derive(Clone, Debug)]
pub(super) struct Log(Arc<Mutex<LogFile>>);

/// The last lines of one process.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail(Arc<Mutex<VecDeque<String>>>);

#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    limit: u64,
    kept: u32,
    open: Option<(File, u64)>,
}

impl Log {
    /// A file that is put aside when it has `limit` bytes; so many of those are `kept`.
    pub(super) fn new(path: PathBuf, limit: u64, kept: u32) -> Self {
        Self(Arc::new(Mutex::new(LogFile { path, limit, kept, open: None })))
    }

    /// Writes what a process says, until it and all that it started have closed the pipe.
    pub(super) async fn write_all(self, from: pipe::Receiver, tail: Tail) {
        let mut from = BufReader::with_capacity(LINE_LIMIT, from);
        let mut line = Vec::new();
        while let Ok(read @ [_, ..]) = from.fill_buf().await {
            let end = read.iter().position(|&byte| byte == b'\n');
            let taken = end.unwrap_or(read.len());
            let room = LINE_LIMIT.saturating_sub(line.len()).min(taken);
            line.extend_from_slice(&read[..room]);
            let is_whole = room == taken && end.is_some();
            from.consume(room + usize::from(is_whole));
            if is_whole || line.len() == LINE_LIMIT {
                self.line(&mut line, &tail);
            }
        }
        if !line.is_empty() {
            self.line(&mut line, &tail);
        }
    }

    fn line(&self, line: &mut Vec<u8>, tail: &Tail) {
        tail.push(&String::from_utf8_lossy(line));
        line.push(b'\n');
        // With a full disk the app goes on, and its log has a gap.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).write(line);
        line.clear();
    }
}

impl Tail {
    /// The last lines.
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn push(&self, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == TAIL {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }
}

impl LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.open.as_ref().is_some_and(|(_, size)| size + line.len() as u64 > self.limit) {
            self.put_aside()?;
        }
        let (file, size) = match &mut self.open {
            Some(open) => open,
            None => self.open.insert(open(&self.path)?),
        };
        file.write_all(line)?;
        *size += line.len() as u64;
        Ok(())
    }

    /// `app.log` becomes `app.log.1`, that `app.log.2`, and the oldest goes.
    fn put_aside(&mut self) -> io::Result<()> {
        self.open = None;
        if self.kept == 0 {
            return std::fs::remove_file(&self.path);
        }
        let aside = |number: u32| self.path.with_added_extension(number.to_string());
        for number in (1..self.kept).rev() {
            // There are fewer at first.
            let _ = std::fs::rename(aside(number), aside(number + 1));
        }
        std::fs::rename(&self.path, aside(1))
    }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = File::options().create(true).append(true).mode(0o600).open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_bounded_in_size_and_number() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        let log = Log::new(path.clone(), 10, 2);
        let tail = Tail::default();
        for number in 0..25 {
            log.line(&mut format!("{number:04}").into_bytes(), &tail);
        }
        let mut names: Vec<_> =
            std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["app.log", "app.log.1", "app.log.2"]);
        assert_eq!(std::fs::read_to_string(path).unwrap(), "0024\n");
        assert_eq!(std::fs::read_to_string(directory.path().join("app.log.1")).unwrap(), "0022\n0023\n");
        assert_eq!(tail.lines().len(), TAIL);
    }

    #[tokio::test]
    async fn lines_come_whole_and_long_ones_are_cut() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        let log = Log::new(path.clone(), 10 << 20, 1);
        let (sender, receiver) = pipe::pipe().unwrap();
        let mut sender = sender.into_blocking_fd().map(File::from).unwrap();
        let written = std::thread::spawn(move || {
            sender.write_all(b"one\n\n").unwrap();
            sender.write_all(&vec![b'x'; LINE_LIMIT + 5]).unwrap();
            sender.write_all(b"\nlast").unwrap();
        });
        log.write_all(receiver, Tail::default()).await;
        written.join().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let lengths: Vec<_> = text.lines().map(str::len).collect();
        assert_eq!(lengths, [3, 0, LINE_LIMIT, 5, 4]);
    }
}
