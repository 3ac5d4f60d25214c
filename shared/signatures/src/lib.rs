//! Whether a request comes from whom it says, by the signature schemes of those who call us. Every check is made on the bytes
//! as they came, in constant time, before anything is parsed; whatever is missing or malformed is refused and never an error.

#![forbid(unsafe_code)]

pub mod slack;
pub mod standard;
pub mod hubspot;
mod age;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Why a request is refused. The text says nothing that helps a forger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A header is missing, empty, or there twice.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// A header is not of its form.
    #[error("the header {0} is malformed")]
    Malformed(&'static str),
    /// It was signed more than five minutes ago, or will be.
    #[error("the request is not of this time")]
    Age,
    /// No signature fits.
    #[error("the signature does not fit")]
    Forged,
}

/// Why a text is no secret. The text says what to do, and never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing, or nothing behind its prefix.
    #[error("the secret is empty: an empty secret would accept every forger")]
    Empty,
    /// Not as its scheme writes secrets.
    #[error("the secret is not {0}")]
    Form(&'static str),
    /// Too short to be safe.
    #[error("the secret has {0} bytes and needs {1}")]
    Short(usize, usize),
}

/// The secret that is in use, and until everybody has the new one, the one before.
#[derive(Clone)]
pub struct Secrets<S> {
    current: S,
    previous: Option<S>,
}

impl<S> Secrets<S> {
    /// These two.
    pub fn new(current: S, previous: Option<S>) -> Self {
        Self { current, previous }
    }

    /// Whether one of them fits.
    fn fits(&self, fits: impl Fn(&S) -> bool) -> Result<(), Refused> {
        let either = fits(&self.current) | self.previous.as_ref().is_some_and(fits);
        if either { Ok(()) } else { Err(Refused::Forged) }
    }
}

/// A header that is there once and holds something.
fn needed<'a>(name: &'static str, value: Option<&'a str>) -> Result<&'a str, Refused> {
    value.filter(|value| !value.is_empty()).ok_or(Refused::Missing(name))
}

/// HMAC-SHA256 over these parts, one behind the other.
fn mac(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    // A key of any length is one; there is no error to tell of.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac)
}

fn is_signed(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    mac(key, parts).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}
