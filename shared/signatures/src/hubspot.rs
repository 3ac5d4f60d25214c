//! HubSpot's three schemes. An endpoint is configured for one of them and knows no other, so that nobody can ask for a weaker one.

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Refused, SecretError, Secrets, age, is_signed, needed};

const SIGNATURE: &str = "X-HubSpot-Signature";
const SIGNATURE_V3: &str = "X-HubSpot-Signature-v3";
const TIME: &str = "X-HubSpot-Request-Timestamp";
const LEAST_BYTES: usize = 16;

/// HubSpot decodes these in the address before it signs, and no others.
const DECODED: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

/// Which scheme an endpoint is configured for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// SHA-256 of secret and body. Nothing in it says when: whoever uses it must know for long what was handled.
    V1,
    /// SHA-256 of secret, method, address and body; as v1, without a time.
    V2,
    /// HMAC-SHA256 of method, address, body and time in milliseconds.
    V3,
}

/// The client secret of a HubSpot app.
#[derive(Clone)]
pub struct ClientSecret(Vec<u8>);

impl ClientSecret {
    /// Reads it as the app's page shows it.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        match text.len() {
            0 => Err(SecretError::Empty),
            _ if !text.bytes().all(|b| b.is_ascii_graphic()) => {
                Err(SecretError::Form("a client secret of HubSpot, which is letters, digits and hyphens"))
            }
            short if short < LEAST_BYTES => Err(SecretError::Short(short, LEAST_BYTES)),
            _ => Ok(Self(text.as_bytes().to_vec())),
        }
    }
}

/// A request as it came; a header that came twice is given as none.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `POST`
    pub method: &'a str,
    /// The whole address, from `https://` on.
    pub uri: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// `X-HubSpot-Signature`
    pub signature: Option<&'a str>,
    /// `X-HubSpot-Signature-v3`
    pub signature_v3: Option<&'a str>,
    /// `X-HubSpot-Request-Timestamp`
    pub time: Option<&'a str>,
}

/// Checks a request by the one scheme that its endpoint is configured for.
pub fn verify(
    secrets: &Secrets<ClientSecret>,
    version: Version,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<(), Refused> {
    match version {
        Version::V1 => hashed(secrets, request, &[request.body]),
        Version::V2 => hashed(secrets, request, &[request.method.as_bytes(), request.uri.as_bytes(), request.body]),
        Version::V3 => signed(secrets, request, now),
    }
}

fn hashed(secrets: &Secrets<ClientSecret>, request: &Request<'_>, parts: &[&[u8]]) -> Result<(), Refused> {
    let signature = needed(SIGNATURE, request.signature)?;
    let signature = HEXLOWER.decode(signature.as_bytes()).map_err(|_| Refused::Malformed(SIGNATURE))?;
    secrets.fits(|secret| {
        let mut hash = Sha256::new_with_prefix(&secret.0);
        parts.iter().for_each(|part| hash.update(part));
        hash.finalize().as_slice().ct_eq(&signature).into()
    })
}

fn signed(secrets: &Secrets<ClientSecret>, request: &Request<'_>, now: Timestamp) -> Result<(), Refused> {
    let (signature, time) = (needed(SIGNATURE_V3, request.signature_v3)?, needed(TIME, request.time)?);
    age::check_milliseconds(TIME, time, now)?;
    let signature = BASE64.decode(signature.as_bytes()).map_err(|_| Refused::Malformed(SIGNATURE_V3))?;
    let uri = DECODED.iter().fold(request.uri.to_owned(), |uri, (from, to)| uri.replace(from, to));
    let parts: [&[u8]; 4] = [request.method.as_bytes(), uri.as_bytes(), request.body, time.as_bytes()];
    secrets.fits(|secret| is_signed(&secret.0, &parts, &signature))
}
