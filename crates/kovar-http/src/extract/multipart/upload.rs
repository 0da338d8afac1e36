//! Files that clients send.
//!
//! serde cannot carry a file, so a form's tree holds a token where a file belongs. While the tree
//! is read, which happens at once and on one thread, the files lie in a registry of that thread,
//! and an [`Upload`] is deserialised by looking its token up. Tokens hold a nonce: a text that a
//! client sends is never one.

use std::cell::RefCell;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use kovar_contract::rule::capability::HasLength;
use kovar_contract::schema::FileShape;
use kovar_contract::shape::Shape;
use kovar_contract::{Catalog, Direction, Rules, Schema};
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use tempfile::TempPath;

/// A file of a [`Multipart`](super::Multipart) body.
///
/// Up to 64 KiB it is in memory; a larger one is a file in the system's directory for temporary
/// files (`TMPDIR`), which is removed when the last `Upload` of it is dropped. Clones share it.
///
/// `min_length` and `max_length` count its bytes.
#[derive(Clone)]
pub struct Upload(Arc<Received>);

struct Received {
    file_name: Option<String>,
    content_type: Option<String>,
    size: u64,
    content: Content,
}

pub(super) enum Content {
    Memory(Bytes),
    Disk(TempPath),
}

impl Upload {
    pub(super) fn new(file_name: Option<&str>, content_type: Option<&str>, size: u64, content: Content) -> Self {
        let file_name = file_name.and_then(plain_name);
        Self(Arc::new(Received { file_name, content_type: content_type.map(str::to_owned), size, content }))
    }

    /// A file in memory, to call a handler from a test.
    pub fn from_bytes(file_name: &str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::new(Some(file_name), None, bytes.len() as u64, Content::Memory(bytes))
    }

    /// The name that the client gave, without any directories and control characters, and at most
    /// 255 bytes long. Two files may have the same: it says what people see, not where to store.
    pub fn file_name(&self) -> Option<&str> {
        self.0.file_name.as_deref()
    }

    /// What the client says it is. It may be anything else.
    pub fn content_type(&self) -> Option<&str> {
        self.0.content_type.as_deref()
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Where it is; `None` while it is in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.0.content {
            Content::Memory(_) => None,
            Content::Disk(path) => Some(path),
        }
    }

    /// All of its bytes, in memory.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub async fn bytes(&self) -> io::Result<Bytes> {
        match &self.0.content {
            Content::Memory(bytes) => Ok(bytes.clone()),
            Content::Disk(path) => tokio::fs::read(path).await.map(Bytes::from),
        }
    }

    /// Keeps the file under a path, in place of one that is there: whoever opens it sees one or the
    /// other, never a half. Only this user may read it.
    ///
    /// # Errors
    ///
    /// When the directory does not exist, or the disk fails.
    pub async fn persist(self, path: impl Into<PathBuf>) -> io::Result<()> {
        let path = path.into();
        tokio::task::spawn_blocking(move || self.persist_blocking(&path)).await.map_err(io::Error::other)?
    }

    fn persist_blocking(self, path: &Path) -> io::Result<()> {
        let received = match Arc::try_unwrap(self.0) {
            Ok(Received { content: Content::Disk(temporary), .. }) => match temporary.persist(path) {
                Ok(()) => return Ok(()),
                // Another file system: the bytes must move.
                Err(error) => return copy(path, |file| io::copy(&mut std::fs::File::open(&error.path)?, file)),
            },
            Ok(received) => Arc::new(received),
            Err(shared) => shared,
        };
        copy(path, |file| match &received.content {
            Content::Memory(bytes) => io::copy(&mut &bytes[..], file),
            Content::Disk(temporary) => io::copy(&mut std::fs::File::open(temporary)?, file),
        })
    }

    fn keeps(&self, rules: &Rules) -> bool {
        let is_at_least = |fewest: usize| self.size() >= fewest as u64;
        let is_at_most = |most: usize| self.size() <= most as u64;
        rules.min_length.is_none_or(is_at_least) && rules.max_length.is_none_or(is_at_most)
    }
}

/// Writes beside the path, and then puts the file there.
fn copy(path: &Path, write: impl FnOnce(&mut std::fs::File) -> io::Result<u64>) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    write(file.as_file_mut())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The last segment of a name, which some browsers send as a path; `None` if nothing is left.
fn plain_name(name: &str) -> Option<String> {
    let segment = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = segment.chars().filter(|character| !character.is_control()).collect();
    let name = visible.trim();
    let name = &name[..name.floor_char_boundary(255)];
    (!name.is_empty() && name != "." && name != "..").then(|| name.to_owned())
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &self.0.file_name)
            .field("content_type", &self.0.content_type)
            .field("size", &self.0.size)
            .finish_non_exhaustive()
    }
}

impl Schema for Upload {
    fn shape(_: &mut Catalog) -> Shape {
        FileShape::shape()
    }

    fn accepts(&self, rules: &Rules, _: Direction) -> bool {
        self.keeps(rules)
    }
}

impl HasLength for Upload {}

impl<'de> Deserialize<'de> for Upload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = deserializer.deserialize_str(TokenVisitor)?;
        found.ok_or_else(|| D::Error::custom("a file stands only in a multipart body"))
    }
}

struct TokenVisitor;

impl Visitor<'_> for TokenVisitor {
    type Value = Option<Upload>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file of a multipart body")
    }

    fn visit_str<E: serde::de::Error>(self, token: &str) -> Result<Self::Value, E> {
        Ok(REGISTRY.with_borrow(|registry| registry.as_ref()?.find(token).cloned()))
    }
}

thread_local! {
    static REGISTRY: RefCell<Option<Arc<Registry>>> = const { RefCell::new(None) };
}

/// The files of a form, by their tokens.
pub(super) struct Registry {
    prefix: String,
    uploads: Vec<Upload>,
}

impl Registry {
    pub(super) fn new(uploads: Vec<Upload>) -> Self {
        let [high, low] = [(); 2].map(|()| RandomState::new().hash_one(0_u8));
        Self { prefix: format!("upload:{high:016x}{low:016x}:"), uploads }
    }

    pub(super) fn token(&self, index: usize) -> String {
        format!("{}{index}", self.prefix)
    }

    /// The file of a token.
    pub(super) fn find(&self, token: &str) -> Option<&Upload> {
        self.uploads.get(token.strip_prefix(&self.prefix)?.parse::<usize>().ok()?)
    }

    /// Runs what deserialises the files.
    pub(super) fn enter<R>(self: &Arc<Self>, read: impl FnOnce() -> R) -> R {
        let _leave = Leave(REGISTRY.replace(Some(Arc::clone(self))));
        read()
    }
}

/// Puts back what was there before, also after a panic.
struct Leave(Option<Arc<Registry>>);

impl Drop for Leave {
    fn drop(&mut self) {
        REGISTRY.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        let check = |name: &str, expected: Option<&str>| assert_eq!(plain_name(name).as_deref(), expected, "{name:?}");
        check("a.txt", Some("a.txt"));
        check("../../etc/passwd", Some("passwd"));
        check("C:\\fakepath\\a b.txt", Some("a b.txt"));
        check("a\r\n\0.txt", Some("a.txt"));
        for nothing in ["", ".", "..", "/", "a/..", "x\\", "\0", " "] {
            check(nothing, None);
        }
        assert_eq!(plain_name(&"ü".repeat(200)).unwrap().len(), 254);
    }

    #[test]
    fn a_text_is_no_token() {
        let registry = Arc::new(Registry::new(vec![Upload::from_bytes("a", "x")]));
        let token = serde_json::to_string(&registry.token(0)).unwrap();
        registry.enter(|| {
            assert!(serde_json::from_str::<Upload>(&token).is_ok());
            assert!(serde_json::from_str::<Upload>("\"0\"").is_err());
            assert!(serde_json::from_str::<Upload>("\"upload:0:0\"").is_err());
        });
        assert!(serde_json::from_str::<Upload>(&token).is_err());
    }

    #[test]
    fn the_registry_is_left_after_a_panic() {
        let registry = Arc::new(Registry::new(Vec::new()));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| registry.enter(|| panic!("x"))));
        assert!(panicked.is_err());
        assert!(REGISTRY.with_borrow(Option::is_none));
    }
}
