//! The links in mails that answer: signed, bound to one reader, one case as it stood, and one answer, and good for three days.
//!
//! A link is `payload.signature`, both in base 64 for URLs. Whoever has it may do what it says; that is why no link changes the CRM.
//! What it is for is in its payload and nowhere else, so that nothing about it is kept until it was used.

#![forbid(unsafe_code)]

mod key;
mod form;

use data_encoding::BASE64URL_NOPAD;
use domain::{AccountId, CaseId, DeliveryId, MessageId, Personal};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use form::FormError;
pub use key::{Key, KeyError, Keys};

/// So long a link is good; a mail that is older names another way to answer.
pub const GOOD_FOR: SignedDuration = SignedDuration::from_hours(72);
/// No link is longer: mail programs cut what is.
pub const MOST_CHARACTERS: usize = 2_000;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// To look, and to choose an answer.
    Open,
    /// Seen, taken on.
    GotIt,
    /// Done, with a note.
    Done,
    /// There was no change, with the reason.
    NotAChange,
    /// Ask me again on a day.
    Later,
    /// Somebody else takes it.
    HandTo,
}

impl Action {
    /// Those that answer, in the order in which they are offered.
    pub const ANSWERS: [Self; 5] = [Self::GotIt, Self::Done, Self::NotAChange, Self::Later, Self::HandTo];

    /// The words on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Answer",
            Self::GotIt => "Got it",
            Self::Done => "Done",
            Self::NotAChange => "Not a change",
            Self::Later => "Later",
            Self::HandTo => "Hand to …",
        }
    }

    /// As it stands in a link.
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::GotIt => "got_it",
            Self::Done => "done",
            Self::NotAChange => "not_a_change",
            Self::Later => "later",
            Self::HandTo => "hand_to",
        }
    }
}

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is for.
    #[serde(rename = "x")]
    pub action: Action,
    /// The account of the case.
    #[serde(rename = "a")]
    pub account: AccountId,
    /// The case.
    #[serde(rename = "c")]
    pub case: CaseId,
    /// The case's revision that its reader was shown.
    #[serde(rename = "r")]
    pub revision: u32,
    /// The mail it stands in, which names the reader.
    #[serde(rename = "d")]
    pub delivery: DeliveryId,
    /// The hash of the reader's address.
    #[serde(rename = "w")]
    reader: String,
    /// When it ends, in seconds.
    #[serde(rename = "e")]
    expires: i64,
}

/// A link as it is signed.
#[derive(Serialize, Deserialize)]
struct Payload {
    #[serde(rename = "k")]
    key: String,
    #[serde(rename = "t")]
    deployment: String,
    #[serde(flatten)]
    link: Link,
}

/// Why a link does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not whole, or not signed by a key that is in use.
    #[error("the link is not whole, or not from here")]
    Forged,
    /// It was good once.
    #[error("the link has expired")]
    Expired,
}

/// Signs links and reads them, for one deployment.
#[derive(Clone, Debug)]
pub struct Signer {
    keys: Keys,
    deployment: String,
}

impl Link {
    /// A link for a mail that is written at `now`.
    pub fn new(
        action: Action,
        about: (&AccountId, &CaseId),
        revision: u32,
        delivery: &DeliveryId,
        reader: &Personal,
        now: Timestamp,
    ) -> Self {
        Self {
            action,
            account: about.0.clone(),
            case: about.1.clone(),
            revision,
            delivery: delivery.clone(),
            reader: fingerprint(reader),
            expires: (now + GOOD_FOR).as_second(),
        }
    }

    /// The link to another answer, for whoever holds this one: it ends when this one ends.
    #[must_use]
    pub fn to(&self, action: Action, revision: u32) -> Self {
        Self { action, revision, ..self.clone() }
    }

    /// Whether it was made for whoever has this address.
    pub fn is_for(&self, reader: &Personal) -> bool {
        self.reader == fingerprint(reader)
    }

    /// What is used up by using it: the same mail, case as it stood, and answer always have the same.
    pub fn nonce(&self) -> MessageId {
        MessageId::of(&["link", self.delivery.as_str(), self.action.name(), &self.revision.to_string()])
    }
}

fn fingerprint(address: &Personal) -> String {
    let mut hash = BASE64URL_NOPAD.encode(&Sha256::digest(address.reveal().trim().to_lowercase().as_bytes()));
    hash.truncate(22);
    hash
}

impl Signer {
    /// Signs for this deployment, which has a name of its own: its table.
    pub fn new(keys: Keys, deployment: &str) -> Self {
        Self { keys, deployment: deployment.to_owned() }
    }

    /// The link as it stands in an address.
    pub fn sign(&self, link: &Link) -> String {
        let key = self.keys.current();
        let payload = Payload { key: key.id().to_owned(), deployment: self.deployment.clone(), link: link.clone() };
        // Texts and whole numbers always serialise.
        let payload = BASE64URL_NOPAD.encode(&serde_json::to_vec(&payload).unwrap_or_default());
        let signature = BASE64URL_NOPAD.encode(&key.sign(LINK, payload.as_bytes()));
        format!("{payload}.{signature}")
    }

    /// Reads a link, if it was signed here and is still good.
    pub fn read(&self, text: &str, now: Timestamp) -> Result<Link, Refused> {
        if text.len() > MOST_CHARACTERS {
            return Err(Refused::Forged);
        }
        let (payload, signature) = text.split_once('.').ok_or(Refused::Forged)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| Refused::Forged)?;
        let key = self.keys.signer_of(LINK, payload.as_bytes(), &signature).ok_or(Refused::Forged)?;
        let payload = BASE64URL_NOPAD.decode(payload.as_bytes()).map_err(|_| Refused::Forged)?;
        let payload: Payload = serde_json::from_slice(&payload).map_err(|_| Refused::Forged)?;
        if payload.key != key.id() || payload.deployment != self.deployment {
            return Err(Refused::Forged);
        }
        if payload.link.expires <= now.as_second() {
            return Err(Refused::Expired);
        }
        Ok(payload.link)
    }
}

/// What a signature is for, so that none can be used for something else.
const LINK: &[u8] = b"baton link 1:";

#[cfg(test)]
mod tests;
