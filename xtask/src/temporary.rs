//! A folder that goes away with its owner, also when a check panics.
//!
//! It lies under `target/xtask/temporary` and not under `/tmp`: what a killed run leaves there is swept by the next.

use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes an empty folder `name` below `parent`; one of that name that is there already is emptied.
    ///
    /// # Errors
    /// When the file system refuses.
    pub(crate) fn new(parent: &Path, name: &str) -> Result<Self, String> {
        let path = parent.join(name);
        emptied(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Makes sure that `folder` exists and holds nothing.
///
/// # Errors
/// When the file system refuses.
pub(crate) fn emptied(folder: &Path) -> Result<(), String> {
    let removed = match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    removed
        .and_then(|()| fs::create_dir_all(folder))
        .map_err(|error| format!("Could not empty the folder {}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::TemporaryFolder;

    #[test]
    fn it_starts_empty_and_goes_away() {
        let parent = std::env::temp_dir().join(format!("kovar-xtask-{}", std::process::id()));
        fs::create_dir_all(parent.join("left")).expect("the parent can be made");
        fs::write(parent.join("left/over"), "x").expect("a file can be left");
        let folder = TemporaryFolder::new(&parent, "left").expect("it can be emptied");
        assert_eq!(fs::read_dir(folder.path()).expect("it can be read").count(), 0);
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
        fs::remove_dir_all(parent).expect("the parent can be removed");
    }
}
