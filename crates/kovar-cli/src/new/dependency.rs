//! Where the new app has Kovar from.

use std::fs;
use std::path::Path;

/// Where the new app has Kovar from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dependency {
    /// From crates.io, in the version of this command.
    Registry,
    /// From a folder on this machine.
    Path(String),
}

impl Dependency {
    /// From a checkout of Kovar's repository.
    pub(super) fn checkout(folder: &Path) -> Result<Self, String> {
        let package = folder.join("crates/kovar");
        if !package.join("Cargo.toml").is_file() {
            return Err(format!("{} is no checkout of Kovar: it has no crates/kovar/Cargo.toml", folder.display()));
        }
        let whole = fs::canonicalize(&package).map_err(|cause| format!("{}: {cause}", package.display()))?;
        let path = whole.to_str().ok_or_else(|| format!("{} is not UTF-8, which a manifest is", whole.display()))?;
        Ok(Self::Path(path.to_owned()))
    }

    /// What stands for it in a manifest, within the braces.
    pub(super) fn in_manifest(&self) -> String {
        match self {
            Self::Registry => format!(r#"version = "{}""#, env!("CARGO_PKG_VERSION")),
            Self::Path(path) => format!(r#"path = "{}""#, path.replace('\\', r"\\").replace('"', r#"\""#)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_the_version_or_the_path() {
        assert_eq!(Dependency::Registry.in_manifest(), concat!("version = \"", env!("CARGO_PKG_VERSION"), "\""));
        assert_eq!(Dependency::Path(r#"/a "b"\c"#.to_owned()).in_manifest(), r#"path = "/a \"b\"\\c""#);
    }

    #[test]
    fn a_folder_that_is_no_checkout_is_refused() {
        let refused = Dependency::checkout(Path::new("/")).unwrap_err();
        assert!(refused.contains("no checkout of Kovar"), "{refused}");
    }
}
