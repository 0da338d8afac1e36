//! What the app in this folder would be started with: the environment, then `.env`, then the defaults.
//!
//! The names and defaults are those of `kovar::Settings`. That type is not used, because it would bring all of the
//! framework into this command, and because it ends the process at the first wrong value.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use kovar_serve::Address;

use super::database::Database;
use super::finding::Finding;

const LISTEN: &str = "127.0.0.1:8000";
const ADMIN: &str = "127.0.0.1:8001";

/// What the app would be started with.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    values: HashMap<String, String>,
    program: String,
}

impl Settings {
    /// The settings of the app in a folder, and how its `.env` stands.
    pub(super) fn of(folder: &Path) -> (Self, Finding) {
        let (from_file, finding) = read_file(&folder.join(".env"));
        let mut values: HashMap<String, String> = from_file.into_iter().collect();
        let environment = std::env::vars_os();
        values
            .extend(environment.filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?))));
        (Self { values, program: program_in(folder) }, finding)
    }

    /// The addresses for requests, each of which may be wrong.
    pub(super) fn listen(&self) -> Vec<Result<Address, String>> {
        let addresses = self.value("KOVAR_LISTEN").unwrap_or(LISTEN).split(',');
        addresses.map(|text| text.parse().map_err(|cause: kovar_serve::AddressError| cause.to_string())).collect()
    }

    /// The address for health checks.
    pub(super) fn admin(&self) -> Result<SocketAddr, String> {
        let text = self.value("KOVAR_ADMIN").unwrap_or(ADMIN);
        text.parse().map_err(|_| format!("`{text}` is no address with a port, as {ADMIN}"))
    }

    /// How many threads answer requests: those that are set, or one for each core.
    pub(super) fn workers(&self) -> Result<u64, String> {
        match self.value("KOVAR_WORKERS") {
            None => Ok(std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64)),
            Some(text) => text.parse().map(NonZeroU64::get).map_err(|_| format!("`{text}` is no number of workers")),
        }
    }

    /// The database.
    pub(super) fn database(&self) -> Result<Database, String> {
        match self.value("DATABASE_URL") {
            Some(url) => url.parse(),
            None => Ok(Database::File(format!("data/{}.db", self.program).into())),
        }
    }

    /// The file with the certificate for TLS.
    pub(super) fn certificate(&self) -> Option<PathBuf> {
        self.value("KOVAR_TLS_CERT").map(PathBuf::from)
    }

    /// The file with the key for TLS.
    pub(super) fn key(&self) -> Option<PathBuf> {
        self.value("KOVAR_TLS_KEY").map(PathBuf::from)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

/// What `.env` says, up to the first line that is wrong: the app reads no further either.
fn read_file(path: &Path) -> (Vec<(String, String)>, Finding) {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            return (Vec::new(), Finding::ok("no .env: the environment and the defaults count"));
        }
        Err(cause) => {
            let finding = Finding::fail(format!(".env cannot be read: {cause}"), "let the app's user read it");
            return (Vec::new(), finding);
        }
    };
    let mut values = Vec::new();
    for line in dotenvy::Iter::new(file) {
        match line {
            Ok(value) => values.push(value),
            Err(_) => {
                // The error repeats the line, which may hold a secret.
                let found =
                    format!(".env is wrong after its {} first values; the rest counts for nothing", values.len());
                return (values, Finding::fail(found, "write NAME=value, with quotes around a value with spaces"));
            }
        }
    }
    let found = format!(".env sets {}", values.len());
    (values, Finding::ok(found))
}

/// What the program of the app in a folder is called, as its manifest says; the folder's name without one.
fn program_in(folder: &Path) -> String {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let from_folder = || folder.file_name().map(|name| name.to_string_lossy().into_owned());
    package_name(&manifest).or_else(from_folder).unwrap_or_else(|| "app".to_owned())
}

/// The name in the section `[package]`. It is one line in every manifest that Cargo writes.
fn package_name(manifest: &str) -> Option<String> {
    let package = manifest.lines().skip_while(|line| line.trim() != "[package]").skip(1);
    let mut entries = package.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    let (_, value) = entries.find(|(key, _)| key.trim() == "name")?;
    Some(value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    fn settings(values: &[(&str, &str)]) -> Settings {
        let values = values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Settings { values, program: "shop".to_owned() }
    }

    #[test]
    fn without_settings_the_defaults_count() {
        let settings = settings(&[]);
        assert_eq!(settings.listen(), [Ok(LISTEN.parse().unwrap())]);
        assert_eq!(settings.admin(), Ok(ADMIN.parse().unwrap()));
        assert_eq!(settings.database(), Ok(Database::File("data/shop.db".into())));
        assert_eq!((settings.certificate(), settings.key()), (None, None));
        assert!(settings.workers().is_ok());
    }

    #[test]
    fn what_is_set_counts() {
        let settings = settings(&[
            ("KOVAR_LISTEN", "0.0.0.0:80,unix:/run/shop.sock"),
            ("KOVAR_ADMIN", "[::1]:9"),
            ("KOVAR_WORKERS", "3"),
            ("DATABASE_URL", "sqlite:///var/lib/shop.db"),
            ("KOVAR_TLS_CERT", "/etc/shop.pem"),
        ]);
        assert_eq!(settings.listen(), [Ok("0.0.0.0:80".parse().unwrap()), Ok(Address::Unix("/run/shop.sock".into()))]);
        assert_eq!(settings.admin(), Ok("[::1]:9".parse().unwrap()));
        assert_eq!(settings.workers(), Ok(3));
        assert_eq!(settings.database(), Ok(Database::File("/var/lib/shop.db".into())));
        assert_eq!(settings.certificate(), Some("/etc/shop.pem".into()));
    }

    #[test]
    fn a_wrong_value_is_told() {
        let wrong = [("KOVAR_LISTEN", "127.0.0.1:8000,localhost"), ("KOVAR_ADMIN", "8001"), ("KOVAR_WORKERS", "0")];
        let settings = settings(&wrong);
        assert!(settings.workers().unwrap_err().contains("`0` is no number of workers"));
        assert!(settings.listen()[1].as_ref().unwrap_err().contains("`localhost` is neither"));
        assert!(settings.admin().unwrap_err().contains("`8001` is no address"));
    }

    #[test]
    fn the_file_is_read_as_the_app_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        assert_finding(&read_file(&path).1, Verdict::Ok, "no .env");
        fs::write(&path, "# settings\nKOVAR_WORKERS=2\nKOVAR_ADMIN='127.0.0.1:1'\n").unwrap();
        let (values, finding) = read_file(&path);
        assert_eq!(values.len(), 2);
        assert_finding(&finding, Verdict::Ok, ".env sets 2");
    }

    #[test]
    fn a_line_that_is_wrong_is_told_and_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, "KOVAR_WORKERS=2\nSECRET=two words\nKOVAR_ADMIN=127.0.0.1:1\n").unwrap();
        let (values, finding) = read_file(&path);
        assert_eq!(values, [("KOVAR_WORKERS".to_owned(), "2".to_owned())]);
        assert_finding(&finding, Verdict::Fail, "after its 1 first values");
        assert!(!finding.found.contains("two words"), "{finding:?}");
    }

    #[test]
    fn a_program_is_named_in_its_manifest() {
        let manifest =
            "[workspace]\n\n[package]\nversion = \"1.0.0\"\nname = \"shop\"\n\n[dependencies]\nname = \"x\"\n";
        assert_eq!(package_name(manifest).as_deref(), Some("shop"));
        assert_eq!(package_name("[workspace]\nname = \"x\"\n"), None);
        assert_eq!(program_in(Path::new("/srv/market")), "market");
    }
}
