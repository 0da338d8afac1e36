//! `kovar logs`: the last lines that an app logged, and those that follow.
//!
//! The file is read here, not through the daemon: what is watched for hours costs the daemon
//! nothing. It is looked at five times a second, because a file that is put aside and made anew is
//! told most plainly by its number.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::manage::Error;
use crate::manage::command::find;

const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The arguments of `kovar logs`.
#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// The app's name
    name: String,

    /// How many of the last lines to show
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 20)]
    lines: usize,

    /// Shows what follows, until interrupted
    #[arg(short, long)]
    follow: bool,

    /// Shows each line as a JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

impl Logs {
    /// Shows them.
    pub(crate) fn run(self) -> Result<ExitCode, Error> {
        let path = find(&self.name)?.log_file;
        match self.show(&path) {
            // Whoever reads this has seen enough, as with `kovar logs app | head`.
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            shown => shown.map(|()| ExitCode::SUCCESS).map_err(Into::into),
        }
    }

    fn show(&self, path: &Path) -> io::Result<()> {
        let mut last = VecDeque::new();
        // The file before holds what is missing when the log was put aside a moment ago.
        if let Some(mut before) = open(&put_aside(path))? {
            self.gather(&mut before, &mut last)?;
        }
        let mut file = open(path)?;
        if let Some(file) = &mut file {
            self.gather(file, &mut last)?;
        }
        last.iter().try_for_each(|line| self.print(line))?;
        if self.follow { self.follow(path, file) } else { Ok(()) }
    }

    /// Reads to the end, and keeps the last lines.
    fn gather(&self, file: &mut LogFile, last: &mut VecDeque<Vec<u8>>) -> io::Result<()> {
        while let Some(line) = file.line()? {
            last.push_back(line);
            if last.len() > self.lines {
                last.pop_front();
            }
        }
        Ok(())
    }

    fn follow(&self, path: &Path, mut file: Option<LogFile>) -> io::Result<()> {
        loop {
            // Before the rest is read: what was written before the file was put aside is in it.
            let is_put_aside = file.as_ref().is_none_or(|file| number(path).is_some_and(|new| new != file.number));
            while let Some(line) = file.as_mut().map(LogFile::line).transpose()?.flatten() {
                self.print(&line)?;
            }
            if is_put_aside && let Some(new) = open(path)? {
                file = Some(new);
            } else {
                std::thread::sleep(LOOK_EVERY);
            }
        }
    }

    fn print(&self, line: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            let line = serde_json::json!({ "app": self.name, "line": String::from_utf8_lossy(line) });
            writeln!(out, "{line}")
        } else {
            out.write_all(line)?;
            out.write_all(b"\n")
        }
    }
}

fn put_aside(path: &Path) -> PathBuf {
    path.with_added_extension("1")
}

fn number(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|metadata| metadata.ino())
}

/// A log file, and which one it is, however it is named by now.
struct LogFile {
    reader: BufReader<File>,
    number: u64,
    unfinished: Vec<u8>,
}

/// None if there is no such file: an app that says nothing has none.
fn open(path: &Path) -> io::Result<Option<LogFile>> {
    match File::open(path) {
        Ok(file) => {
            let number = file.metadata()?.ino();
            Ok(Some(LogFile { reader: BufReader::new(file), number, unfinished: Vec::new() }))
        }
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

impl LogFile {
    /// The next whole line, without its end.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.reader.read_until(b'\n', &mut self.unfinished)?;
        if self.unfinished.last() != Some(&b'\n') {
            return Ok(None);
        }
        self.unfinished.pop();
        Ok(Some(std::mem::take(&mut self.unfinished)))
    }
}
