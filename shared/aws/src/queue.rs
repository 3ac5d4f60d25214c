//! `Queue` on SQS: batches, failures entry by entry, and dead letters that say why they are dead.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, DeleteMessageBatchRequestEntry, MessageAttributeValue, MessageSystemAttributeName,
    QueueAttributeName, SendMessageBatchRequestEntry,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::messages::QueueName;
use domain::ports::{GivenBack, LONGEST_HIDDEN, MOST_RECEIVES, Queue, QueueError, Received};
use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use crate::Failure;
use crate::failure::Call;
use crate::retry::{TRIES, back_off};

/// SQS takes no more entries in one request.
const BATCH: usize = 10;
/// Larger batches cost as much as several, for SQS bills by 64 KB; older limits take this.
const BATCH_BYTES: usize = 256 * 1024;
/// SQS takes no larger message: 1 MiB.
const LARGEST_MESSAGE: usize = 1024 * 1024;
/// The longest reason that is kept, in bytes.
const LONGEST_REASON: usize = 1024;
/// How long a message that was given back stays hidden, in seconds, for each time it was received.
const BACK_OFF_S: u32 = 60;

/// Addresses of queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueUrls(BTreeMap<&'static str, String>);

impl QueueUrls {
    /// Reads them from a JSON object: `{"changes":"https://…"}`. A name that is no queue of ours is a fault.
    pub fn parse(json: &str) -> Result<Self, String> {
        let found: BTreeMap<String, String> =
            serde_json::from_str(json).map_err(|e| format!("no JSON object of queue names and URLs: {e}"))?;
        let named = |name: &str| QueueName::ALL.into_iter().find(|queue| queue.as_str() == name);
        let known = found.into_iter().map(|(name, url)| match named(&name) {
            Some(queue) => Ok((queue.as_str(), url)),
            None => {
                Err(format!("{name} is no queue; the queues are {}", QueueName::ALL.map(QueueName::as_str).join(", ")))
            }
        });
        known.collect::<Result<_, _>>().map(Self)
    }

    /// The address of a queue, if it is known here.
    pub fn get(&self, queue: QueueName) -> Option<&str> {
        self.0.get(queue.as_str()).map(String::as_str)
    }
}

/// The queues, in SQS.
pub struct SqsQueue {
    pub(crate) client: aws_sdk_sqs::Client,
    pub(crate) urls: QueueUrls,
    pub(crate) dead: QueueUrls,
}

/// SQS did not take some entries.
#[derive(Debug, thiserror::Error)]
#[error("{queue} did not take {left} messages after {TRIES} tries: {said}")]
struct LeftOver {
    queue: &'static str,
    left: usize,
    said: String,
}

impl SqsQueue {
    pub(crate) fn new(client: aws_sdk_sqs::Client, urls: QueueUrls, dead: QueueUrls) -> Self {
        Self { client, urls, dead }
    }

    /// Opens connections and finds out whether every queue named here is there.
    pub async fn warm(&self) -> Result<(), Failure> {
        let all = QueueName::ALL;
        let urls = all.iter().filter_map(|queue| Some((queue.as_str().to_owned(), self.urls.get(*queue)?)));
        let dead = all.iter().filter_map(|queue| Some((dead_name(*queue), self.dead.get(*queue)?)));
        let calls = urls.map(|found| (found, "BATON_QUEUES")).chain(dead.map(|found| (found, "BATON_DEAD_LETTERS")));
        try_join_all(calls.map(|((name, url), set_in)| self.exists(name, url, set_in))).await?;
        Ok(())
    }

    async fn exists(&self, name: String, url: &str, set_in: &str) -> Result<(), Failure> {
        let call = self.client.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::QueueArn);
        let on = format!("queue {name}");
        let about = Call { action: "sqs:GetQueueAttributes", on: &on, set_in };
        call.send().await.map_err(|e| about.failed(&e))?;
        Ok(())
    }

    /// The address of a queue, or what is to be done to have it.
    pub(crate) fn url(&self, queue: QueueName) -> Result<&str, Failure> {
        let name = queue.as_str();
        let fault = || Failure::Unusable(format!("the queue {name} has no address here: add it to BATON_QUEUES"));
        self.urls.get(queue).ok_or_else(fault)
    }

    /// The address of a queue's dead letters, or what is to be done to have it.
    pub(crate) fn dead_url(&self, queue: QueueName) -> Result<&str, Failure> {
        let name = dead_name(queue);
        let fault = || Failure::Unusable(format!("the queue {name} has no address here: add it to BATON_DEAD_LETTERS"));
        self.dead.get(queue).ok_or_else(fault)
    }

    async fn send_batch(&self, queue: QueueName, url: &str, bodies: &[String]) -> Result<(), QueueError> {
        let mut left: Vec<usize> = (0..bodies.len()).collect();
        let mut said = String::new();
        for done in 1..=TRIES {
            let entries = left
                .iter()
                .filter_map(|&i| Some((i, bodies.get(i)?)))
                .map(|(i, body)| SendMessageBatchRequestEntry::builder().id(i.to_string()).message_body(body).build());
            let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|e| QueueError::Unusable(e.to_string()))?;
            let on = format!("queue {}", queue.as_str());
            let about = Call { action: "sqs:SendMessage", on: &on, set_in: "BATON_QUEUES" };
            let call = self.client.send_message_batch().queue_url(url).set_entries(Some(entries));
            let answer = call.send().await.map_err(|e| about.failed(&e))?;
            if answer.failed.is_empty() {
                return Ok(());
            }
            if let Some(fault) = answer.failed.iter().find(|failed| failed.sender_fault) {
                return Err(QueueError::Unusable(format!("{} refuses a message: {}", queue.as_str(), why(fault))));
            }
            said = answer.failed.first().map(why).unwrap_or_default();
            left = answer.failed.iter().filter_map(|failed| failed.id.parse().ok()).collect();
            back_off(done).await;
        }
        Err(QueueError::Unavailable(Box::new(LeftOver { queue: queue.as_str(), left: left.len(), said })))
    }

    pub(crate) async fn delete_batch(
        &self,
        queue: QueueName,
        url: &str,
        receipts: &[String],
    ) -> Result<(), QueueError> {
        let mut left: Vec<usize> = (0..receipts.len()).collect();
        let mut said = String::new();
        for done in 1..=TRIES {
            let entries = left.iter().filter_map(|&i| Some((i, receipts.get(i)?))).map(|(i, receipt)| {
                DeleteMessageBatchRequestEntry::builder().id(i.to_string()).receipt_handle(receipt).build()
            });
            let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|e| QueueError::Unusable(e.to_string()))?;
            let on = format!("queue {}", queue.as_str());
            let about = Call { action: "sqs:DeleteMessage", on: &on, set_in: "BATON_QUEUES" };
            let call = self.client.delete_message_batch().queue_url(url).set_entries(Some(entries));
            let answer = call.send().await.map_err(|e| about.failed(&e))?;
            // A receipt that is no longer good belongs to a message that somebody else has now.
            let again: Vec<&BatchResultErrorEntry> =
                answer.failed.iter().filter(|failed| !failed.sender_fault).collect();
            let Some(first) = again.first() else { return Ok(()) };
            said = why(first);
            left = again.iter().filter_map(|failed| failed.id.parse().ok()).collect();
            back_off(done).await;
        }
        Err(QueueError::Unavailable(Box::new(LeftOver { queue: queue.as_str(), left: left.len(), said })))
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, queue: QueueName, bodies: &[String], _now: Timestamp) -> Result<(), QueueError> {
        let url = self.url(queue)?;
        if let Some(body) = bodies.iter().find(|body| body.len() > LARGEST_MESSAGE) {
            return Err(QueueError::Unusable(format!(
                "a message of {} bytes for {} is too large: SQS takes {LARGEST_MESSAGE}",
                body.len(),
                queue.as_str()
            )));
        }
        for batch in batches(bodies) {
            self.send_batch(queue, url, batch).await?;
        }
        Ok(())
    }

    async fn send_later(
        &self,
        queue: QueueName,
        body: &str,
        after: SignedDuration,
        _now: Timestamp,
    ) -> Result<(), QueueError> {
        let url = self.url(queue)?;
        let on = format!("queue {}", queue.as_str());
        let about = Call { action: "sqs:SendMessage", on: &on, set_in: "BATON_QUEUES" };
        let seconds = i32::try_from(whole_seconds(after).clamp(0, LONGEST_HIDDEN.as_secs())).unwrap_or_default();
        let call = self.client.send_message().queue_url(url).message_body(body).delay_seconds(seconds);
        call.send().await.map_err(|e| about.failed(&e))?;
        Ok(())
    }

    async fn receive(&self, queue: QueueName, limit: usize, _now: Timestamp) -> Result<Vec<Received>, QueueError> {
        let url = self.url(queue)?;
        let on = format!("queue {}", queue.as_str());
        let about = Call { action: "sqs:ReceiveMessage", on: &on, set_in: "BATON_QUEUES" };
        let mut received = Vec::new();
        while received.len() < limit {
            let most = i32::try_from((limit - received.len()).min(BATCH)).unwrap_or(1);
            let call = self
                .client
                .receive_message()
                .queue_url(url)
                .max_number_of_messages(most)
                .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount);
            let answer = call.send().await.map_err(|e| about.failed(&e))?;
            let messages = answer.messages.unwrap_or_default();
            if messages.is_empty() {
                break;
            }
            received.extend(messages.into_iter().map(|message| {
                let count =
                    message.attributes().and_then(|a| a.get(&MessageSystemAttributeName::ApproximateReceiveCount));
                Received {
                    receives: count.and_then(|count| count.parse().ok()).unwrap_or(1),
                    id: message.message_id.unwrap_or_default(),
                    receipt: message.receipt_handle.unwrap_or_default(),
                    body: message.body.unwrap_or_default(),
                }
            }));
        }
        Ok(received)
    }

    async fn delete(&self, queue: QueueName, receipts: &[String]) -> Result<(), QueueError> {
        let url = self.url(queue)?;
        for batch in receipts.chunks(BATCH) {
            self.delete_batch(queue, url, batch).await?;
        }
        Ok(())
    }

    async fn give_back(
        &self,
        queue: QueueName,
        received: &Received,
        reason: &str,
        now: Timestamp,
    ) -> Result<GivenBack, QueueError> {
        if received.receives >= MOST_RECEIVES {
            let reason = format!("given up after {} tries: {reason}", received.receives);
            self.bury(queue, received, &reason, now).await?;
            return Ok(GivenBack::GivenUp(reason));
        }
        // Whom Lambda gives messages has no address of their queue: it reports the message as failed, and the message shows
        // itself again when its visibility timeout ends.
        let Some(url) = self.urls.get(queue) else { return Ok(GivenBack::Waits) };
        let seconds = i32::try_from(BACK_OFF_S * received.receives.max(1)).unwrap_or(i32::MAX);
        let on = format!("queue {}", queue.as_str());
        let about = Call { action: "sqs:ChangeMessageVisibility", on: &on, set_in: "BATON_QUEUES" };
        let call = self.client.change_message_visibility().queue_url(url);
        match call.receipt_handle(&received.receipt).visibility_timeout(seconds).send().await {
            Ok(_) => Ok(GivenBack::Waits),
            // The receipt is no longer good: the message is visible, or somebody else has it.
            Err(e) if e.code().is_some_and(is_stale) => Ok(GivenBack::Waits),
            Err(e) => Err(about.failed(&e).into()),
        }
    }

    /// The message first goes to the dead letters and then leaves its queue: a crash in between leaves it in both, and what
    /// is handled twice is done once.
    async fn bury(
        &self,
        queue: QueueName,
        received: &Received,
        reason: &str,
        _now: Timestamp,
    ) -> Result<(), QueueError> {
        let url = self.dead_url(queue)?;
        let on = format!("queue {}", dead_name(queue));
        let about = Call { action: "sqs:SendMessage", on: &on, set_in: "BATON_DEAD_LETTERS" };
        // SQS takes no message without a body.
        let body = if received.body.is_empty() { "null" } else { &received.body };
        let call = self
            .client
            .send_message()
            .queue_url(url)
            .message_body(body)
            .message_attributes("reason", text(&sendable(reason))?)
            .message_attributes("queue", text(queue.as_str())?);
        call.send().await.map_err(|e| about.failed(&e))?;
        if received.receipt.is_empty() {
            return Ok(());
        }
        // Whom Lambda gives messages has no address of their queue: Lambda deletes what was handled.
        match self.urls.get(queue) {
            Some(url) => self.delete_batch(queue, url, std::slice::from_ref(&received.receipt)).await,
            None => Ok(()),
        }
    }
}

/// A part of a second is a whole one: rather too late than too early.
fn whole_seconds(after: SignedDuration) -> i64 {
    after.as_secs() + i64::from(after.subsec_nanos() > 0)
}

/// The name of a queue's dead letters.
pub(crate) fn dead_name(queue: QueueName) -> String {
    format!("{}-dead-letters", queue.as_str())
}

/// Runs of up to ten bodies that fit into a request together.
fn batches(bodies: &[String]) -> Vec<&[String]> {
    let mut batches = Vec::new();
    let mut rest = bodies;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(BATCH).take_while(|body| {
            bytes += body.len();
            bytes <= BATCH_BYTES
        });
        let (batch, left) = rest.split_at(fits.count().max(1));
        batches.push(batch);
        rest = left;
    }
    batches
}

/// The reason in the characters that SQS takes, as far as it has room.
fn sendable(reason: &str) -> String {
    let takes = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let mut text: String = reason.chars().map(|c| if takes(&c) { c } else { '\u{fffd}' }).collect();
    text.truncate(text.floor_char_boundary(LONGEST_REASON));
    if text.is_empty() { "no reason was given".to_owned() } else { text }
}

fn text(value: &str) -> Result<MessageAttributeValue, QueueError> {
    let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
    value.map_err(|e| QueueError::Unusable(e.to_string()))
}

fn why(failed: &BatchResultErrorEntry) -> String {
    format!("{}: {}", failed.code, failed.message.as_deref().unwrap_or("no reason was given"))
}

/// Whether the service says that a receipt is no longer good.
fn is_stale(code: &str) -> bool {
    ["MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue"].iter().any(|name| code.ends_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_ten_messages_and_a_quarter_of_a_megabyte_at_most() {
        let check = |sizes: &[usize], cut: &[usize]| {
            let bodies: Vec<String> = sizes.iter().map(|size| "x".repeat(*size)).collect();
            assert_eq!(batches(&bodies).iter().map(|batch| batch.len()).collect::<Vec<_>>(), cut, "{sizes:?}");
        };
        check(&[], &[]);
        check(&[1; 23], &[10, 10, 3]);
        check(&[200_000, 62_144, 1, 1], &[2, 2]);
        check(&[1, 1_048_576, 1], &[1, 1, 1]);
    }

    #[test]
    fn a_reason_becomes_what_sqs_takes() {
        assert_eq!(sendable("line\n\0end \u{ffff}"), "line\n\u{fffd}end \u{fffd}");
        assert_eq!(sendable(""), "no reason was given");
        let long = sendable(&"ä".repeat(2_000));
        assert_eq!(long.len(), 1024);
        assert!(long.chars().all(|c| c == 'ä'));
    }

    #[test]
    fn a_name_that_is_no_queue_is_a_fault() {
        let urls = QueueUrls::parse(r#"{"changes":"https://one"}"#).unwrap();
        assert_eq!((urls.get(QueueName::Changes), urls.get(QueueName::Planned)), (Some("https://one"), None));
        let fault = QueueUrls::parse(r#"{"change":"https://one"}"#).unwrap_err();
        assert!(fault.contains("change is no queue") && fault.contains("scan-pages"), "{fault}");
        assert!(QueueUrls::parse("[]").is_err());
    }
}
