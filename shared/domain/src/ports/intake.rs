//! What takes messages out of the queues and hands them to the functions, and may sleep while there are none.

use async_trait::async_trait;

use crate::messages::QueueName;

/// Whether a queue's messages are taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntakeState {
    /// They are.
    Awake,
    /// They stay where they are.
    Asleep,
    /// It is being woken, put to sleep or changed, and takes no orders until that has ended.
    Changing,
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Something else changes it right now: look again later.
    #[error("it is being changed by something else")]
    Changing,
    /// Try later.
    #[error("the intake cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing but a person can help: a missing mapping, a missing permission. The text says which, and what to do.
    #[error("{0}")]
    Unusable(String),
}

/// The intake of every queue. Only AWS has one that can sleep: embedded, a queue is emptied by whoever runs the command, so
/// this port alone has no second implementation.
#[async_trait]
pub trait Intake: Send + Sync {
    /// About how many messages a queue holds: visible, handed out, or not to be seen yet. What has just been sent may be
    /// missing.
    async fn waiting(&self, queue: QueueName) -> Result<u64, IntakeError>;

    /// Whether a queue's messages are taken out.
    async fn state(&self, queue: QueueName) -> Result<IntakeState, IntakeError>;

    /// Has a queue's messages taken out again. It takes effect within a minute or two.
    async fn wake(&self, queue: QueueName) -> Result<(), IntakeError>;

    /// Leaves a queue's messages where they are. What was taken out is still handled.
    async fn put_to_sleep(&self, queue: QueueName) -> Result<(), IntakeError>;
}
