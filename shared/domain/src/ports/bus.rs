//! Publishes every state change, for the customer's own automations.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::State;
use crate::finding::Verdict;
use crate::{AccountId, CaseId, MessageId};

/// A case is in another state. May be published more than once, always with the same id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChanged {
    /// Identity of the event.
    pub id: MessageId,
    /// The account.
    pub account: AccountId,
    /// The case.
    pub case: CaseId,
    /// What it is about.
    pub verdict: Verdict,
    /// The state it is in now.
    pub state: State,
    /// Since when.
    pub at: Timestamp,
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// Try later.
    #[error("the bus cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing but a person can help: a missing bus, a missing permission. The text says which, and what to do.
    #[error("{0}")]
    Unusable(String),
}

/// An event bus.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Publishes the events in order.
    async fn publish(&self, events: &[StateChanged]) -> Result<(), BusError>;
}
