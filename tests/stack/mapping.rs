//! An event source mapping: takes messages from a queue, invokes a function with them, and leaves in the queue what was
//! not handled, just as Lambda does.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use crate::aws::REGION;
use crate::aws::queue::{Message, Queue};
use crate::dice::Dice;
use crate::function::{Failure, Function};

/// A queue and the function that consumes it.
pub(crate) struct Mapping {
    pub queue: Queue,
    pub function: Arc<Function>,
    pub batch_size: usize,
    /// Every message it ever delivered, once.
    delivered: Mutex<Vec<Value>>,
}

/// How unruly SQS is; it promises no more than that each message comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unruly {
    /// Every batch is delivered a second time.
    pub twice: bool,
    /// Messages come in another order than they were sent, and in batches of another size.
    pub shuffled: Option<Dice>,
}

/// What one invocation came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delivered {
    pub messages: usize,
    /// Those that stayed in the queue.
    pub failed: usize,
    pub answer: Result<Value, Failure>,
}

impl Mapping {
    pub(crate) fn new(queue: Queue, function: Arc<Function>, batch_size: usize) -> Self {
        Self { queue, function, batch_size, delivered: Mutex::default() }
    }

    /// One batch, if there is any message. What is not handled is visible again at once: here time passes in no time.
    pub(crate) fn deliver(&self, unruly: &mut Unruly) -> Option<Delivered> {
        let messages = self.batch(unruly);
        if messages.is_empty() {
            return None;
        }
        let event = self.event(&messages);
        self.remember(&event);
        let answer = self.function.invoke(&event);
        let mut failed = failed(&messages, &answer);
        if unruly.twice {
            // Whichever delivery handled a message, it is taken from the queue.
            let again = self::failed(&messages, &self.function.invoke(&event));
            failed.retain(|id| again.contains(id));
        }
        let (left, handled): (Vec<&Message>, Vec<&Message>) = messages.iter().partition(|m| failed.contains(m.id()));
        self.queue.delete(&handled);
        self.queue.give_back(&left);
        Some(Delivered { messages: messages.len(), failed: failed.len(), answer })
    }

    /// Delivers once more, whatever the queue holds, all that was ever delivered, in batches of any size and order.
    /// Nothing is at stake: these messages were deleted long ago.
    pub(crate) fn deliver_all_again(&self, dice: &mut Dice) -> Vec<Result<Value, Failure>> {
        let mut records = self.delivered.lock().unwrap().clone();
        dice.shuffle(&mut records);
        let mut answers = Vec::new();
        while !records.is_empty() {
            let size = dice.below(self.batch_size.min(records.len()) as u64) + 1;
            let batch: Vec<Value> = records.drain(..usize::try_from(size).unwrap()).collect();
            answers.push(self.function.invoke(&json!({ "Records": batch })));
        }
        answers
    }

    fn batch(&self, unruly: &mut Unruly) -> Vec<Message> {
        let Some(dice) = &mut unruly.shuffled else { return self.queue.receive(self.batch_size) };
        let mut messages = self.queue.receive(usize::MAX);
        dice.shuffle(&mut messages);
        let most = self.batch_size.min(messages.len()) as u64;
        let size = if most == 0 { 0 } else { usize::try_from(dice.below(most) + 1).unwrap() };
        let rest = messages.split_off(size);
        self.queue.give_back(&rest.iter().collect::<Vec<_>>());
        messages
    }

    /// The event that Lambda makes of messages.
    pub(crate) fn event(&self, messages: &[Message]) -> Value {
        let arn = self.queue.arn();
        let records: Vec<Value> = messages.iter().map(|message| record(message, &arn)).collect();
        json!({ "Records": records })
    }

    fn remember(&self, event: &Value) {
        let mut delivered = self.delivered.lock().unwrap();
        for record in event["Records"].as_array().unwrap() {
            if delivered.iter().all(|known| known["messageId"] != record["messageId"]) {
                delivered.push(record.clone());
            }
        }
    }
}

fn record(message: &Message, arn: &str) -> Value {
    let attributes = message.0["MessageAttributes"].as_object();
    let attributes: Map<String, Value> = attributes
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let lists = json!({ "stringListValues": [], "binaryListValues": [], "dataType": value["DataType"] });
            let mut attribute = lists.as_object().cloned().unwrap_or_default();
            let given = [("stringValue", &value["StringValue"]), ("binaryValue", &value["BinaryValue"])];
            attribute.extend(given.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.to_owned(), v.clone())));
            (name.clone(), attribute.into())
        })
        .collect();
    json!({
        "messageId": message.id(),
        "receiptHandle": message.0["ReceiptHandle"],
        "body": message.body(),
        "attributes": message.0["Attributes"],
        "messageAttributes": attributes,
        "md5OfBody": message.0["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    })
}

/// The ids of the messages that stay in the queue. An answer that Lambda cannot take at its word fails the whole batch:
/// the documentation names an empty id, one that was not in the batch, and anything that is not the agreed form.
fn failed(messages: &[Message], answer: &Result<Value, Failure>) -> BTreeSet<String> {
    let all: BTreeSet<String> = messages.iter().map(|message| message.id().to_owned()).collect();
    let named = match answer.as_ref().map(|answer| (answer, answer.get("batchItemFailures"))) {
        Ok((Value::Null, _) | (Value::Object(_), None | Some(Value::Null))) => return BTreeSet::new(),
        Ok((_, Some(Value::Array(failures)))) => failures,
        _ => return all,
    };
    let ids = named.iter().map(|failure| failure["itemIdentifier"].as_str().map(str::to_owned));
    match ids.collect::<Option<BTreeSet<String>>>() {
        Some(ids) if ids.is_subset(&all) => ids,
        _ => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &Result<Value, Failure>, expected: &[&str]) {
        let messages = ["a", "b"].map(|id| Message(json!({ "MessageId": id })));
        let failed: Vec<String> = failed(&messages, answer).into_iter().collect();
        assert_eq!(failed, expected, "{answer:?}");
    }

    #[test]
    fn only_the_messages_that_an_answer_names_stay_in_the_queue() {
        check(&Ok(json!({ "batchItemFailures": [{ "itemIdentifier": "b" }] })), &["b"]);
        for all_is_well in
            [json!(null), json!({}), json!({ "batchItemFailures": [] }), json!({ "batchItemFailures": null })]
        {
            check(&Ok(all_is_well), &[]);
        }
    }

    #[test]
    fn an_answer_that_cannot_be_taken_at_its_word_fails_the_whole_batch() {
        for id in [json!(""), json!(null), json!("c"), json!(7)] {
            check(&Ok(json!({ "batchItemFailures": [{ "itemIdentifier": id }] })), &["a", "b"]);
        }
        for answer in
            [json!("handled"), json!([]), json!({ "batchItemFailures": "b" }), json!({ "batchItemFailures": ["b"] })]
        {
            check(&Ok(answer), &["a", "b"]);
        }
    }

    #[test]
    fn a_function_that_fails_dies_or_takes_too_long_has_handled_nothing() {
        for failure in [Failure::Error(json!({})), Failure::Died, Failure::TimedOut, Failure::CannotStart(Value::Null)]
        {
            check(&Err(failure), &["a", "b"]);
        }
    }
}
