//! Signatures with a private key, by the library that computes for TLS anyway.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::{SignatureAlgorithm, SignatureScheme};

use crate::tls::provider;

/// An RSA key that signs. It prints masked.
#[derive(Clone)]
pub struct PrivateKey(Arc<dyn rustls::sign::SigningKey>);

/// Why a text is no key, or a key does not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no private RSA key of 2,048 bits or more; give it as PEM, from -----BEGIN PRIVATE KEY----- to its end")]
pub struct BadKey;

impl PrivateKey {
    /// Reads a key written as PEM, PKCS#8 or PKCS#1. Line breaks may be written `\n`, as an environment variable holds them.
    pub fn read(pem: &str) -> Result<Self, BadKey> {
        let pem = pem.replace("\\n", "\n");
        let key = PrivateKeyDer::from_pem_slice(pem.trim().as_bytes()).map_err(|_| BadKey)?;
        let key = provider::default_provider().key_provider.load_private_key(key).map_err(|_| BadKey)?;
        if key.algorithm() == SignatureAlgorithm::RSA { Ok(Self(key)) } else { Err(BadKey) }
    }

    /// RSASSA-PKCS1-v1_5 over SHA-256: `RS256` of RFC 7518.
    pub fn rs256(&self, message: &[u8]) -> Result<Vec<u8>, BadKey> {
        let signer = self.0.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).ok_or(BadKey)?;
        signer.sign(message).map_err(|_| BadKey)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_private_rsa_key_is_refused_and_not_repeated() {
        for text in ["", "secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            let error = PrivateKey::read(text).unwrap_err().to_string();
            assert!(error.contains("PEM") && (text.is_empty() || !error.contains("AAAA")), "{error}");
        }
    }
}
