//! A private PostgreSQL: its own data, a free port of loopback, and gone with its owner.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{apt, write};
use crate::bench::processes::Family;
use crate::command::{limited, run, tail};
use crate::exchange::free_address;
use crate::temporary::TemporaryFolder;

/// How long it may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

const LOG_LINES: usize = 40;

/// Whom it runs as where this is root, which it refuses.
const USER: &str = "postgres";

/// Who is let in.
const ACCESS: &str = "local all all trust\nhost all guarded all scram-sha-256\nhost all all all trust\n";

/// A server that trusts whoever asks, save the user `guarded`, who needs a password.
#[derive(Debug)]
pub(crate) struct Postgres {
    child: Child,
    address: SocketAddr,
    folder: TemporaryFolder,
}

impl Postgres {
    /// Starts a server, installing the programs if they are missing.
    ///
    /// # Errors
    /// When it cannot be installed or does not become ready: with its log.
    pub(crate) fn start() -> Result<Self, String> {
        let programs = programs()?;
        // Not below `target`: its user need not be allowed to go there.
        let name = format!("kovar-postgres-{}", std::process::id());
        let folder = TemporaryFolder::new(&std::env::temp_dir(), &name)?;
        let (user, data) = (User::of_the_server()?, folder.path().join("data"));
        user.owns(folder.path())?;
        let mut initdb = user.command(&programs.join("initdb"));
        initdb.arg("--pgdata").arg(&data).args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"]);
        run(initdb.current_dir(folder.path()))?;

        write(&data.join("pg_hba.conf"), ACCESS)?;
        certify(&user, &data)?;
        let address = free_address()?;
        let child = serve(&programs, &user, &folder, address)?;
        let mut server = Self { child, address, folder };
        server.wait_until_ready(&programs)?;
        Ok(server)
    }

    /// Kills the server, and starts it again on what it had written.
    ///
    /// # Errors
    /// When it does not come up again.
    pub(crate) fn kill_and_start(&mut self) -> Result<(), String> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let (programs, user) = (programs()?, User::of_the_server()?);
        let started = Instant::now();
        loop {
            self.child = serve(&programs, &user, &self.folder, self.address)?;
            match self.wait_until_ready(&programs) {
                // Until its last process is gone, another cannot have its memory.
                Err(_) if started.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(50)),
                outcome => return outcome,
            }
        }
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// When there is one of that name.
    pub(crate) fn create(&self, name: &str) -> Result<(), String> {
        let mut createdb = limited(programs()?.join("createdb"), Duration::from_secs(30));
        createdb.args(["--host=127.0.0.1", "--username=postgres", "--port", &self.address.port().to_string(), name]);
        run(&mut createdb).map(drop)
    }

    /// What `psql` says on these arguments, such as `--command`, in a database.
    ///
    /// # Errors
    /// When a statement fails.
    pub(crate) fn psql(&self, database: &str, arguments: &[&str]) -> Result<String, String> {
        let mut psql = limited(programs()?.join("psql"), Duration::from_secs(60));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        psql.args(["--dbname", &format!("{}/{database}", self.url())]).args(arguments);
        run(&mut psql).map(|said| said.trim().to_owned())
    }

    /// The server's processes.
    pub(crate) fn processes(&self) -> Family {
        Family(self.child.id())
    }

    /// The certificate of the server, for `localhost`.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("data/server.crt")
    }

    /// Where it is, without a database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@{}", self.address)
    }

    fn wait_until_ready(&mut self, programs: &Path) -> Result<(), String> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let mut is_ready = limited(programs.join("pg_isready"), Duration::from_secs(5));
            is_ready.args(["--quiet", "--host=127.0.0.1", "--port", &self.address.port().to_string()]);
            if run(&mut is_ready).is_ok() {
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("PostgreSQL ended with {status}.\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("PostgreSQL was not ready within {PATIENCE:?}.\n{}", self.log()))
    }

    fn log(&self) -> String {
        log(self.folder.path(), "postgres.log")
    }
}

/// A `PgBouncer` before a server, which gives each transaction another of its sessions.
#[derive(Debug)]
pub(crate) struct PgBouncer {
    child: Child,
    address: SocketAddr,
}

impl PgBouncer {
    /// Starts one, installing the program if it is missing. It leaves its files with the server's.
    ///
    /// # Errors
    /// When it cannot be installed or does not listen: with its log.
    pub(crate) fn start(server: &Postgres) -> Result<Self, String> {
        let program = apt::program(&["pgbouncer", "/usr/sbin/pgbouncer"], &["pgbouncer"])?;
        let (address, folder, user) = (free_address()?, server.folder.path(), User::of_the_server()?);
        let (users, settings) = (folder.join("users.txt"), folder.join("pgbouncer.ini"));
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n\
             unix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = transaction\nmax_client_conn = 1000\n",
            server.address.port(),
            address.port(),
            users.display(),
        );
        write(&users, "\"postgres\" \"\"\n")?;
        write(&settings, &text)?;
        let mut command = user.command(&program);
        command.arg(&settings);
        let child = started(command, folder, "pgbouncer.log")?;
        let bouncer = Self { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if begun.elapsed() > PATIENCE {
                return Err(format!("PgBouncer does not listen.\n{}", log(folder, "pgbouncer.log")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(bouncer)
    }

    /// Where it is, without a database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@{}", self.address)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(programs: &Path, user: &User, folder: &TemporaryFolder, address: SocketAddr) -> Result<Child, String> {
    let mut server = user.command(&programs.join("postgres"));
    server.arg("-D").arg(folder.path().join("data"));
    server.args(["-p", &address.port().to_string()]);
    server.args(["-c", &format!("unix_socket_directories={}", folder.path().display())]);
    server.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-c", "ssl=on"]);
    started(server, folder.path(), "postgres.log")
}

fn started(mut command: Command, folder: &Path, log: &str) -> Result<Child, String> {
    let path = folder.join(log);
    let file = fs::File::create(&path).map_err(|error| format!("Could not write {}: {error}", path.display()))?;
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
    command.spawn().map_err(|error| format!("{log}: it could not be started: {error}"))
}

fn log(folder: &Path, name: &str) -> String {
    tail(&fs::read_to_string(folder.join(name)).unwrap_or_default(), LOG_LINES)
}

/// Makes a certificate that the server is trusted by.
fn certify(user: &User, data: &Path) -> Result<(), String> {
    let mut openssl = user.command(Path::new("openssl"));
    openssl.args(["req", "-new", "-x509", "-nodes", "-days", "30", "-newkey", "rsa:2048", "-subj", "/CN=localhost"]);
    openssl.args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.args(["-out", "server.crt", "-keyout", "server.key"]);
    run(openssl.current_dir(data)).map(drop)
}

impl Drop for Postgres {
    /// At once, and with all its processes: nobody needs what it has written.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// The folder of the newest version that is installed. Debian does not put it on the `PATH`.
fn programs() -> Result<PathBuf, String> {
    if let Some(folder) = installed() {
        return Ok(folder);
    }
    apt::install(&["postgresql"]).map_err(|why| {
        format!("PostgreSQL is missing and could not be installed: {why}.\nAs root: apt-get install postgresql")
    })?;
    installed().ok_or_else(|| "PostgreSQL was installed and is not in /usr/lib/postgresql.".to_owned())
}

fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let versions = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        folder.join("postgres").is_file().then_some((version, folder))
    });
    let newest = versions.max_by_key(|(version, _)| *version).map(|(_, folder)| folder);
    newest.or_else(|| apt::on_path(&["initdb"])?.canonicalize().ok()?.parent().map(Path::to_owned))
}

/// As whom the server runs.
enum User {
    /// Whoever runs this.
    Own,
    /// Debian's user of that name.
    Servers,
}

impl User {
    fn of_the_server() -> Result<Self, String> {
        let id = run(limited("id", Duration::from_secs(5)).arg("-u"))?;
        Ok(if id.trim() == "0" { Self::Servers } else { Self::Own })
    }

    fn owns(&self, folder: &Path) -> Result<(), String> {
        match self {
            Self::Own => Ok(()),
            Self::Servers => run(limited("chown", Duration::from_secs(5)).arg(USER).arg(folder)).map(drop),
        }
    }

    /// A program that ends when this one does, however that ends.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        if let Self::Servers = self {
            command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
        }
        command.args(["--pdeathsig", "QUIT", "--"]).arg(program);
        command
    }
}
