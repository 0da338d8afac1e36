//! A new app as the person who made it meets it: it builds, passes its tests, serves, and ends.
//!
//! The app is built in the workspace's own target folder and with its `Cargo.lock`, so that this needs no network and
//! little time. One test does everything in order, because each step needs the one before it.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use super::{make_app, repository, stderr, stdout};

/// Starting takes milliseconds; a machine that builds beside it may take longer.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_new_app_builds_passes_its_tests_serves_and_ends() {
    let (folder, _lock) = folder();
    let app = make_app(&folder, "demo");
    fs::copy(repository().join("Cargo.lock"), app.join("Cargo.lock")).unwrap();

    cargo(&app, &["fmt", "--check"]);
    cargo(&app, &["clippy", "--offline", "--all-targets", "--", "-D", "warnings"]);
    cargo(&app, &["test", "--offline"]);
    keep_document(&app);
    check_statements(&app);
    serve(&app);
}

/// Its CI runs this.
fn check_statements(app: &Path) {
    let check = ["run", "--offline", "--", "check"];
    cargo(app, &check);
    let notes = app.join("src/notes.rs");
    let source = fs::read_to_string(&notes).unwrap();
    let wrong = source.replacen("title = {note.title}", "titel = {note.title}", 1);
    assert_ne!(wrong, source);
    fs::write(&notes, wrong).unwrap();
    let refused = run_cargo(app, &check);
    assert_eq!(refused.status.code(), Some(1));
    let said = stdout(&refused);
    assert!(said.contains("src/notes.rs:") && said.contains("no such column: titel"), "{said}");
    fs::write(&notes, source).unwrap();
    cargo(app, &["build", "--offline"]);
}

/// A folder for the app: the same each time, or else the target folder would keep what was built for each; outside of
/// the repository, whose settings for formatting and lints are not those of a new app. Held by one test at a time.
fn folder() -> (PathBuf, fs::File) {
    let mut hasher = DefaultHasher::new();
    target().hash(&mut hasher);
    let folder = std::env::temp_dir().join(format!("kovar-new-{:016x}", hasher.finish()));
    fs::create_dir_all(&folder).unwrap();
    let lock = fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let app = folder.join("demo");
    if app.exists() {
        fs::remove_dir_all(app).unwrap();
    }
    (folder, lock)
}

/// The workspace's target folder.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

/// What cargo says is shown only if it fails: who counts the tests of the workspace should not find those of the app.
fn cargo(app: &Path, arguments: &[&str]) {
    let done = run_cargo(app, arguments);
    assert!(done.status.success(), "cargo {}:\n{}{}", arguments.join(" "), stdout(&done), stderr(&done));
}

fn run_cargo(app: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(app).args(arguments).env("CARGO_TARGET_DIR", target()).output().unwrap()
}

/// With `KOVAR_BLESS` the app's test has written its document anew, and the template follows.
fn keep_document(app: &Path) {
    if std::env::var_os("KOVAR_BLESS").is_none() {
        return;
    }
    let document = fs::read_to_string(app.join("openapi.json")).unwrap();
    let template = document.replacen(r#""title": "demo""#, r#""title": "{{name}}""#, 1);
    fs::write(repository().join("crates/kovar-cli/templates/app/openapi.json"), template).unwrap();
}

fn serve(app: &Path) {
    let [listen, admin] = free_addresses();
    // As systemd does for a unit of `Type=notify`.
    let socket = app.join("notify");
    let told = UnixDatagram::bind(&socket).unwrap();
    told.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut server = Server::start(app, listen, admin, &socket);
    let mut message = [0; 1024];
    let length = told.recv(&mut message).expect("the app tells that it is ready");
    assert_eq!(String::from_utf8_lossy(&message[..length]).trim_end(), "READY=1");
    let ready = ask(admin, "GET", "/health/ready", "").unwrap();
    assert!(ready.starts_with("HTTP/1.1 200 OK\r\n"), "{ready}");

    let body = r#"{"title":"Shopping","body":"Two lamps"}"#;
    let created = ask(listen, "POST", "/api/v1/notes", body).unwrap();
    assert!(created.starts_with("HTTP/1.1 201 Created\r\n"), "{created}");
    let list = ask(listen, "GET", "/api/v1/notes", "").unwrap();
    assert!(list.starts_with("HTTP/1.1 200 OK\r\n") && list.contains(r#""title":"Shopping""#), "{list}");
    let refused = ask(listen, "POST", "/api/v1/notes", "{}").unwrap();
    assert!(refused.starts_with("HTTP/1.1 422 "), "{refused}");
    assert!(app.join("data/demo.db").exists());

    let ended = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(ended.success());
    assert_eq!(server.0.wait().unwrap().code(), Some(0));
}

/// The running app, which ends with the test that started it.
struct Server(Child);

impl Server {
    fn start(app: &Path, listen: SocketAddr, admin: SocketAddr, notify: &Path) -> Self {
        let mut command = Command::new(target().join("debug/demo"));
        command.current_dir(app).stdout(Stdio::null()).stderr(Stdio::null()).env_remove("DATABASE_URL");
        command.env("NOTIFY_SOCKET", notify);
        Self(command.args(["--listen", &listen.to_string(), "--admin", &admin.to_string()]).spawn().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Two addresses that are free now.
fn free_addresses() -> [SocketAddr; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap())
}

/// One request on a connection of its own; the whole answer as a text.
fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
