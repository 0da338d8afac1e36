//! Connections as they are, where the feature `tls` is off.

use std::path::Path;

use tokio_postgres::NoTls;

use super::server::Security;
use crate::error::{Error, Kind};

pub(super) type Connector = NoTls;

pub(super) fn connector(security: Security, _: Option<&Path>) -> Result<Connector, Error> {
    match security {
        Security::Disable | Security::Prefer => Ok(NoTls),
        _ => Err(Error::new(Kind::Other, "sslmode wants TLS, which is the feature `tls` of `kovar`")),
    }
}
