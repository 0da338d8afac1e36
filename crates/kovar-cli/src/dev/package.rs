//! The package that is here, as cargo sees it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::build::Options;
use crate::manage::Error;

/// The package that is built and run.
#[derive(Debug)]
pub(super) struct Package {
    /// Where cargo is called, and the program runs.
    pub(super) directory: PathBuf,
    /// What is built from: the workspace, and packages that stand beside it.
    pub(super) sources: Vec<PathBuf>,
    /// What cargo writes.
    pub(super) target: PathBuf,
}

/// The parts of `cargo metadata` that are read.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Debug, Deserialize)]
struct MetadataPackage {
    manifest_path: PathBuf,
    /// Absent for a package that is a directory here.
    source: Option<String>,
}

impl Package {
    /// Asks cargo.
    ///
    /// # Errors
    ///
    /// When there is no package here, or its manifest is broken.
    pub(super) fn find(options: &Options) -> Result<Self, Error> {
        let mut cargo = Command::new("cargo");
        cargo.args(["metadata", "--format-version", "1"]).args(options.features());
        let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.map_err(|cause| format!("cargo cannot be started: {cause}; is Rust installed?"))?;
        if !output.status.success() {
            return Err("cargo finds no package here: go to the directory of one, where its Cargo.toml is".into());
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
        let local = metadata.packages.into_iter().filter(|package| package.source.is_none());
        let directories = local.filter_map(|package| Some(package.manifest_path.parent()?.to_owned()));
        let beside = directories.filter(|directory| !directory.starts_with(&metadata.workspace_root));
        let sources = beside.chain([metadata.workspace_root.clone()]).collect();
        Ok(Self { directory: std::env::current_dir()?, sources, target: metadata.target_directory })
    }
}
