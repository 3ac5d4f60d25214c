//! A queue, on moto.

use serde_json::{Value, json};

use super::{ACCOUNT, REGION, json as call};

/// A queue of one deployment.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub name: String,
    pub url: String,
    port: u16,
}

/// A message as received, in the service's own words.
#[derive(Clone, Debug)]
pub(crate) struct Message(pub Value);

impl Queue {
    /// A queue whose messages go to the dead letters instead of being received a sixth time.
    pub(crate) fn with_dead_letters(port: u16, name: &str, dead_letters: &Self) -> Self {
        let redrive = json!({ "deadLetterTargetArn": dead_letters.arn(), "maxReceiveCount": 5 });
        let four_days = 4 * 86_400;
        let visibility = 6 * 60 + 20;
        Self::create(
            port,
            name,
            &json!({
                "VisibilityTimeout": visibility.to_string(),
                "MessageRetentionPeriod": four_days.to_string(),
                "RedrivePolicy": redrive.to_string(),
            }),
        )
    }

    /// A queue from which nothing goes anywhere by itself.
    pub(crate) fn plain(port: u16, name: &str) -> Self {
        let fourteen_days = 14 * 86_400;
        Self::create(port, name, &json!({ "MessageRetentionPeriod": fourteen_days.to_string() }))
    }

    fn create(port: u16, name: &str, attributes: &Value) -> Self {
        let url = format!("http://127.0.0.1:{port}/{ACCOUNT}/{name}");
        let queue = Self { name: name.to_owned(), url, port };
        let created = queue.call("CreateQueue", json!({ "QueueName": name, "Attributes": attributes }));
        assert_eq!(created["QueueUrl"], queue.url.as_str());
        queue
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.name)
    }

    pub(crate) fn send(&self, body: &str) {
        self.call("SendMessage", json!({ "MessageBody": body }));
    }

    /// Up to so many of the visible messages, which are not visible then.
    pub(crate) fn receive(&self, most: usize) -> Vec<Message> {
        let mut received = Vec::new();
        while received.len() < most {
            let wanted = (most - received.len()).min(10);
            let request =
                json!({ "MaxNumberOfMessages": wanted, "AttributeNames": ["All"], "MessageAttributeNames": ["All"] });
            match self.call("ReceiveMessage", request).get_mut("Messages").and_then(Value::as_array_mut) {
                Some(messages) if !messages.is_empty() => received.extend(messages.drain(..).map(Message)),
                _ => break,
            }
        }
        received
    }

    pub(crate) fn delete(&self, messages: &[&Message]) {
        self.batches("DeleteMessageBatch", messages, &json!({}));
    }

    /// Makes messages visible again now, as if the visibility timeout were over.
    pub(crate) fn give_back(&self, messages: &[&Message]) {
        self.batches("ChangeMessageVisibilityBatch", messages, &json!({ "VisibilityTimeout": 0 }));
    }

    /// Takes all visible messages away for good.
    pub(crate) fn drain(&self) -> Vec<Message> {
        let messages = self.receive(usize::MAX);
        self.delete(&messages.iter().collect::<Vec<_>>());
        messages
    }

    /// How many messages there are, visible or not.
    pub(crate) fn depth(&self) -> usize {
        let names = ["", "NotVisible", "Delayed"].map(|kind| format!("ApproximateNumberOfMessages{kind}"));
        let answer = self.call("GetQueueAttributes", json!({ "AttributeNames": names }));
        let count = |name: &String| answer["Attributes"][name].as_str().unwrap().parse::<usize>().unwrap();
        names.iter().map(count).sum()
    }

    fn batches(&self, action: &str, messages: &[&Message], also: &Value) {
        for few in messages.chunks(10) {
            let entry = |(id, message): (usize, &&Message)| {
                let mut entry = also.clone();
                entry["Id"] = id.to_string().into();
                entry["ReceiptHandle"] = message.0["ReceiptHandle"].clone();
                entry
            };
            let entries: Vec<Value> = few.iter().enumerate().map(entry).collect();
            let answer = self.call(action, json!({ "Entries": entries }));
            assert!(answer["Failed"].as_array().is_none_or(Vec::is_empty), "{action}: {answer}");
        }
    }

    fn call(&self, action: &str, mut body: Value) -> Value {
        if action != "CreateQueue" {
            body["QueueUrl"] = self.url.as_str().into();
        }
        call(self.port, "sqs", &format!("AmazonSQS.{action}"), &body)
    }
}

impl Message {
    pub(crate) fn id(&self) -> &str {
        self.0["MessageId"].as_str().unwrap()
    }

    pub(crate) fn body(&self) -> &str {
        self.0["Body"].as_str().unwrap()
    }

    /// What a sender wrote beside the body.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.0["MessageAttributes"][name]["StringValue"].as_str()
    }
}
