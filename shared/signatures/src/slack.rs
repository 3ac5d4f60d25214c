//! Slack's scheme v0: HMAC-SHA256 over `v0:{time}:{body}`, in hexadecimal.

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use crate::{Refused, SecretError, Secrets, age, is_signed, needed};

const TIME: &str = "X-Slack-Request-Timestamp";
const SIGNATURE: &str = "X-Slack-Signature";
/// Slack's own have 32; a shorter text is a mistake of copying.
const LEAST_BYTES: usize = 16;

/// The signing secret of a Slack app.
#[derive(Clone)]
pub struct SigningSecret(Vec<u8>);

impl SigningSecret {
    /// Reads it as the app's page shows it.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SecretError::Empty);
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(SecretError::Form("a signing secret of Slack, which is letters and digits"));
        }
        if text.len() < LEAST_BYTES {
            return Err(SecretError::Short(text.len(), LEAST_BYTES));
        }
        Ok(Self(text.as_bytes().to_vec()))
    }
}

/// Checks a request; a header that came twice is given as none.
pub fn verify(
    secrets: &Secrets<SigningSecret>,
    time: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Refused> {
    let (time, signature) = (needed(TIME, time)?, needed(SIGNATURE, signature)?);
    age::check_seconds(TIME, time, now)?;
    let hex = signature.strip_prefix("v0=").ok_or(Refused::Malformed(SIGNATURE))?;
    let signature = HEXLOWER.decode(hex.as_bytes()).map_err(|_| Refused::Malformed(SIGNATURE))?;
    secrets.fits(|secret| is_signed(&secret.0, &[b"v0:", time.as_bytes(), b":", body], &signature))
}
