//! Posts Slack messages.

use async_trait::async_trait;

use crate::{DeliveryId, Personal};

/// One Slack message, complete.
#[derive(Clone, Debug, PartialEq)]
pub struct SlackMessage {
    /// The delivery it is; the same one is never posted twice.
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
}

/// A chat service.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Posts it and returns its timestamp id; for a delivery posted before, returns that one's.
    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError>;
}
