//! Asks the daemon, and starts it when it is needed.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::manage::Error;
use crate::manage::home::Home;
use crate::manage::protocol::{Failure, PROTOCOL, Question, Reply, Request, Status};

/// How long a daemon may take until it listens.
const DAEMON_START_LIMIT: Duration = Duration::from_secs(10);

const ASK_DAEMON_EVERY: Duration = Duration::from_secs(1);

/// A log of the daemon that is larger than this begins anew with the next daemon.
const DAEMON_LOG_LIMIT: u64 = 1 << 20;

/// A way to the daemon.
#[derive(Debug)]
pub(crate) struct Client {
    home: Home,
}

impl Client {
    /// A way to the daemon that runs, if one does.
    ///
    /// # Errors
    ///
    /// When the state's directory cannot be used.
    pub(crate) fn running() -> Result<Option<Self>, Error> {
        let client = Self { home: Home::open()? };
        Ok(client.connect().is_ok().then_some(client))
    }

    /// A way to the daemon, which is started if it does not run.
    ///
    /// # Errors
    ///
    /// When the daemon does not start.
    pub(crate) fn started() -> Result<Self, Error> {
        let client = Self { home: Home::open()? };
        let until = Instant::now() + DAEMON_START_LIMIT;
        let mut asked: Option<Instant> = None;
        while client.connect().is_err() {
            // A daemon that was ending has left its place by the next time.
            if asked.is_none_or(|asked| asked.elapsed() > ASK_DAEMON_EVERY) {
                client.start_daemon()?;
                asked = Some(Instant::now());
            }
            if Instant::now() > until {
                let log = client.home.daemon_log();
                return Err(format!("the daemon does not answer; {} says why", log.display()).into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(client)
    }

    /// Asks for what is known of all apps.
    ///
    /// # Errors
    ///
    /// When the daemon cannot be asked.
    pub(crate) fn list(&self) -> Result<Vec<Status>, Error> {
        match self.ask(&Request::List)? {
            Reply::Apps(apps) => Ok(apps),
            Reply::Failed(failure) => Err(failure.message.into()),
            Reply::Done(_) => Err("the daemon answered something else".into()),
        }
    }

    /// Asks the daemon to do something with an app.
    ///
    /// # Errors
    ///
    /// When the daemon cannot be asked.
    pub(crate) fn change(&self, request: &Request) -> Result<Result<Status, Failure>, Error> {
        match self.ask(request)? {
            Reply::Done(status) => Ok(Ok(*status)),
            Reply::Failed(failure) => Ok(Err(failure)),
            Reply::Apps(_) => Err("the daemon answered something else".into()),
        }
    }

    fn ask(&self, request: &Request) -> Result<Reply, Error> {
        let question = Question { protocol: PROTOCOL, request: serde_json::to_value(request)? };
        let mut stream = self.connect()?;
        let mut line = serde_json::to_string(&question)?;
        line.push('\n');
        stream.write_all(line.as_bytes())?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer)?;
        if answer.is_empty() {
            return Err("the daemon ended before it answered".into());
        }
        Ok(serde_json::from_str(&answer)?)
    }

    fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(self.home.control_socket())
    }

    /// Two commands may do this at once: one of the daemons finds the lock taken and ends.
    fn start_daemon(&self) -> Result<(), Error> {
        let program = std::env::current_exe()?;
        let path = self.home.daemon_log();
        if path.metadata().is_ok_and(|metadata| metadata.len() > DAEMON_LOG_LIMIT) {
            std::fs::remove_file(&path)?;
        }
        let log = File::options().create(true).append(true).mode(0o600).open(path)?;
        let mut command = Command::new(program);
        command.args(["daemon", "--detach"]).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.spawn().map_err(|cause| format!("the daemon cannot be started: {cause}"))?;
        Ok(())
    }
}
