//! TLS, with certificates that are loaded again when their files change.
//!
//! The files are looked at every two seconds. Being told by the operating system was refused: what
//! tells (inotify) says nothing on network file systems, and too much where a directory of secrets
//! is swapped by a link. Two calls of `stat` cost nothing and see both.

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::thread;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// RFC 7301 §6, the preferred first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The type of the record that every handshake begins with (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;

/// What a client reads that speaks HTTP without TLS.
const NOT_ENCRYPTED: &[u8] = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\n\
    content-length: 23\r\n\r\nthis port speaks HTTPS\n";

/// TLS 1.2 and 1.3 for a server, with a certificate and its key.
///
/// While a server uses it, the files are looked at every two seconds. When they have changed, they
/// are loaded again, and new handshakes get the new certificate; open connections go on. Files that
/// cannot be used change nothing, and the log says why. A clone is the same pair of files.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<ServerConfig>,
    pair: Arc<Pair>,
}

impl Tls {
    /// Loads PEM files: the certificate followed by those that lead to its issuer (RFC 8446
    /// §4.4.2), and the key (PKCS #8, PKCS #1 or SEC 1, not encrypted). They may be one file.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or has not in it what it should, or the key does not fit the
    /// certificate. The error names the file.
    pub fn from_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let pair = Arc::new(Pair::load(certificate.into(), key.into(), Arc::clone(&provider))?);
        let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12]);
        let builder = builder.map_err(|cause| pair.unusable(cause))?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::clone(&pair) as _);
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self { config: Arc::new(config), pair })
    }

    /// Loads the files again now, changed or not.
    ///
    /// # Errors
    ///
    /// As [`Tls::from_files`]; the certificate stays as it was.
    pub fn reload(&self) -> Result<(), TlsError> {
        self.pair.reload()
    }

    pub(crate) fn config(&self) -> &Arc<ServerConfig> {
        &self.config
    }

    /// Looks at the files as long as somebody uses them.
    pub(crate) fn follow_files(&self) -> io::Result<()> {
        let pair = Arc::downgrade(&self.pair);
        thread::Builder::new().name("kovar-tls".to_owned()).spawn(move || follow(&pair))?;
        Ok(())
    }
}

/// Shakes hands. A client that speaks HTTP instead is told so.
pub(crate) async fn accept(mut stream: TcpStream, config: Arc<ServerConfig>) -> io::Result<TlsStream<TcpStream>> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    if first[0].is_ascii_uppercase() {
        // One that cannot read it has no need to.
        let _ = stream.write_all(NOT_ENCRYPTED).await;
    }
    if first[0] != HANDSHAKE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no TLS"));
    }
    TlsAcceptor::from(config).accept(stream).await
}

fn follow(pair: &Weak<Pair>) {
    loop {
        thread::sleep(LOOK);
        let Some(pair) = pair.upgrade() else { return };
        pair.look();
    }
}

/// A certificate and its key, and the files they are from.
struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
    /// The files as they were when they were loaded last, or could not be.
    seen: Mutex<[Option<Stamp>; 2]>,
}

impl Pair {
    fn load(certificate: PathBuf, key: PathBuf, provider: Arc<CryptoProvider>) -> Result<Self, TlsError> {
        let seen = stamps(&certificate, &key);
        let current = load(&certificate, &key, &provider)?;
        Ok(Self { certificate, key, provider, current: RwLock::new(Arc::new(current)), seen: Mutex::new(seen) })
    }

    /// Loads the files if they have changed.
    fn look(&self) {
        let has_changed = *self.seen.lock().unwrap_or_else(PoisonError::into_inner) != self.stamps();
        if !has_changed {
            return;
        }
        match self.reload() {
            Ok(()) => tracing::info!(certificate = %self.certificate.display(), "the certificate was loaded again"),
            Err(cause) => tracing::error!(%cause, "the certificate has changed and cannot be used; the old one stays"),
        }
    }

    fn reload(&self) -> Result<(), TlsError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // Before they are read: what changes meanwhile is seen the next time.
        *seen = self.stamps();
        let loaded = Arc::new(load(&self.certificate, &self.key, &self.provider)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }

    fn stamps(&self) -> [Option<Stamp>; 2] {
        stamps(&self.certificate, &self.key)
    }

    fn unusable(&self, cause: rustls::Error) -> TlsError {
        TlsError::Unusable { certificate: self.certificate.clone(), key: self.key.clone(), cause }
    }
}

impl ResolvesServerCert for Pair {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pair = f.debug_struct("Pair");
        pair.field("certificate", &self.certificate).field("key", &self.key).finish_non_exhaustive()
    }
}

/// What is different about a file that has changed: device, file, length, and when it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp([u64; 3], [i64; 4]);

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let times = [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()];
        Self([metadata.dev(), metadata.ino(), metadata.len()], times)
    }
}

/// Of a file that is not there, `None`.
fn stamps(certificate: &Path, key: &Path) -> [Option<Stamp>; 2] {
    [certificate, key].map(|path| std::fs::metadata(path).ok().as_ref().map(Stamp::of))
}

fn load(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let chain = read_chain(certificate)?;
    let private_key = read_key(key)?;
    CertifiedKey::from_der(chain, private_key, provider).map_err(|cause| match cause {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatch { certificate: certificate.to_owned(), key: key.to_owned() }
        }
        cause => TlsError::Unusable { certificate: certificate.to_owned(), key: key.to_owned(), cause },
    })
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(path)?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|cause| TlsError::Malformed { path: path.to_owned(), cause })?;
    match chain.is_empty() {
        true => Err(TlsError::NoCertificate { path: path.to_owned() }),
        false => Ok(chain),
    }
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|cause| match cause {
        pem::Error::NoItemsFound => TlsError::NoKey { path: path.to_owned() },
        cause => TlsError::Malformed { path: path.to_owned(), cause },
    })
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|cause| TlsError::Unreadable { path: path.to_owned(), cause })
}

/// Why a certificate and its key cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// A file is not PEM (RFC 7468).
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: pem::Error,
    },
    /// There is no certificate in the file of certificates.
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// There is no key in the file of the key, or an encrypted one.
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is another certificate's.
    Mismatch {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
    /// The certificate or the key are of a kind that cannot be used, or damaged.
    Unusable {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What is wrong with them.
        cause: rustls::Error,
    },
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, cause } => write!(f, "{} cannot be read: {cause}", path.display()),
            Self::Malformed { path, cause } => write!(f, "{} is not PEM: {cause}", path.display()),
            Self::NoCertificate { path } => write!(f, "there is no certificate in {}", path.display()),
            Self::NoKey { path } => {
                write!(f, "there is no private key in {}; an encrypted one cannot be used", path.display())
            }
            Self::Mismatch { certificate, key } => {
                write!(f, "the key in {} does not fit the certificate in {}", key.display(), certificate.display())
            }
            Self::Unusable { certificate, key, cause } => {
                write!(f, "{} and {} cannot be used: {cause}", certificate.display(), key.display())
            }
        }
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { cause, .. } => Some(cause),
            Self::Malformed { cause, .. } => Some(cause),
            Self::Unusable { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
