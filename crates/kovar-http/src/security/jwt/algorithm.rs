//! The algorithms of RFC 7518 §3.1 and RFC 8037, and the one table that maps them to `aws-lc-rs`.

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::rsa::RsaParameters;
use aws_lc_rs::signature::{self, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, RsaSignatureEncoding};

/// A signature algorithm. Each key has exactly one; the header of a token cannot choose.
///
/// `none` is not among them, so it cannot be configured (RFC 8725 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256: one secret signs and verifies.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSA PKCS #1 v1.5 with SHA-256: what most identity providers use.
    Rs256,
    /// RSA PKCS #1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS #1 v1.5 with SHA-512.
    Rs512,
    /// RSA PSS with SHA-256.
    Ps256,
    /// RSA PSS with SHA-384.
    Ps384,
    /// RSA PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// The Edwards-curve signature on Ed25519: small and fast, the one to choose for keys of your own.
    EdDsa,
}

const ALL: [Algorithm; 13] = [
    Algorithm::Hs256,
    Algorithm::Hs384,
    Algorithm::Hs512,
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::EdDsa,
];

impl Algorithm {
    /// The name in a token's `alg` header, such as `ES256`.
    ///
    /// ```
    /// use kovar_http::security::jwt::Algorithm;
    /// assert_eq!(Algorithm::EdDsa.name(), "EdDSA");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HS256",
            Algorithm::Hs384 => "HS384",
            Algorithm::Hs512 => "HS512",
            Algorithm::Rs256 => "RS256",
            Algorithm::Rs384 => "RS384",
            Algorithm::Rs512 => "RS512",
            Algorithm::Ps256 => "PS256",
            Algorithm::Ps384 => "PS384",
            Algorithm::Ps512 => "PS512",
            Algorithm::Es256 => "ES256",
            Algorithm::Es384 => "ES384",
            Algorithm::Es512 => "ES512",
            Algorithm::EdDsa => "EdDSA",
        }
    }

    /// The algorithm with this name, compared exactly: `None`, `NONE` and `hs256` are unknown names.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        // RFC 9864 §2.2 names EdDSA on Ed25519 by its curve; both names mean the same signature.
        if name == "Ed25519" {
            return Some(Algorithm::EdDsa);
        }
        ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// How it signs and verifies.
    pub(super) const fn scheme(self) -> Scheme {
        use signature as s;
        match self {
            Algorithm::Hs256 => Scheme::Hmac { algorithm: hmac::HMAC_SHA256, secret_bytes: 32 },
            Algorithm::Hs384 => Scheme::Hmac { algorithm: hmac::HMAC_SHA384, secret_bytes: 48 },
            Algorithm::Hs512 => Scheme::Hmac { algorithm: hmac::HMAC_SHA512, secret_bytes: 64 },
            Algorithm::Rs256 => rsa(&s::RSA_PKCS1_2048_8192_SHA256, &s::RSA_PKCS1_SHA256),
            Algorithm::Rs384 => rsa(&s::RSA_PKCS1_2048_8192_SHA384, &s::RSA_PKCS1_SHA384),
            Algorithm::Rs512 => rsa(&s::RSA_PKCS1_2048_8192_SHA512, &s::RSA_PKCS1_SHA512),
            Algorithm::Ps256 => rsa(&s::RSA_PSS_2048_8192_SHA256, &s::RSA_PSS_SHA256),
            Algorithm::Ps384 => rsa(&s::RSA_PSS_2048_8192_SHA384, &s::RSA_PSS_SHA384),
            Algorithm::Ps512 => rsa(&s::RSA_PSS_2048_8192_SHA512, &s::RSA_PSS_SHA512),
            Algorithm::Es256 => Scheme::Ecdsa {
                verify: &s::ECDSA_P256_SHA256_FIXED,
                sign: &s::ECDSA_P256_SHA256_FIXED_SIGNING,
                curve: "P-256",
                field_bytes: 32,
            },
            Algorithm::Es384 => Scheme::Ecdsa {
                verify: &s::ECDSA_P384_SHA384_FIXED,
                sign: &s::ECDSA_P384_SHA384_FIXED_SIGNING,
                curve: "P-384",
                field_bytes: 48,
            },
            Algorithm::Es512 => Scheme::Ecdsa {
                verify: &s::ECDSA_P521_SHA512_FIXED,
                sign: &s::ECDSA_P521_SHA512_FIXED_SIGNING,
                curve: "P-521",
                field_bytes: 66,
            },
            Algorithm::EdDsa => Scheme::Ed25519,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What an algorithm needs of `aws-lc-rs`.
pub(super) enum Scheme {
    /// A shared secret of at least `secret_bytes`.
    Hmac { algorithm: hmac::Algorithm, secret_bytes: usize },
    /// An RSA key of 2048 to 8192 bits.
    Rsa { verify: &'static RsaParameters, sign: &'static RsaSignatureEncoding },
    /// A point on `curve`, whose coordinates have `field_bytes` each.
    Ecdsa {
        verify: &'static EcdsaVerificationAlgorithm,
        sign: &'static EcdsaSigningAlgorithm,
        curve: &'static str,
        field_bytes: usize,
    },
    /// An Ed25519 key.
    Ed25519,
}

const fn rsa(verify: &'static RsaParameters, sign: &'static RsaSignatureEncoding) -> Scheme {
    Scheme::Rsa { verify, sign }
}
