//! What must be shipped.

use std::fs;
use std::path::{Path, PathBuf};

use super::peers::BUN;
use crate::bench::peer::{Kit, Peer, Runtime};
use crate::bench::places::Places;

/// The program, or the app with its packages as they are installed; and the runtime below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Size {
    pub(super) bytes: u64,
    /// Such as `Node`, and how large its program is where it is one file.
    pub(super) runtime: Option<(&'static str, Option<u64>)>,
}

/// # Errors
/// When what was installed is not there.
pub(super) fn of(places: &Places, peer: &Peer) -> Result<Size, String> {
    let bytes = match peer.kit {
        Kit::Kovar(_) | Kit::Workspace(_) | Kit::Rust | Kit::Go | Kit::GoProgram(_) => file(&program(places, peer))?,
        Kit::Python => folder(&places.made.join("python/lib"))?,
        Kit::JavaScript(name) | Kit::JavaScriptWithAddOn(name, _) => {
            folder(&places.made.join(name))? - bun_bytes(places, peer)
        }
        Kit::Nest => folder(&places.made.join("nest"))?,
    };
    Ok(Size { bytes, runtime: peer.runtime.map(|runtime| (name(runtime), runtime_bytes(places, peer, runtime))) })
}

fn program(places: &Places, peer: &Peer) -> PathBuf {
    let word = peer.command.split_whitespace().next().unwrap_or_default();
    PathBuf::from(places.fill(word))
}

fn name(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::Python => "CPython",
        Runtime::Node => "Node",
        Runtime::Bun => "Bun",
    }
}

fn runtime_bytes(places: &Places, peer: &Peer, runtime: Runtime) -> Option<u64> {
    match runtime {
        Runtime::Python => None,
        Runtime::Node => node_bytes(),
        Runtime::Bun => Some(bun_bytes(places, peer)),
    }
}

fn node_bytes() -> Option<u64> {
    let path = std::env::var_os("PATH")?;
    let node = std::env::split_paths(&path).map(|folder| folder.join("node")).find(|path| path.is_file())?;
    // A few bytes are a script that starts the real one.
    fs::metadata(node).ok().map(|node| node.len()).filter(|bytes| *bytes > 1 << 20)
}

fn bun_bytes(places: &Places, peer: &Peer) -> u64 {
    match (peer.kit, peer.runtime) {
        (Kit::JavaScript(name), Some(Runtime::Bun)) => file(&places.made.join(name).join(BUN)).unwrap_or_default(),
        _ => 0,
    }
}

fn file(path: &Path) -> Result<u64, String> {
    fs::metadata(path).map(|file| file.len()).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// All files below a folder; links are not followed.
fn folder(path: &Path) -> Result<u64, String> {
    let unable = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let mut bytes = 0;
    for entry in fs::read_dir(path).map_err(unable)? {
        let entry = entry.map_err(unable)?;
        let kind = entry.file_type().map_err(unable)?;
        if kind.is_dir() {
            bytes += folder(&entry.path())?;
        } else if kind.is_file() {
            bytes += entry.metadata().map_err(unable)?.len();
        }
    }
    Ok(bytes)
}
