//! What becomes of the records of a batch: what failed for good goes to the dead letters with its reason, what may work
//! later comes again, what only has to wait is sent again for later, the rest is done.

use domain::handler::{HandlerError, Outcome};
use domain::messages::{Message, QueueName};
use domain::ports::{MOST_RECEIVES, Queue, Received};
use envelope::Handled;
use jiff::Timestamp;
use serde_json::Value;

use crate::{Function, Rejected};

impl Function {
    /// Settles a batch, and says which of its records must come again.
    pub async fn settle(&self, handled: Vec<Handled>) -> Result<Value, Rejected> {
        let mut settled = Vec::with_capacity(handled.len());
        for Handled { received, source, outcome } in handled {
            let outcome = match outcome {
                Err(error) => self.see_to(&received, &source, error).await,
                done => done,
            };
            settled.push(Handled { received, source, outcome });
        }
        serde_json::to_value(envelope::failures(&settled)).map_err(|e| Rejected::Unusable(e.to_string()))
    }

    /// What becomes of a message that was not handled: an error where it comes again by itself.
    async fn see_to(&self, received: &Received, source: &str, error: HandlerError) -> Result<Outcome, HandlerError> {
        if self.is_put_off(received, source, &error).await {
            return Ok(Outcome::Skipped("it is sent again, for later".to_owned()));
        }
        match self.give_up(received, source, &error).await {
            true => Ok(Outcome::Skipped("it is in the dead letters".to_owned())),
            false => Err(error),
        }
    }

    /// Sends a message again that only has to wait, so that this was none of its tries. Returns whether it was sent: where that
    /// fails, and in a queue to which this function may not send, it comes again by itself, and it was one.
    async fn is_put_off(&self, received: &Received, source: &str, error: &HandlerError) -> bool {
        let HandlerError::Later { after, reason } = error else { return false };
        // Where time was up there is none left to send anything: its id is given back.
        if !after.is_positive() {
            return false;
        }
        let queue = self.queue_of(received, source);
        let Some(queue) = queue.filter(|queue| self.environment.queues.get(*queue).is_some()) else { return false };
        let id = &received.id;
        tracing::info!(message.id = %id, wait_s = after.as_secs(), %reason, "a message waits");
        let sent = envelope::put_off(&self.queue, queue, received, *after, Timestamp::now()).await;
        if let Err(error) = &sent {
            tracing::warn!(message.id = %id, %error, "a message that has to wait cannot be sent again");
        }
        sent.is_ok()
    }

    /// Moves a message to the dead letters, if trying again cannot help or was tried often enough. Returns whether it is
    /// there: where even that fails, the message comes again, and in the end SQS moves it itself.
    async fn give_up(&self, received: &Received, source: &str, error: &HandlerError) -> bool {
        let id = &received.id;
        let reason = match error {
            HandlerError::Poison(reason) => reason.clone(),
            HandlerError::Retry(reason) | HandlerError::Later { reason, .. } if received.receives >= MOST_RECEIVES => {
                format!("given up after {} tries: {reason}", received.receives)
            }
            HandlerError::Retry(reason) | HandlerError::Later { reason, .. } => {
                tracing::warn!(message.id = %id, %reason, "a message failed and comes again");
                return false;
            }
        };
        let Some(queue) = self.queue_of(received, source) else {
            tracing::error!(message.id = %id, %reason, "a message of an unknown queue cannot be moved to the dead letters");
            return false;
        };
        tracing::error!(message.id = %id, queue = queue.as_str(), %reason, "a message was given up");
        let buried = self.queue.bury(queue, received, &reason, Timestamp::now()).await;
        if let Err(error) = &buried {
            tracing::error!(message.id = %id, %error, "a message could not be moved to the dead letters");
        }
        buried.is_ok()
    }

    /// The queue a record came from, one of those that are consumed here: as its ARN ends, else as the message itself says.
    fn queue_of(&self, received: &Received, source: &str) -> Option<QueueName> {
        let named = |queue: &QueueName| {
            let url = self.environment.dead_letters.get(*queue).unwrap_or_default();
            let dead = url.rsplit('/').next().unwrap_or_default();
            let own = source.rsplit(':').next().unwrap_or_default();
            !own.is_empty() && dead.strip_prefix(own) == Some("-dead-letters")
        };
        let is_consumed = |queue: &QueueName| self.environment.dead_letters.get(*queue).is_some();
        let by_message = || Message::parse(&received.body).ok().map(|message| message.queue()).filter(is_consumed);
        let mut consumed = QueueName::ALL.into_iter().filter(is_consumed);
        let only = || consumed.next().filter(|_| consumed.next().is_none());
        QueueName::ALL.iter().find(|queue| named(queue)).copied().or_else(by_message).or_else(only)
    }
}
