//! A program of ours, started for a check and gone with it.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::tail;
use crate::exchange::free_address;
use crate::temporary::TemporaryFolder;

/// How long the app may take to answer its first connection. Generous: a debug build on a busy CI machine.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How many lines of the app's log are shown with a failure.
const LOG_LINES: usize = 60;

/// A running app with a folder of its own.
#[derive(Debug)]
pub(crate) struct Running {
    address: SocketAddr,
    admin: SocketAddr,
    child: Child,
    folder: TemporaryFolder,
}

impl Running {
    /// Starts the app on free ports and waits until it accepts connections.
    ///
    /// # Errors
    /// When it does not come up: with its log.
    pub(crate) fn start(binary: &Path, arguments: &[String], folder: TemporaryFolder) -> Result<Self, String> {
        let (address, admin) = (free_address()?, free_address()?);
        let child = serve(binary, address, admin, arguments, &folder)?;
        let mut app = Self { address, admin, child, folder };
        app.wait_until_ready()?;
        Ok(app)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn admin_url(&self) -> String {
        format!("http://{}", self.admin)
    }

    /// A folder for the check's own files, removed with the app.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Says whether the app is as healthy after a check as before it: still running, and nothing panicked.
    ///
    /// # Errors
    /// When it is not, with its log.
    pub(crate) fn survived(&mut self) -> Result<(), String> {
        if let Ok(Some(status)) = self.child.try_wait() {
            return Err(format!("The app has ended ({status}). Its log:\n{}", self.log()));
        }
        match self.full_log().contains("panicked at") {
            true => Err(format!("The app panicked. Its log:\n{}", self.log())),
            false => Ok(()),
        }
    }

    /// The end of the app's log.
    pub(crate) fn log(&self) -> String {
        tail(&self.full_log(), LOG_LINES)
    }

    /// Resident memory in KiB: now, and at its highest since the last [`forget_peak_memory`](Self::forget_peak_memory).
    ///
    /// # Errors
    /// When `/proc` does not tell.
    pub(crate) fn memory_kib(&self) -> Result<Memory, String> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).map_err(|error| format!("Could not read {path}: {error}"))?;
        let field = |name| kib(&status, name).ok_or_else(|| format!("{path} has no {name}."));
        Ok(Memory { now: field("VmRSS:")?, peak: field("VmHWM:")? })
    }

    /// Starts measuring the peak anew. Where the kernel does not allow it the older peak stays, which is only stricter.
    pub(crate) fn forget_peak_memory(&self) {
        let _ = fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            self.survived()?;
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!("The app did not listen on {} within {START_LIMIT:?}. Its log:\n{}", self.address, self.log()))
    }

    fn full_log(&self) -> String {
        let bytes = fs::read(log_path(&self.folder)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Resident memory of a process in KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) now: u64,
    pub(crate) peak: u64,
}

fn serve(
    binary: &Path,
    address: SocketAddr,
    admin: SocketAddr,
    arguments: &[String],
    folder: &TemporaryFolder,
) -> Result<Child, String> {
    let unable = |error: std::io::Error| format!("Could not start {}: {error}", binary.display());
    let log = File::create(log_path(folder)).map_err(unable)?;
    let mut command = Command::new(binary);
    command.args(["serve", "--listen", &address.to_string(), "--admin", &admin.to_string()]);
    command.args(arguments).current_dir(folder.path());
    command.stdin(Stdio::null()).stdout(log.try_clone().map_err(unable)?).stderr(log);
    command.spawn().map_err(unable)
}

fn log_path(folder: &TemporaryFolder) -> PathBuf {
    folder.path().join("app.log")
}

/// The number of `VmRSS:     5120 kB`.
fn kib(status: &str, field: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::kib;

    #[test]
    fn memory_is_read_from_the_status() {
        let status = "Name:\tproducts\nVmHWM:\t   71244 kB\nVmRSS:\t   70012 kB\n";
        assert_eq!(kib(status, "VmRSS:"), Some(70_012));
        assert_eq!(kib(status, "VmHWM:"), Some(71_244));
        assert_eq!(kib(status, "VmSwap:"), None);
    }
}
