//! The key that links are signed with, and until the last link of the one before has ended, that one too.

use std::fmt;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const LEAST_BYTES: usize = 32;

/// A key that is never printed.
#[derive(Clone)]
pub struct Key {
    bytes: Vec<u8>,
    id: String,
}

/// Why a text is no key. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing.
    #[error("the link key is empty; make one with `openssl rand -base64 32`")]
    Empty,
    /// Not base 64.
    #[error("the link key is not base 64; make one with `openssl rand -base64 32`")]
    Form,
    /// So few bytes.
    #[error("the link key has {0} bytes and needs {LEAST_BYTES}; make one with `openssl rand -base64 32`")]
    Short(usize),
}

impl Key {
    /// Reads a key of at least 32 bytes in base 64.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| KeyError::Form)?;
        if bytes.len() < LEAST_BYTES {
            return Err(KeyError::Short(bytes.len()));
        }
        let hash = Sha256::new().chain_update(b"baton link key id:").chain_update(&bytes).finalize();
        let mut id = BASE64URL_NOPAD.encode(&hash);
        id.truncate(8);
        Ok(Self { bytes, id })
    }

    /// Its name in a link; it says nothing about the key.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn sign(&self, purpose: &[u8], text: &[u8]) -> Vec<u8> {
        self.mac(purpose, text).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
    }

    /// In constant time.
    pub(crate) fn is_signer(&self, purpose: &[u8], text: &[u8], signature: &[u8]) -> bool {
        self.mac(purpose, text).is_some_and(|mac| mac.verify_slice(signature).is_ok())
    }

    fn mac(&self, purpose: &[u8], text: &[u8]) -> Option<Hmac<Sha256>> {
        // A key of any length is one; there is no error to tell of.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.bytes).ok()?;
        mac.update(purpose);
        mac.update(text);
        Some(mac)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

/// The key in use, and the one before.
#[derive(Clone, Debug)]
pub struct Keys {
    current: Key,
    previous: Option<Key>,
}

impl Keys {
    /// These two.
    pub fn new(current: Key, previous: Option<Key>) -> Self {
        Self { current, previous }
    }

    /// Reads both; a blank one before is none.
    pub fn parse(current: &str, previous: Option<&str>) -> Result<Self, KeyError> {
        let previous = previous.filter(|key| !key.trim().is_empty()).map(Key::parse).transpose()?;
        Ok(Self::new(Key::parse(current)?, previous))
    }

    pub(crate) fn current(&self) -> &Key {
        &self.current
    }

    /// Whichever of the two has signed it.
    pub(crate) fn signer_of(&self, purpose: &[u8], text: &[u8], signature: &[u8]) -> Option<&Key> {
        let both = std::iter::once(&self.current).chain(&self.previous);
        let mut signers = both.filter(|key| key.is_signer(purpose, text, signature));
        signers.next()
    }
}
