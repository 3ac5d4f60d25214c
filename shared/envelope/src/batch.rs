//! Batches of SQS messages, read and handled record by record.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::handler::{HandlerError, Outbox, Outcome};
use domain::messages::{Message, MessageError, QueueName};
use domain::ports::{Clock, LONGEST_HIDDEN, Queue, QueueError, Received};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};

use crate::{Foreign, feedback};

/// One record of a batch.
#[derive(Debug)]
pub struct Record {
    /// How the queue knows it.
    pub received: Received,
    /// ARN of the queue it came from.
    pub source: String,
    /// What it says, if it can be read.
    pub message: Result<Message, MessageError>,
}

/// How one record ended.
#[derive(Debug)]
pub struct Handled {
    /// How the queue knows it.
    pub received: Received,
    /// ARN of the queue it came from.
    pub source: String,
    /// How it ended.
    pub outcome: Result<Outcome, HandlerError>,
}

/// Whether an event holds messages of a queue, or is something else, such as a tick.
pub fn is_batch(event: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Batch {
        #[serde(rename = "Records")]
        _records: serde::de::IgnoredAny,
    }
    serde_json::from_str::<Batch>(event).is_ok()
}

/// Reads an SQS event. A record without an id makes the whole event foreign: nothing could be said about it to SQS.
pub fn records(event: &str) -> Result<Vec<Record>, Foreign> {
    let event: SqsEvent = serde_json::from_str(event).map_err(|e| Foreign(format!("this is no SQS event: {e}")))?;
    event.records.into_iter().map(record).collect()
}

fn record(message: SqsMessage) -> Result<Record, Foreign> {
    if let Some(source) = message.event_source.as_deref().filter(|source| *source != "aws:sqs") {
        return Err(Foreign(format!("this is an event of {source}, not of aws:sqs")));
    }
    let id = message
        .message_id
        .filter(|id| !id.is_empty())
        .ok_or_else(|| Foreign("a record has no messageId, so its failure could not be reported".to_owned()))?;
    let body = message.body.unwrap_or_default();
    let receives = message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1);
    Ok(Record {
        message: feedback::message(&body).unwrap_or_else(|| Message::parse(&body)),
        source: message.event_source_arn.unwrap_or_default(),
        received: Received { id, receipt: message.receipt_handle.unwrap_or_default(), receives, body },
    })
}

/// The event that Lambda would make of these messages.
pub fn sqs_event(received: &[Received]) -> String {
    let records: Vec<serde_json::Value> = received
        .iter()
        .map(|message| {
            serde_json::json!({
                "messageId": message.id,
                "receiptHandle": message.receipt,
                "body": message.body,
                "attributes": { "ApproximateReceiveCount": message.receives.to_string() },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            })
        })
        .collect();
    serde_json::json!({ "Records": records }).to_string()
}

/// Whether there is time left to take up another piece of work.
pub type HasTime<'a> = &'a (dyn Fn() -> bool + Sync);

/// Hands the records to a handler one after the other, as long as there is time; the rest comes again. What cannot be read
/// is poison; a panic is tried again.
pub async fn one_by_one(
    records: Vec<Record>,
    has_time: HasTime<'_>,
    handler: impl AsyncFn(Message) -> Result<Outcome, HandlerError>,
) -> Vec<Handled> {
    let mut handled = Vec::with_capacity(records.len());
    for Record { received, source, message } in records {
        let outcome = match message {
            Err(error) => Err(HandlerError::Poison(error.to_string())),
            Ok(_) if !has_time() => {
                let reason = "time was up before this message".to_owned();
                Err(HandlerError::Later { after: SignedDuration::ZERO, reason })
            }
            Ok(message) => caught(handler(message)).await,
        };
        handled.push(Handled { received, source, outcome });
    }
    handled
}

/// Does the same, and sends at the end what the handler has committed for the batch. A message that cannot be sent then is not
/// lost: it waits in the outbox for whoever drains it.
pub async fn one_by_one_then_send(
    records: Vec<Record>,
    has_time: HasTime<'_>,
    outbox: &Outbox<'_>,
    clock: &dyn Clock,
    handler: impl AsyncFn(Message) -> Result<Outcome, HandlerError>,
) -> Vec<Handled> {
    let when_due = async |message: Message| match not_yet(&message, clock.now()) {
        Some(later) => Err(later),
        None => handler(message).await,
    };
    let handled = one_by_one(records, has_time, when_due).await;
    if let Err(error) = caught(outbox.end_batch(clock.now())).await {
        tracing::warn!(%error, "what was committed cannot be sent now, and waits in the outbox");
    }
    handled
}

/// Why a message is not taken up yet.
pub fn not_yet(message: &Message, now: Timestamp) -> Option<HandlerError> {
    let after = message.not_before?.duration_since(now);
    let reason = "it is not yet the time for this message".to_owned();
    after.is_positive().then_some(HandlerError::Later { after, reason })
}

/// Puts a message off: another of its kind is sent that stays hidden until `after` has passed, and whose tries are counted anew.
/// One that has to wait for longer than a queue can hide it says so itself. The one that was received is to be deleted then. A
/// stop between the two leaves both, and what is handled twice is done once.
pub async fn put_off(
    queue: &dyn Queue,
    name: QueueName,
    received: &Received,
    after: SignedDuration,
    now: Timestamp,
) -> Result<(), QueueError> {
    let due = |message: Message| Message { not_before: now.checked_add(after).ok(), ..message };
    // Only what was read is put off; whatever else it may be travels on as it is.
    let body = match Message::parse(&received.body) {
        Ok(message) if after > LONGEST_HIDDEN => due(message).to_json(),
        _ => received.body.clone(),
    };
    queue.send_later(name, &body, after, now).await
}

/// What Lambda answers: the ids of the records that must come again.
pub fn failures(handled: &[Handled]) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for record in handled.iter().filter(|record| record.outcome.is_err()) {
        response.add_failure(record.received.id.clone());
    }
    response
}

/// What a handler returns; an error where it panics.
async fn caught<T>(handler: impl Future<Output = Result<T, HandlerError>>) -> Result<T, HandlerError> {
    match AssertUnwindSafe(handler).catch_unwind().await {
        Ok(returned) => returned,
        Err(panic) => Err(HandlerError::Retry(format!("the handler panicked: {}", said(&*panic)))),
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no word of why")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"schema":1,"id":"m-1","kind":"enrich","account":"001","case":"C-1"}"#;

    fn event(bodies: &[&str]) -> String {
        let received: Vec<Received> = bodies
            .iter()
            .enumerate()
            .map(|(i, body)| Received {
                id: format!("id-{i}"),
                receipt: format!("r-{i}"),
                receives: 1,
                body: (*body).to_owned(),
            })
            .collect();
        sqs_event(&received)
    }

    async fn outcomes(bodies: &[&str]) -> Vec<Handled> {
        one_by_one(records(&event(bodies)).unwrap(), &|| true, async |message: Message| match message.id.as_str() {
            "m-panic" => panic!("as asked"),
            _ => Ok(Outcome::Done),
        })
        .await
    }

    #[test]
    fn one_bad_record_of_three_fails_alone() {
        let handled = futures_util::FutureExt::now_or_never(outcomes(&[GOOD, "not json", GOOD])).unwrap();
        let failed: Vec<_> = failures(&handled).batch_item_failures.iter().map(|f| f.item_identifier.clone()).collect();
        assert_eq!(failed, ["id-1"]);
        assert!(matches!(handled[1].outcome, Err(HandlerError::Poison(_))));
    }

    #[test]
    fn what_there_is_no_time_for_comes_again() {
        let records = records(&event(&[GOOD, "not json"])).unwrap();
        let never = async |_: Message| panic!("nothing is begun");
        let handled = futures_util::FutureExt::now_or_never(one_by_one(records, &|| false, never)).unwrap();
        assert!(
            matches!(&handled[0].outcome, Err(HandlerError::Later { reason, .. }) if reason.contains("time was up"))
        );
        assert!(matches!(handled[1].outcome, Err(HandlerError::Poison(_))));
    }

    #[test]
    fn a_message_that_comes_before_its_time_waits_for_the_rest_of_it() {
        let due = GOOD.replace("\"kind\"", "\"not_before\":\"2026-11-02T07:00:30Z\",\"kind\"");
        let message = Message::parse(&due).unwrap();
        let at = |time: &str| not_yet(&message, time.parse().unwrap());
        let Some(HandlerError::Later { after, .. }) = at("2026-11-02T07:00:10Z") else { panic!("it was taken up") };
        assert_eq!(after, SignedDuration::from_secs(20));
        assert_eq!(at("2026-11-02T07:00:30Z"), None);
        assert_eq!(not_yet(&Message::parse(GOOD).unwrap(), Timestamp::MIN), None);
    }

    #[test]
    fn a_panic_in_one_record_fails_it_alone() {
        let panic = GOOD.replace("m-1", "m-panic");
        let handled = futures_util::FutureExt::now_or_never(outcomes(&[GOOD, &panic, GOOD])).unwrap();
        assert!(matches!(&handled[1].outcome, Err(HandlerError::Retry(why)) if why.contains("as asked")));
        assert_eq!(failures(&handled).batch_item_failures.len(), 1);
    }

    #[test]
    fn a_record_without_id_or_of_another_source_is_refused_with_the_reason() {
        for (event, reason) in [
            (r#"{"Records":[{"body":"x","attributes":{},"messageAttributes":{}}]}"#, "no messageId"),
            (
                r#"{"Records":[{"messageId":"1","eventSource":"aws:sns","attributes":{},"messageAttributes":{}}]}"#,
                "aws:sns",
            ),
            ("[]", "no SQS event"),
            ("{", "no SQS event"),
        ] {
            let error = records(event).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn an_empty_batch_is_handled_by_doing_nothing() {
        assert!(records(r#"{"Records":[]}"#).unwrap().is_empty());
    }
}
