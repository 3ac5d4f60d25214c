//! Where mails lie that came back: bounces and replies that nobody wrote by hand.

use async_trait::async_trait;

/// One mail as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The file or object, for messages to a person.
    pub name: String,
    /// Its bytes, at most the first two mebibytes: what a mail is stands at its beginning.
    pub bytes: Vec<u8>,
}

/// Mails in the order in which they arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailPage {
    /// The mails.
    pub mails: Vec<Mail>,
    /// The place after the last of them, from which to go on; the place asked from where there are none.
    pub through: String,
    /// Whether more lie behind it now.
    pub more: bool,
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// Try later.
    #[error("the mails cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing but a person can help. The text says what is wrong, where, and what to do.
    #[error("{0}")]
    Unusable(String),
}

/// A place where mails arrive and stay.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// What this place is called in the record of how far it was read.
    fn name(&self) -> &str;

    /// The mails behind a place, a few at a time; a blank place is before the first. One that arrives while it is asked may
    /// be given twice, and is never left out.
    async fn mails(&self, after: &str) -> Result<MailPage, InboxError>;
}
