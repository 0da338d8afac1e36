//! One bounded GET. A new connection each time: keys are asked for every few minutes.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderMap, USER_AGENT};
use http::{Request, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::security::jwt::error::ConfigError;
use crate::security::jwt::jwks::DOCUMENT_LIMIT_BYTES;

/// The largest head of an answer.
const HEAD_LIMIT_BYTES: usize = 64 * 1024;

#[derive(Clone)]
pub(super) struct Client {
    roots: RootCertStore,
    hyper: HyperClient<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

impl Client {
    pub(super) fn new() -> Result<Self, ConfigError> {
        Self::with_roots(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
    }

    pub(super) fn trusting(&self, pem: &[u8]) -> Result<Self, ConfigError> {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect();
        let mut roots = self.roots.clone();
        let (added, _) = roots.add_parsable_certificates(certificates);
        if added == 0 {
            return Err(ConfigError::new("the PEM holds no certificate"));
        }
        Self::with_roots(roots)
    }

    fn with_roots(roots: RootCertStore) -> Result<Self, ConfigError> {
        // The provider is named here, and the process-wide one left to the application.
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| ConfigError::new(format!("TLS cannot be set up: {error}")))?
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
        let hyper = HyperClient::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .http1_max_buf_size(HEAD_LIMIT_BYTES)
            .build(connector);
        Ok(Self { roots, hyper })
    }

    /// The head and body of a 200; anything else, a redirect too, is an error.
    pub(super) async fn get(&self, url: Uri) -> Result<(HeaderMap, Bytes), Box<dyn Error + Send + Sync>> {
        let request = Request::get(url)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("kovar/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new())?;
        let (head, body) = self.hyper.request(request).await?.into_parts();
        if head.status != http::StatusCode::OK {
            return Err(format!("the source answered {}", head.status.as_u16()).into());
        }
        let body = Limited::new(body, DOCUMENT_LIMIT_BYTES).collect().await?;
        Ok((head.headers, body.to_bytes()))
    }
}
