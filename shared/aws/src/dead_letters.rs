//! Dead letters: reading them without taking them away, and giving them another try.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_sqs::types::{ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName};
use domain::messages::QueueName;
use domain::ports::{Queue, QueueError};
use jiff::Timestamp;

use crate::SqsQueue;
use crate::failure::Call;
use crate::queue::dead_name;

/// How long a letter is hidden while all of them are read, in seconds.
const READING_S: i32 = 60;
/// SQS answers from some of its machines only; after so many empty answers there is nothing more.
const EMPTY_ANSWERS: u32 = 3;

/// A message that could not be handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// SQS's id of it.
    pub id: String,
    /// The queue it was in.
    pub queue: QueueName,
    /// What it says.
    pub body: String,
    /// Why it is here.
    pub reason: String,
    /// When it came here.
    pub since: Option<Timestamp>,
}

impl SqsQueue {
    /// All dead letters of the queues whose dead letters are known here. They stay where they are.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, QueueError> {
        let mut letters = Vec::new();
        for queue in QueueName::ALL.into_iter().filter(|queue| self.dead.get(*queue).is_some()) {
            let mut receipts = Vec::new();
            while let Some(messages) = self.next(queue).await? {
                receipts.extend(messages.iter().filter_map(|message| message.receipt_handle.clone()));
                letters.extend(messages.into_iter().map(|message| letter(queue, message)));
            }
            self.show(queue, &receipts).await?;
        }
        Ok(letters)
    }

    /// Gives every dead letter another try, once: what fails again and comes back meanwhile stays. Returns how many each queue
    /// had. Each one is sent before it is deleted here: a crash in between sends it again, and what is handled twice is done
    /// once.
    pub async fn redrive(&self, now: Timestamp) -> Result<BTreeMap<&'static str, usize>, QueueError> {
        let known: HashSet<String> = self.dead_letters().await?.into_iter().map(|letter| letter.id).collect();
        let mut counts = BTreeMap::new();
        for queue in QueueName::ALL.into_iter().filter(|queue| self.dead.get(*queue).is_some()) {
            let mut count = 0;
            while let Some(messages) = self.next(queue).await? {
                let was_there = |message: &Message| message.message_id().is_some_and(|id| known.contains(id));
                let messages: Vec<Message> = messages.into_iter().filter(was_there).collect();
                if messages.is_empty() {
                    break;
                }
                let bodies: Vec<String> = messages.iter().filter_map(|message| message.body.clone()).collect();
                self.send(queue, &bodies, now).await?;
                self.remove(queue, &messages).await?;
                count += messages.len();
            }
            counts.insert(queue.as_str(), count);
        }
        Ok(counts)
    }

    /// Up to ten letters, hidden from now on; nothing when there are no more.
    async fn next(&self, queue: QueueName) -> Result<Option<Vec<Message>>, QueueError> {
        let url = self.dead_url(queue)?;
        let on = format!("queue {}", dead_name(queue));
        let about = Call { action: "sqs:ReceiveMessage", on: &on, set_in: "BATON_DEAD_LETTERS" };
        for _ in 0..EMPTY_ANSWERS {
            let call = self
                .client
                .receive_message()
                .queue_url(url)
                .max_number_of_messages(10)
                .visibility_timeout(READING_S)
                .message_attribute_names("All")
                .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp);
            let answer = call.send().await.map_err(|e| about.failed(&e))?;
            if let Some(messages) = answer.messages.filter(|messages| !messages.is_empty()) {
                return Ok(Some(messages));
            }
        }
        Ok(None)
    }

    async fn remove(&self, queue: QueueName, messages: &[Message]) -> Result<(), QueueError> {
        let url = self.dead_url(queue)?;
        let receipts: Vec<String> = messages.iter().filter_map(|message| message.receipt_handle.clone()).collect();
        self.delete_batch(queue, url, &receipts).await
    }

    async fn show(&self, queue: QueueName, receipts: &[String]) -> Result<(), QueueError> {
        let url = self.dead_url(queue)?;
        let on = format!("queue {}", dead_name(queue));
        let about = Call { action: "sqs:ChangeMessageVisibility", on: &on, set_in: "BATON_DEAD_LETTERS" };
        for batch in receipts.chunks(10) {
            let entries = batch.iter().enumerate().map(|(i, receipt)| {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder();
                entry.id(i.to_string()).receipt_handle(receipt).visibility_timeout(0).build()
            });
            let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|e| QueueError::Unusable(e.to_string()))?;
            let call = self.client.change_message_visibility_batch().queue_url(url).set_entries(Some(entries));
            // Whatever is not shown at once shows itself after a minute.
            call.send().await.map_err(|e| about.failed(&e))?;
        }
        Ok(())
    }
}

fn letter(queue: QueueName, message: Message) -> DeadLetter {
    let attribute = |name: &str| message.message_attributes().and_then(|a| a.get(name)).and_then(|a| a.string_value());
    let reason = attribute("reason").map_or_else(
        || "received five times and never finished: the log of the function says why".to_owned(),
        str::to_owned,
    );
    let sent = message.attributes().and_then(|a| a.get(&MessageSystemAttributeName::SentTimestamp));
    let since = sent.and_then(|ms| ms.parse().ok()).and_then(|ms| Timestamp::from_millisecond(ms).ok());
    DeadLetter {
        queue,
        reason,
        since,
        id: message.message_id.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}
