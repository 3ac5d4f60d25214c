//! Posts Slack messages, changes them, and finds one again of which nobody can tell whether it was posted.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::{DeliveryId, Personal};

/// One Slack message, complete.
#[derive(Clone, Debug, PartialEq)]
pub struct SlackMessage {
    /// The delivery it is.
    pub delivery: DeliveryId,
    /// Mail address of the person it is for; the messenger finds the Slack user by it.
    pub to: Personal,
    /// The message whose thread it joins, as its delivery records it.
    pub thread: Option<String>,
    /// The body of `chat.postMessage`: `text` and `blocks`.
    pub payload: serde_json::Value,
    /// The same message as a page, for a preview.
    pub preview: String,
}

/// Where a message stands once it is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Slack's id of the channel or direct conversation.
    pub channel: String,
    /// Slack's timestamp id of the message in it.
    pub ts: String,
}

impl Posted {
    /// As a delivery records it: `D024BE91L/1747843200.000100`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.channel, self.ts)
    }

    /// Reads what a delivery has recorded; nothing where that is of another messenger.
    pub fn parse(reference: &str) -> Option<Self> {
        let (channel, ts) = reference.split_once('/')?;
        Some(Self { channel: channel.to_owned(), ts: ts.to_owned() })
    }
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum MessengerError {
    /// Try later.
    #[error("the message could not be posted")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing was done: the service asks to be left alone for so long.
    #[error("the service asks to be left alone for another {} s", after.as_secs())]
    Wait {
        /// How long to wait.
        after: SignedDuration,
    },
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

    /// Posts it and returns where it stands, as the delivery records it; where repeating is safe, for a delivery posted before,
    /// that one's.
    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError>;

    /// Changes what was posted. Doing so again changes nothing.
    async fn update(&self, message: &SlackMessage, reference: &str) -> Result<(), MessengerError>;

    /// Looks for a message that may have been posted at `around`, by the delivery that its metadata names. Nothing means that
    /// everything since then was looked at and it is not there; whoever has just posted it may find it a moment later all the
    /// same. Where it cannot be looked for, the error says so: [`MessengerError::Unusable`] or [`MessengerError::Unknown`].
    async fn find(&self, message: &SlackMessage, around: Timestamp) -> Result<Option<String>, MessengerError>;
}
