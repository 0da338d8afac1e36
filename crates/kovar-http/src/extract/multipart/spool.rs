//! Receives the bytes of one file: in memory at first, on disk when there are many.

use std::io;

use bytes::{Bytes, BytesMut};
use tempfile::TempPath;
use tokio::io::AsyncWriteExt as _;

use super::upload::{Content, Upload};
use crate::extract::Rejection;
use crate::problem::builtin;

/// How many bytes of a file stay in memory. Default: 64 KiB.
const MEMORY_BYTES: usize = 64 * 1024;

/// A file while it is received.
pub(super) struct Spool {
    memory: BytesMut,
    disk: Option<(tokio::fs::File, TempPath)>,
    size: u64,
    /// Of a file with more bytes none is kept: it is refused in the end, with all issues.
    limit: Option<usize>,
}

impl Spool {
    pub(super) fn new(limit: Option<usize>) -> Self {
        Self { memory: BytesMut::new(), disk: None, size: 0, limit }
    }

    pub(super) async fn write(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        self.size += chunk.len() as u64;
        if self.limit.is_some_and(|limit| self.size > limit as u64) {
            (self.memory, self.disk) = (BytesMut::new(), None);
            return Ok(());
        }
        self.keep(chunk).await.map_err(|error| refused(&error))
    }

    pub(super) async fn finish(self, file_name: Option<&str>, content_type: Option<&str>) -> Result<Upload, Rejection> {
        let content = match self.disk {
            None => Content::Memory(self.memory.freeze()),
            Some((mut file, path)) => {
                file.flush().await.map_err(|error| refused(&error))?;
                Content::Disk(path)
            }
        };
        Ok(Upload::new(file_name, content_type, self.size, content))
    }

    async fn keep(&mut self, chunk: &[u8]) -> io::Result<()> {
        if self.disk.is_none() && self.memory.len() + chunk.len() <= MEMORY_BYTES {
            self.memory.extend_from_slice(chunk);
            return Ok(());
        }
        let (file, _) = match &mut self.disk {
            Some(disk) => disk,
            None => {
                let (mut file, path) = temporary_file().await?;
                let memory: Bytes = std::mem::take(&mut self.memory).freeze();
                file.write_all(&memory).await?;
                self.disk.insert((file, path))
            }
        };
        file.write_all(chunk).await
    }
}

/// A new file that is removed when its path is dropped; only this user may read it.
async fn temporary_file() -> io::Result<(tokio::fs::File, TempPath)> {
    let create = || tempfile::Builder::new().prefix("kovar-upload-").tempfile();
    let (file, path) = tokio::task::spawn_blocking(create).await.map_err(io::Error::other)??.into_parts();
    Ok((tokio::fs::File::from_std(file), path))
}

fn refused(error: &io::Error) -> Rejection {
    let problem = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => builtin::UNAVAILABLE,
        _ => builtin::INTERNAL,
    };
    problem.details().log(format!("an upload could not be stored: {error}")).into()
}
