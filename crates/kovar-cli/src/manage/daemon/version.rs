//! Which version of a program runs: what `PROGRAM --version` says.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use tokio::process::Command;

use crate::manage::process_group::ProcessGroup;
use crate::manage::protocol::Spec;

/// A program that does not know `--version` may do anything; it is not waited for.
const LIMIT: Duration = Duration::from_secs(2);

/// The longest version that is shown.
const LENGTH_LIMIT: usize = 40;

/// The last version that was asked for, and of which file.
#[derive(Debug, Default)]
pub(super) struct Versions(Option<(File, Option<String>)>);

/// A file as it was: a deployed one has another time, size or place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    path: PathBuf,
    modified: Option<SystemTime>,
    size: u64,
}

impl Versions {
    /// The version of the program as it is now, if that was asked for before.
    pub(super) fn known(&self, file: &File) -> Option<Option<String>> {
        self.0.as_ref().filter(|(known, _)| known == file).map(|(_, version)| version.clone())
    }

    pub(super) fn learn(&mut self, file: File, version: Option<String>) {
        self.0 = Some((file, version));
    }
}

impl File {
    /// The program of an app as it is now, links followed.
    pub(super) fn of(spec: &Spec) -> Option<Self> {
        let path = spec.program.canonicalize().ok()?;
        let metadata = path.metadata().ok()?;
        Some(Self { path, modified: metadata.modified().ok(), size: metadata.len() })
    }
}

/// Asks the program.
pub(super) async fn ask(file: &File, spec: &Spec) -> Option<String> {
    let mut command = Command::new(&file.path);
    command.arg("--version").env_clear().envs(spec.environment.iter().cloned()).current_dir(&spec.directory);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let child = command.spawn().ok()?;
    let _group = child.id().map(ProcessGroup::led_by);
    let output = tokio::time::timeout(LIMIT, child.wait_with_output()).await.ok()?.ok()?;
    if output.status.success() { read(&String::from_utf8_lossy(&output.stdout)) } else { None }
}

/// The first word of the first line that begins as a version does: `products 1.0.0 (abc)`.
fn read(text: &str) -> Option<String> {
    let line = text.lines().next()?;
    let word = line
        .split_whitespace()
        .find(|word| word.trim_start_matches('v').starts_with(|letter: char| letter.is_ascii_digit()));
    word.map(|word| word.chars().take(LENGTH_LIMIT).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        for (text, expected) in [
            ("products 1.0.0\n", Some("1.0.0")),
            ("app v2-rc1 (abc)\n3", Some("v2-rc1")),
            ("", None),
            ("Hello\n1.0", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
