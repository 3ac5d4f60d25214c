//! Posts Slack messages.

use async_trait::async_trait;

use crate::{DeliveryId, Personal};

/// One Slack message, complete.
#[derive(Clone, Debug, PartialEq)]
pub struct SlackMessage {
    /// The delivery it is.
    pub delivery: DeliveryId,
    /// Mail address of the person it is for; the messenger finds the Slack user by it.
    pub to: Personal,
    /// Timestamp id of the message whose thread it joins.
    pub thread: Option<String>,
    /// The body of `chat.postMessage`: `text` and `blocks`.
    pub payload: serde_json::Value,
    /// The same message as a page, for a preview.
    pub preview: String,
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum MessengerError {
    /// Try later.
    #[error("the message could not be posted")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It may have been posted, and nobody can tell: never post it again.
    #[error("the message may have been posted")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was not posted, and none will be before a person has mended what the text says: the token, a scope, a setting.
    #[error("{0}")]
    Unusable(String),
    /// It was not posted, and never will be as it is. The text says why, and what to do.
    #[error("{0}")]
    Refused(String),
}

/// A chat service.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Whether posting the same delivery again changes nothing. Where it is not so, the caller marks a delivery before it
    /// posts it and never posts what was marked.
    fn repeats_safely(&self) -> bool;

    /// Posts it and returns its timestamp id; where repeating is safe, for a delivery posted before, that one's.
    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError>;
}
