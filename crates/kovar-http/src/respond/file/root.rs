//! A directory from which files are served by paths that clients send.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use super::{File, FileError};

/// A directory from which files are served by paths that clients send.
///
/// A path that is absolute, leads upwards, names something hidden (a segment that begins with a
/// dot), has a NUL or a backslash, or reaches out of the directory over a symbolic link, is not
/// found. Directories are not listed.
///
/// What a path leads to is looked up before it is opened: whoever may change the directory while
/// it is served could put a link between the two.
///
/// # Example
///
/// ```
/// use kovar_http::dependency::Dep;
/// use kovar_http::extract::Path;
/// use kovar_http::operation::Operation;
/// use kovar_http::respond::{File, FileError, FileRoot};
///
/// async fn asset(Path(path): Path<String>, root: Dep<FileRoot>) -> Result<File, FileError> {
///     root.open(&path).await
/// }
///
/// let operation = Operation::get("/assets/{*path}", asset);
/// # let _ = operation;
/// ```
#[derive(Clone)]
pub struct FileRoot {
    directory: PathBuf,
}

impl FileRoot {
    /// The directory, which must exist.
    ///
    /// # Errors
    ///
    /// When it does not exist, or is no directory.
    pub fn new(directory: impl AsRef<Path>) -> io::Result<Self> {
        let directory = directory.as_ref().canonicalize()?;
        if !directory.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, directory.display().to_string()));
        }
        Ok(Self { directory })
    }

    /// Opens the file of a path that a client sent, percent-decoded, with `/` between segments.
    ///
    /// # Errors
    ///
    /// [`FileError::NotFound`] when there is no such file, or the path leads to where it must not.
    pub async fn open(&self, path: &str) -> Result<File, FileError> {
        if !path.split('/').all(is_plain_segment) {
            return Err(FileError::NotFound);
        }
        let (root, wanted) = (self.directory.clone(), self.directory.join(path));
        in_background(move || {
            let found = wanted.canonicalize()?;
            match found.starts_with(&root) {
                true => File::open_blocking(&found),
                false => Err(FileError::NotFound),
            }
        })
        .await
    }
}

impl fmt::Debug for FileRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileRoot").field(&self.directory).finish()
    }
}

/// A name of one file or directory. Windows gives colons and devices a meaning, so there is more to
/// refuse on it.
fn is_plain_segment(segment: &str) -> bool {
    let is_name = !segment.is_empty() && !segment.starts_with('.') && !segment.contains(['\\', '\0']);
    is_name && !(cfg!(windows) && (segment.contains(':') || segment.ends_with(['.', ' ']) || is_device(segment)))
}

fn is_device(segment: &str) -> bool {
    let name = segment.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let is_numbered = |prefix: &str| name.strip_prefix(prefix).is_some_and(|number| number.len() == 1);
    matches!(name.as_str(), "CON" | "PRN" | "AUX" | "NUL") || is_numbered("COM") || is_numbered("LPT")
}

/// Runs what waits for the disk where it holds up no other request.
pub(super) async fn in_background(
    work: impl FnOnce() -> Result<File, FileError> + Send + 'static,
) -> Result<File, FileError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(cause) => Err(FileError::Io(io::Error::other(cause))),
    }
}
