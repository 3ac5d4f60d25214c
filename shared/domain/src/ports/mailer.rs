//! Sends one MIME message.

use async_trait::async_trait;

use crate::{DeliveryId, Personal};

/// One mail, complete, for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The delivery it is.
    pub delivery: DeliveryId,
    /// The partition that holds the delivery, such as `ACCOUNT#001A`: what is heard of the mail later finds its way by it.
    pub partition: String,
    /// The one recipient's address.
    pub to: Personal,
    /// The whole MIME message.
    pub mime: Vec<u8>,
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// Try later.
    #[error("the mail could not be handed over")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It may have been sent, and nobody can tell: never send it again.
    #[error("the mail may have been sent")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was not sent, and none will be before a person has mended what the text says: the account, the sender, a permission.
    #[error("{0}")]
    Unusable(String),
    /// It was not sent, and never will be as it is. The text says why, and what to do.
    #[error("{0}")]
    Refused(String),
}

/// A mail service.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Whether sending the same delivery again changes nothing. Where it is not so, the caller marks a delivery before it
    /// sends it and never sends what was marked.
    fn repeats_safely(&self) -> bool;

    /// Sends it. Returns the Message-ID by which recipients know it, whole and without brackets, where the service gives
    /// one of its own in place of the message's.
    async fn send(&self, mail: &OutgoingMail) -> Result<Option<String>, MailerError>;
}
