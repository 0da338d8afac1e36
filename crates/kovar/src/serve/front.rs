//! What stands in front of an app: TLS, and the proxies that are believed.

use std::path::Path;

use kovar_serve::Server;

use crate::settings::Settings;

/// Sets up a server as the settings want it.
pub(super) fn set(server: Server, settings: &Settings) -> crate::Result<Server> {
    let server = match (&settings.tls_cert, &settings.tls_key) {
        (None, None) => server,
        (Some(certificate), Some(key)) => encrypted(server, certificate, key)?,
        (Some(_), None) => return Err("--tls-cert needs the key of the certificate: set --tls-key".into()),
        (None, Some(_)) => return Err("--tls-key needs its certificate: set --tls-cert".into()),
    };
    let proxies = settings.trusted_proxies.iter().copied();
    let server = server.trusted_proxies(proxies.clone()).forwarded_fields(settings.forwarded_fields);
    match (settings.proxy_protocol, settings.trusted_proxies.is_empty()) {
        (false, _) => Ok(server),
        (true, false) => Ok(server.proxy_protocol(proxies)),
        (true, true) => Err("--proxy-protocol needs the proxies that speak it: set --trusted-proxies".into()),
    }
}

#[cfg(feature = "tls")]
fn encrypted(server: Server, certificate: &Path, key: &Path) -> crate::Result<Server> {
    let tls = kovar_serve::Tls::from_files(certificate, key);
    Ok(server.tls(tls.map_err(|cause| format!("{cause}; set others with --tls-cert and --tls-key"))?))
}

#[cfg(not(feature = "tls"))]
fn encrypted(_: Server, _: &Path, _: &Path) -> crate::Result<Server> {
    Err("this program was built without TLS: --tls-cert needs the feature `tls` of the crate `kovar`".into())
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    fn set_by(line: &str) -> crate::Result<Server> {
        let command = Settings::augment_args(clap::Command::new("app"));
        let matches = command.try_get_matches_from(std::iter::once("app").chain(line.split_whitespace()))?;
        let settings = Settings::from_arg_matches(&matches)?;
        let address = "127.0.0.1:0".parse().unwrap();
        set(Server::bind(&[address], settings.runtime, std::num::NonZeroUsize::MIN)?, &settings)
    }

    fn check_refused(line: &str, expected: &str) {
        let error = set_by(line).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }

    #[test]
    fn what_goes_together_is_accepted() {
        for line in [
            "",
            "--trusted-proxies 10.0.0.0/8,fd00::/8,127.0.0.1,unix",
            "--trusted-proxies 10.0.0.0/8 --forwarded-fields forwarded",
            "--trusted-proxies 10.0.0.0/8 --proxy-protocol",
        ] {
            assert!(set_by(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        check_refused("--tls-cert a.pem", "--tls-key");
        check_refused("--tls-key a.pem", "--tls-cert");
        check_refused("--proxy-protocol", "--trusted-proxies");
        check_refused("--trusted-proxies *", "`*` is neither a network, as 10.0.0.0/8");
        check_refused("--forwarded-fields both", "`x-forwarded` or `forwarded`");
        let expected = match cfg!(feature = "tls") {
            true => "none.pem cannot be read: ",
            false => "the feature `tls`",
        };
        check_refused("--tls-cert none.pem --tls-key none.pem", expected);
    }
}
