mod deploy;
mod doctor;
mod made;
mod new;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of this repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// `kovar`, to be run in a folder, without what the person who runs the tests has set.
fn kovar(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kovar"));
    command.current_dir(folder);
    for variable in ["KOVAR_LISTEN", "KOVAR_ADMIN", "KOVAR_WORKERS", "DATABASE_URL", "KOVAR_TLS_CERT", "KOVAR_TLS_KEY"]
    {
        command.env_remove(variable);
    }
    command
}

/// Makes an app on this checkout of Kovar, without a Git repository.
fn make_app(folder: &Path, name: &str) -> PathBuf {
    let made = kovar(folder).args(["new", name, "--no-git", "--path-to-kovar"]).arg(repository()).output().unwrap();
    assert!(made.status.success(), "{}", stderr(&made));
    folder.join(name)
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
