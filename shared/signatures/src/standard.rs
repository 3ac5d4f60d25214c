//! Standard Webhooks: HMAC-SHA256 over `{id}.{time}.{body}`, in base 64, several signatures beside one another.

use data_encoding::BASE64;
use jiff::Timestamp;

use crate::{Refused, SecretError, Secrets, age, is_signed, needed};

const ID: &str = "webhook-id";
const TIME: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";
/// The specification asks for 24 to 64 bytes.
const LEAST_BYTES: usize = 24;
/// While secrets change there are two; nobody has a reason to send more than a few.
const MOST_SIGNATURES: usize = 10;

/// The secret of one sender.
#[derive(Clone)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Reads `whsec_` and base 64, or base 64 alone.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let text = text.strip_prefix("whsec_").unwrap_or(text);
        if text.is_empty() {
            return Err(SecretError::Empty);
        }
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| SecretError::Form("base 64"))?;
        if bytes.len() < LEAST_BYTES {
            return Err(SecretError::Short(bytes.len(), LEAST_BYTES));
        }
        Ok(Self(bytes))
    }
}

/// Checks a request; a header that came twice is given as none.
pub fn verify(
    secrets: &Secrets<WebhookSecret>,
    id: Option<&str>,
    time: Option<&str>,
    signatures: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Refused> {
    let (id, time, signatures) = (needed(ID, id)?, needed(TIME, time)?, needed(SIGNATURE, signatures)?);
    // With a full stop in it, where the id ends and the time begins would be for the sender of a copy to say.
    if id.contains('.') {
        return Err(Refused::Malformed(ID));
    }
    age::check_seconds(TIME, time, now)?;
    let parts: [&[u8]; 5] = [id.as_bytes(), b".", time.as_bytes(), b".", body];
    let ours = signatures.split(' ').take(MOST_SIGNATURES).filter_map(|one| one.strip_prefix("v1,"));
    let ours: Vec<Vec<u8>> = ours.filter_map(|one| BASE64.decode(one.as_bytes()).ok()).collect();
    if ours.is_empty() {
        return Err(Refused::Malformed(SIGNATURE));
    }
    secrets.fits(|secret| ours.iter().any(|signature| is_signed(&secret.0, &parts, signature)))
}
