//! Where the run takes place: the folders, and the tools and binaries that several steps share.
//!
//! Each shared thing is made when the first step asks for it, once. When that fails, every step that asks is told why.

use std::cell::OnceCell;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::command;
use crate::temporary::{TemporaryFolder, emptied};
use crate::toolbox::{self, NodeTools, PythonTools};

#[derive(Debug)]
pub(crate) struct Workshop {
    root: PathBuf,
    target: PathBuf,
    node: OnceCell<Result<NodeTools, String>>,
    python: OnceCell<Result<PythonTools, String>>,
    chromium: OnceCell<Result<PathBuf, String>>,
    products: OnceCell<Result<PathBuf, String>>,
    chat: OnceCell<Result<PathBuf, String>>,
    /// Locked for as long as the run lasts.
    _lock: File,
}

impl Workshop {
    /// Finds the workspace and makes `target/xtask`, which no other run shares: two would sweep away each other's
    /// folders.
    ///
    /// # Errors
    /// When cargo does not know the workspace, the folder cannot be made, or another run is in it.
    pub(crate) fn open() -> Result<Self, String> {
        let (root, target) = folders()?;
        let lock = lock(&target.join("xtask"))?;
        emptied(&target.join("xtask/temporary"))?;
        Ok(Self {
            root,
            target,
            _lock: lock,
            node: OnceCell::new(),
            python: OnceCell::new(),
            chromium: OnceCell::new(),
            products: OnceCell::new(),
            chat: OnceCell::new(),
        })
    }

    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below `xtask/` in the source tree.
    pub(crate) fn source(&self, name: &str) -> PathBuf {
        self.root.join("xtask").join(name)
    }

    /// A path below `target/xtask`, where everything that a run makes lies.
    pub(crate) fn made(&self, name: &str) -> PathBuf {
        self.target.join("xtask").join(name)
    }

    /// A path below cargo's own target folder, such as `release`.
    pub(crate) fn target(&self, name: &str) -> PathBuf {
        self.target.join(name)
    }

    /// A folder that is removed when dropped. Its name must be the step's own.
    ///
    /// # Errors
    /// When the file system refuses.
    pub(crate) fn temporary(&self, name: &str) -> Result<TemporaryFolder, String> {
        TemporaryFolder::new(&self.made("temporary"), name)
    }

    /// `cargo`, in the root of the workspace.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&self.root);
        cargo
    }

    pub(crate) fn node(&self) -> Result<&NodeTools, String> {
        shared(&self.node, || toolbox::node::install(self))
    }

    pub(crate) fn python(&self) -> Result<&PythonTools, String> {
        shared(&self.python, || toolbox::python::install(self))
    }

    pub(crate) fn chromium(&self) -> Result<&Path, String> {
        shared(&self.chromium, || toolbox::apt::program(&["chromium", "chromium-browser"], &["chromium"]))
            .map(PathBuf::as_path)
    }

    /// The debug build of `examples/products`.
    pub(crate) fn products(&self) -> Result<&Path, String> {
        shared(&self.products, || self.example("products")).map(PathBuf::as_path)
    }

    /// The debug build of `examples/chat`.
    pub(crate) fn chat(&self) -> Result<&Path, String> {
        shared(&self.chat, || self.example("chat")).map(PathBuf::as_path)
    }

    /// The debug build of an example.
    ///
    /// # Errors
    /// When it does not build.
    pub(crate) fn example(&self, name: &str) -> Result<PathBuf, String> {
        // As a user builds it: alone, with its own features only.
        let (built, _) = command::watched(self.cargo().args(["build", "--package", name]))?;
        match built {
            true => Ok(self.target.join("debug").join(name)),
            false => Err(format!("The {name} example does not build: see the errors above.")),
        }
    }
}

fn shared<T>(cell: &OnceCell<Result<T, String>>, make: impl FnOnce() -> Result<T, String>) -> Result<&T, String> {
    cell.get_or_init(make).as_ref().map_err(Clone::clone)
}

/// The lock of a folder, which goes with the process that has it, however it ends.
fn lock(folder: &Path) -> Result<File, String> {
    let path = folder.join("lock");
    let unable = |error: std::io::Error| format!("Could not lock {}: {error}", path.display());
    fs::create_dir_all(folder).map_err(unable)?;
    let file = File::create(&path).map_err(unable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err("Another `cargo xtask` runs in this workspace: wait for its end.".to_owned())
        }
        Err(TryLockError::Error(error)) => Err(unable(error)),
    }
}

/// The workspace's root and its target folder, wherever the user has put that.
fn folders() -> Result<(PathBuf, PathBuf), String> {
    let mut cargo = command::limited("cargo", Duration::from_secs(60));
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&command::run(&mut cargo)?)
        .map_err(|error| format!("`cargo metadata` did not print JSON: {error}"))?;
    let folder = |key: &str| {
        let text = metadata[key].as_str();
        text.map(PathBuf::from).ok_or_else(|| format!("`cargo metadata` does not tell the {key}."))
    };
    Ok((folder("workspace_root")?, folder("target_directory")?))
}
