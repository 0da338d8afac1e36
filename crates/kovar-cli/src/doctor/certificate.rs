//! The certificate and the key for TLS, each alone and both as the app loads them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use kovar_serve::{Tls, TlsError};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use x509_cert::Certificate;

use super::finding::Finding;

/// With less left, somebody should look why it was not renewed.
const SOON_DAYS: i64 = 14;

pub(super) fn check_certificate(path: &Path) -> Finding {
    match fs::read(path) {
        Ok(pem) => judge_certificate(path, &pem, Timestamp::now()),
        Err(cause) => unreadable(path, &cause, "KOVAR_TLS_CERT"),
    }
}

pub(super) fn check_key(path: &Path) -> Finding {
    let read = || Ok((fs::read(path)?, fs::metadata(path)?.permissions().mode()));
    match read() {
        Ok((pem, mode)) => judge_key(path, &pem, mode),
        Err(cause) => unreadable(path, &cause, "KOVAR_TLS_KEY"),
    }
}

/// Loads both as an app does at its start. `None` where one alone is told already.
pub(super) fn check_pair(certificate: &Path, key: &Path) -> Option<Finding> {
    let (shown_certificate, shown_key) = (certificate.display(), key.display());
    match Tls::from_files(certificate, key) {
        Ok(_) => Some(Finding::ok(format!("{shown_key} is the key of {shown_certificate}"))),
        Err(cause @ TlsError::Mismatch { .. }) => Some(Finding::fail(
            cause.to_string(),
            "the file of the certificate must begin with the one that was made for this key",
        )),
        Err(cause @ TlsError::Unusable { .. }) => {
            Some(Finding::fail(cause.to_string(), "take a certificate and a key that TLS can use"))
        }
        Err(_) => None,
    }
}

fn unreadable(path: &Path, cause: &std::io::Error, setting: &str) -> Finding {
    let advice = format!("let the app's user read it, or correct {setting}");
    Finding::fail(format!("{} cannot be read: {cause}", path.display()), advice)
}

fn judge_certificate(path: &Path, pem: &[u8], now: Timestamp) -> Finding {
    let name = path.display();
    let chain = Certificate::load_pem_chain(pem).unwrap_or_default();
    // Every certificate of the chain must be valid, so the shortest time counts.
    let (Some(begin), Some(end)) =
        (chain.iter().map(not_before).max().flatten(), chain.iter().map(not_after).min().flatten())
    else {
        return Finding::fail(
            format!("{name} holds no certificates that can be read"),
            "it must be PEM: the certificate first, then those that signed it",
        );
    };
    let renew = "renew it; the app takes the new file when it is started";
    let days = end.duration_since(now).as_hours() / 24;
    if now < begin {
        return Finding::fail(format!("{name} is not valid before {begin}"), "look at the clock, or take another");
    }
    match days {
        _ if now >= end => Finding::fail(format!("{name} expired on {end}"), renew),
        days if days < SOON_DAYS => Finding::warn(format!("{name} expires in {days} days, on {end}"), renew),
        days => Finding::ok(format!("{name} is valid for {days} days, until {end}")),
    }
}

fn not_before(certificate: &Certificate) -> Option<Timestamp> {
    timestamp(certificate.tbs_certificate().validity().not_before)
}

fn not_after(certificate: &Certificate) -> Option<Timestamp> {
    timestamp(certificate.tbs_certificate().validity().not_after)
}

fn timestamp(time: x509_cert::time::Time) -> Option<Timestamp> {
    let since_epoch = SignedDuration::try_from(time.to_unix_duration()).ok()?;
    Timestamp::from_duration(since_epoch).ok()
}

fn judge_key(path: &Path, pem: &[u8], mode: u32) -> Finding {
    let name = path.display();
    if PrivateKeyDer::from_pem_slice(pem).is_err() {
        return Finding::fail(
            format!("{name} holds no private key that can be read"),
            "it must be PEM, and have no password: `openssl pkey -in KEY -out NEW` takes it off",
        );
    }
    let advice = format!("`chmod 600 {name}`, and let the app's user own it");
    match mode & 0o077 {
        0 => Finding::ok(format!("{name} is readable only by its owner")),
        others if others & 0o007 == 0 => {
            Finding::warn(format!("{name} is open to its group ({mode:03o})", mode = mode & 0o777), advice)
        }
        _ => Finding::fail(format!("{name} is open to everybody ({mode:03o})", mode = mode & 0o777), advice),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Verdict, assert_finding};
    use super::*;

    /// Valid from 2026-01-01 to 2027-01-01; made for these tests, and used nowhere.
    const CERTIFICATE: &[u8] = include_bytes!("../../tests/data/certificate.pem");
    /// Valid from 2026-02-01 to 2026-07-01.
    const INTERMEDIATE: &[u8] = include_bytes!("../../tests/data/intermediate.pem");
    const KEY: &[u8] = include_bytes!("../../tests/data/key.pem");

    fn at(now: &str) -> Finding {
        judge_certificate(Path::new("cert.pem"), CERTIFICATE, now.parse().unwrap())
    }

    #[test]
    fn a_certificate_has_its_days() {
        assert_finding(&at("2026-06-01T00:00:00Z"), Verdict::Ok, "valid for 214 days, until 2027-01-01T00:00:00Z");
        assert_finding(&at("2026-12-20T00:00:00Z"), Verdict::Warn, "expires in 12 days");
        assert_finding(&at("2027-01-01T00:00:00Z"), Verdict::Fail, "expired on 2027-01-01");
        assert_finding(&at("2025-12-31T00:00:00Z"), Verdict::Fail, "not valid before 2026-01-01");
    }

    #[test]
    fn a_chain_is_as_good_as_its_worst() {
        let chain = [CERTIFICATE, INTERMEDIATE].concat();
        let at = |now: &str| judge_certificate(Path::new("chain.pem"), &chain, now.parse().unwrap());
        assert_finding(&at("2026-03-01T00:00:00Z"), Verdict::Ok, "until 2026-07-01T00:00:00Z");
        assert_finding(&at("2026-08-01T00:00:00Z"), Verdict::Fail, "expired on 2026-07-01");
        assert_finding(&at("2026-01-15T00:00:00Z"), Verdict::Fail, "not valid before 2026-02-01");
    }

    #[test]
    fn what_is_no_certificate_is_told() {
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        for wrong in [&b""[..], b"hello", KEY, &CERTIFICATE[..300]] {
            assert_finding(&judge_certificate(Path::new("cert.pem"), wrong, now), Verdict::Fail, "must be PEM");
        }
    }

    #[test]
    fn a_key_is_its_owners() {
        let of = |mode| judge_key(Path::new("key.pem"), KEY, mode);
        assert_finding(&of(0o100_600), Verdict::Ok, "only by its owner");
        assert_finding(&of(0o100_640), Verdict::Warn, "open to its group (640)");
        assert_finding(&of(0o100_644), Verdict::Fail, "open to everybody (644)");
        assert_finding(&judge_key(Path::new("key.pem"), CERTIFICATE, 0o600), Verdict::Fail, "no private key");
    }

    #[test]
    fn a_key_is_its_certificates() {
        let file = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
        let pair = |certificate, key| check_pair(&file(certificate), &file(key));
        assert_finding(&pair("certificate.pem", "key.pem").unwrap(), Verdict::Ok, "is the key of");
        assert_finding(&pair("intermediate.pem", "key.pem").unwrap(), Verdict::Fail, "does not fit the certificate");
        // What is wrong with one of them alone is told of that one.
        assert!(pair("key.pem", "key.pem").is_none());
        assert!(pair("certificate.pem", "nowhere.pem").is_none());
    }

    #[test]
    fn a_file_that_is_not_there_is_told() {
        assert_finding(&check_certificate(Path::new("/nowhere.pem")), Verdict::Fail, "correct KOVAR_TLS_CERT");
        assert_finding(&check_key(Path::new("/nowhere.pem")), Verdict::Fail, "correct KOVAR_TLS_KEY");
    }
}
