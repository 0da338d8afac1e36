//! A JWK set in a file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{DOCUMENT_LIMIT_BYTES, FetchFuture, JwksDocument, JwksSource};

/// How often the file is read again. A mounted secret is replaced by a symlink, which no modification time
/// tells reliably; reading a few kilobytes once a minute does.
const REREAD_INTERVAL: Duration = Duration::from_secs(60);

/// A JWK set in a file, such as a mounted secret: read again every minute and on an unknown `kid`.
#[derive(Clone, Debug)]
pub struct FileSource {
    path: PathBuf,
}

impl FileSource {
    /// The file at this path; it is first read when keys are first needed.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl JwksSource for FileSource {
    fn fetch(&self) -> FetchFuture<'_> {
        let path = self.path.clone();
        Box::pin(async move {
            let json = tokio::task::spawn_blocking(move || read_bounded(&path)).await??;
            Ok(JwksDocument::new(json).max_age(REREAD_INTERVAL))
        })
    }
}

/// Reads one byte past the limit at most: enough for the cache to see that it is too large.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut json = Vec::new();
    File::open(path)?.take(DOCUMENT_LIMIT_BYTES as u64 + 1).read_to_end(&mut json)?;
    Ok(json)
}
