//! Dead letters on AWS: listed where they are, and sent back to their queues.

use std::collections::BTreeMap;

use aws::SqsQueue;
use domain::messages::QueueName;
use jiff::Timestamp;

use super::super::dead_letters::Letter;
use super::{Failure, clients};

/// Those of a stack, or of one of its queues.
pub(in super::super) async fn dead_letters(stack: &str, only: Option<QueueName>) -> Result<Vec<Letter>, Failure> {
    let letters = queues(stack, only).await?.dead_letters().await?;
    let letter = |letter: aws::DeadLetter| Letter {
        id: letter.id,
        queue: letter.queue.as_str().to_owned(),
        body: letter.body,
        reason: letter.reason,
        since: letter.since,
    };
    Ok(letters.into_iter().map(letter).collect())
}

/// Gives them another try. Returns how many each queue had.
pub(in super::super) async fn redrive(
    stack: &str,
    only: Option<QueueName>,
) -> Result<BTreeMap<&'static str, usize>, Failure> {
    Ok(queues(stack, only).await?.redrive(Timestamp::now()).await?)
}

async fn queues(stack: &str, only: Option<QueueName>) -> Result<SqsQueue, Failure> {
    let clients = clients().await?;
    let outputs = clients.look().stack(stack).await?;
    Ok(clients.queue(outputs.queue_urls("Queues", only)?, outputs.queue_urls("DeadLetters", only)?))
}
