//! Connections as they are, where the feature `tls` is off.

use std::io;
use std::path::Path;

use tokio_postgres::Socket;

use super::server::Security;
use crate::error::{Error, Kind};

/// There is none.
#[derive(Clone)]
pub(super) struct Encryption;

impl Encryption {
    pub(super) const IS_THERE: bool = false;

    pub(super) async fn encrypt(&self, _: &str, _: Socket) -> io::Result<Socket> {
        Err(io::Error::other("the server wants TLS, which is the feature `tls` of `kovar`"))
    }
}

pub(super) fn encryption(security: Security, _: Option<&Path>) -> Result<Encryption, Error> {
    match security {
        Security::Disable | Security::Prefer => Ok(Encryption),
        _ => Err(Error::new(Kind::Other, "sslmode wants TLS, which is the feature `tls` of `kovar`")),
    }
}
