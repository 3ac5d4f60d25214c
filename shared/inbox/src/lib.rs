//! Mail as evidence: what a bounce or an automatic reply says, and about whom.
//!
//! The reader does no I/O and never fails: it takes bytes from anywhere, and what it does not understand is an ordinary
//! mail. A mail that a person wrote is never taken for an automatic one by its wording. Mails come from outside: what they say
//! is data, and anybody can have written it.

#![forbid(unsafe_code)]

mod addresses;
mod words;
mod patterns;
mod wording;
mod mime;
mod own_text;
mod dates;
mod bounce;
mod reply;
mod observations;
mod directory;

use std::ops::Range;

use domain::observation::Statement;
use domain::{ObservationId, Personal};
use jiff::Timestamp;
use jiff::civil::Date;

pub use directory::DirectoryInbox;
pub use observations::observations;

use mime::Mail;

/// Of a mail so many bytes are read: what it is stands at its beginning.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Characters of a quotation.
const QUOTE: usize = 200;

/// What was understood of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it says, one entry an address; empty for an ordinary mail.
    pub about: Vec<Said>,
    /// When it was sent; where it does not say, when a server took it.
    pub date: Option<Timestamp>,
    /// Its subject, decoded.
    pub subject: Personal,
    /// Why it was understood so, or why it is an ordinary mail: a clause without anything personal.
    pub because: String,
    /// Its identity, of its Message-ID, else of its bytes: a copy has the same.
    pub identity: ObservationId,
}

/// What a mail says of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The address it is about, in lower case.
    pub address: Personal,
    /// What is said of it.
    pub statement: Statement,
    /// The day from which on it is so, where the mail says it.
    pub happened: Option<Date>,
    /// The sentence that says it, at most 200 characters.
    pub quote: Personal,
}

/// Reads a mail. It never fails, and takes no longer for what is broken or huge.
pub fn read(bytes: &[u8]) -> Reading {
    let cut = &bytes[..bytes.len().min(MOST_BYTES)];
    let Some(mail) = Mail::read(cut) else {
        return headless(cut);
    };
    let mut outcome = bounce::read(&mail).unwrap_or_else(|| reply::read(&mail));
    if bytes.len() > MOST_BYTES {
        outcome.because.push_str("; only its first 2 MiB were read");
    }
    Reading {
        about: outcome.about,
        date: mail.head.date,
        subject: Personal::new(mail.head.subject.clone()),
        because: outcome.because,
        identity: identity(mail.head.message_id.as_deref(), cut),
    }
}

/// Of a mail whose head is lost only a bounce can be known.
fn headless(bytes: &[u8]) -> Reading {
    let nothing = if bytes.trim_ascii().is_empty() { "it is empty" } else { "it is no mail: it begins with no field" };
    let outcome = bounce::read(&Mail::headless(bytes)).filter(|outcome| !outcome.about.is_empty());
    let outcome = outcome.unwrap_or_else(|| Outcome::ordinary(nothing));
    Reading {
        about: outcome.about,
        date: None,
        subject: Personal::default(),
        because: outcome.because,
        identity: identity(None, bytes),
    }
}

/// What one kind of reader made of a mail.
struct Outcome {
    about: Vec<Said>,
    because: String,
}

impl Outcome {
    /// An ordinary mail, and why.
    fn ordinary(because: impl Into<String>) -> Self {
        Self { about: Vec::new(), because: because.into() }
    }
}

fn identity(message_id: Option<&str>, bytes: &[u8]) -> ObservationId {
    match message_id {
        Some(id) => ObservationId::of(&["message-id", id]),
        None => {
            use sha2::{Digest, Sha256};
            ObservationId::of(&["bytes", &data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))])
        }
    }
}

/// A sentence as a quotation; of a long one the part in which the wording stands.
fn quote(sentence: &str, at: Range<usize>) -> Personal {
    let length = |text: &str| text.chars().count();
    if length(sentence) <= QUOTE {
        return Personal::new(sentence);
    }
    let is_early = sentence.get(..at.end).is_some_and(|head| length(head) < QUOTE);
    let begin = if is_early { 0 } else { at.start };
    let rest = sentence.get(begin..).unwrap_or(sentence);
    let mark = if begin > 0 { "…" } else { "" };
    let kept: String = rest.chars().take(QUOTE - 1 - length(mark)).collect();
    Personal::new(format!("{mark}{}…", kept.trim_end()))
}
