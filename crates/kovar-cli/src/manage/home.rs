//! Where the daemon keeps what it knows: a directory for its user alone.
//!
//! In it are the environments of apps, which hold secrets, and a socket through which programs are
//! started. A directory that others may enter is refused rather than changed: it may be someone's.

use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::manage::Error;

/// The longest path that a Unix socket can have, less the name in it: `sockaddr_un` has 108 bytes.
const PATH_LIMIT: usize = 80;

/// The directory of the daemon.
#[derive(Clone, Debug)]
pub(crate) struct Home(PathBuf);

/// Holds the daemon's place; it is free again when this is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Home {
    /// The directory that the environment says: `KOVAR_HOME`, `XDG_STATE_HOME/kovar`, or
    /// `~/.local/state/kovar`. It is made if it is not there.
    ///
    /// # Errors
    ///
    /// When it cannot be made, is open to others, or its path is too long for sockets in it.
    pub(crate) fn open() -> Result<Self, Error> {
        let path = std::path::absolute(directory()?)?;
        if path.as_os_str().len() > PATH_LIMIT {
            let path = path.display();
            return Err(format!(
                "{path} is too long for sockets in it: set KOVAR_HOME to a path of at most {PATH_LIMIT} bytes"
            )
            .into());
        }
        make_private(&path)?;
        let home = Self(path);
        make_private(&home.0.join("logs"))?;
        make_private(&home.0.join("run"))?;
        Ok(home)
    }

    /// Where the daemon listens for commands.
    pub(crate) fn control_socket(&self) -> PathBuf {
        self.0.join("daemon.sock")
    }

    /// What the daemon itself says.
    pub(crate) fn daemon_log(&self) -> PathBuf {
        self.0.join("daemon.log")
    }

    /// The apps, as they shall come back.
    pub(crate) fn saved_apps(&self) -> PathBuf {
        self.0.join("apps.json")
    }

    /// The log of an app.
    pub(crate) fn app_log(&self, name: &str) -> PathBuf {
        self.0.join("logs").join(format!("{name}.log"))
    }

    /// Where a process says that it is ready.
    pub(crate) fn notify_socket(&self, number: u64) -> PathBuf {
        self.0.join("run").join(format!("{number}.notify"))
    }

    /// Takes the daemon's place, or says that it is taken.
    ///
    /// # Errors
    ///
    /// When the lock's file cannot be written.
    pub(crate) fn lock(&self) -> io::Result<Option<Lock>> {
        let mut options = File::options();
        let mut file = options.create(true).write(true).truncate(false).mode(0o600).open(self.lock_file())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(cause)) => return Err(cause),
        }
        file.set_len(0)?;
        write!(file, "{}", std::process::id())?;
        Ok(Some(Lock(file)))
    }

    /// The pid of the daemon that runs.
    ///
    /// # Errors
    ///
    /// When the lock's file cannot be read.
    pub(crate) fn daemon_pid(&self) -> io::Result<Option<u32>> {
        match File::open(self.lock_file()) {
            Ok(file) => match file.try_lock_shared() {
                Ok(()) => Ok(None),
                Err(_) => Ok(std::fs::read_to_string(self.lock_file())?.trim().parse().ok()),
            },
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(cause),
        }
    }

    fn lock_file(&self) -> PathBuf {
        self.0.join("daemon.lock")
    }
}

fn directory() -> Result<PathBuf, Error> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("KOVAR_HOME")
        .or_else(|| set("XDG_STATE_HOME").map(|path| path.join("kovar")))
        .or_else(|| set("HOME").map(|path| path.join(".local/state/kovar")))
        .ok_or_else(|| {
            "neither KOVAR_HOME, XDG_STATE_HOME nor HOME says where to keep the state: set KOVAR_HOME".into()
        })
}

fn make_private(path: &Path) -> Result<(), Error> {
    let shown = path.display();
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|cause| format!("{shown} cannot be made: {cause}; set KOVAR_HOME to another directory"))?;
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("{shown} is open to others (mode {mode:o}), and it will hold secrets: chmod 700 {shown}, or set KOVAR_HOME to another directory").into());
    }
    Ok(())
}
