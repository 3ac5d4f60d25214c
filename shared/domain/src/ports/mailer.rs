//! Sends one MIME message.

use async_trait::async_trait;

use crate::{DeliveryId, Personal};

/// One mail, complete, for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The delivery it is; the same one is never sent twice.
    pub delivery: DeliveryId,
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
}

/// A mail service.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends it, or does nothing where this delivery was sent before.
    async fn send(&self, mail: &OutgoingMail) -> Result<(), MailerError>;
}
