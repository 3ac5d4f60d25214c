//! At-least-once hand-over between functions, in batches, with redelivery and dead letters.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::messages::QueueName;

/// A message as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The queue's own id of the message.
    pub id: String,
    /// What deletes it.
    pub receipt: String,
    /// How often it was received, this time included.
    pub receives: u32,
    /// What it says.
    pub body: String,
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Try later.
    #[error("the queue cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing but a person can help: a missing queue, a missing permission. The text says which, and what to do.
    #[error("{0}")]
    Unusable(String),
}

/// Every queue can hide a new message for so long, and SQS for no longer.
pub const LONGEST_HIDDEN: SignedDuration = SignedDuration::from_mins(15);

/// After so many receives a message goes to the dead letters.
pub const MOST_RECEIVES: u32 = 5;

/// What became of a message that was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenBack {
    /// It comes again after a while.
    Waits,
    /// It was received for the last time; the dead letters have it, with this reason.
    GivenUp(String),
}

/// A set of queues, each with its dead letters.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Hands messages over; each of them may arrive more than once.
    async fn send(&self, queue: QueueName, bodies: &[String], now: Timestamp) -> Result<(), QueueError>;

    /// Hands a message over that stays hidden for a while, though perhaps for no longer than [`LONGEST_HIDDEN`].
    async fn send_later(
        &self,
        queue: QueueName,
        body: &str,
        after: SignedDuration,
        now: Timestamp,
    ) -> Result<(), QueueError>;

    /// Up to `limit` messages, hidden from others until the visibility timeout ends.
    async fn receive(&self, queue: QueueName, limit: usize, now: Timestamp) -> Result<Vec<Received>, QueueError>;

    /// Deletes messages that were handled.
    async fn delete(&self, queue: QueueName, receipts: &[String]) -> Result<(), QueueError>;

    /// Gives a message back. It stays hidden for a while, the longer the more often it was received: what failed now
    /// fails a moment later too. After five receives it goes to the dead letters, with the reason.
    async fn give_back(
        &self,
        queue: QueueName,
        received: &Received,
        reason: &str,
        now: Timestamp,
    ) -> Result<GivenBack, QueueError>;

    /// Moves a message to the dead letters at once, with the reason.
    async fn bury(&self, queue: QueueName, received: &Received, reason: &str, now: Timestamp)
    -> Result<(), QueueError>;
}
