//! TLS to the server, by rustls.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::Socket;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::server::Security;
use crate::error::{Error, Kind};

/// Encrypts connections.
#[derive(Clone)]
pub(super) struct Encryption(Arc<ClientConfig>);

impl Encryption {
    pub(super) const IS_THERE: bool = true;

    /// Encrypts a connection to a server of this name.
    pub(super) async fn encrypt(&self, host: &str, socket: Socket) -> io::Result<TlsStream<Socket>> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        TlsConnector::from(Arc::clone(&self.0)).connect(name, socket).await
    }
}

pub(super) fn encryption(security: Security, roots: Option<&Path>) -> Result<Encryption, Error> {
    let failed = |cause: rustls::Error| Error::new(Kind::Other, format!("TLS cannot be set up: {cause}"));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().map_err(failed)?;
    // As libpq has it: whoever names the roots wants them to be asked.
    let chain = match (security, roots) {
        (Security::VerifyCa | Security::VerifyFull, _) | (Security::Require, Some(_)) => {
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store(roots)?), Arc::clone(&provider));
            Some(verifier.build().map_err(|cause| Error::new(Kind::Other, format!("sslrootcert: {cause}")))?)
        }
        _ => None,
    };
    let checks_name = security == Security::VerifyFull;
    let verifier = Arc::new(Verifier { provider, chain, checks_name });
    let config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    Ok(Encryption(Arc::new(config)))
}

/// The file's certificates, or those that the web trusts.
fn store(roots: Option<&Path>) -> Result<RootCertStore, Error> {
    let Some(path) = roots else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let unable = |cause: String| Error::new(Kind::Other, format!("sslrootcert {}: {cause}", path.display()));
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|cause| unable(cause.to_string()))? {
        let certificate = certificate.map_err(|cause| unable(cause.to_string()))?;
        store.add(certificate).map_err(|cause| unable(cause.to_string()))?;
    }
    if store.is_empty() { Err(unable("it holds no certificate".to_owned())) } else { Ok(store) }
}

/// What `sslmode` wants to be checked (PostgreSQL's manual, "SSL Support", table 34.1).
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    chain: Option<Arc<WebPkiServerVerifier>>,
    checks_name: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The name is looked at last.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.checks_name => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
