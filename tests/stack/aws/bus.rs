//! An event bus, on moto, with a rule that carries every event into a queue, where a test can read it.

use serde_json::{Value, json};

use super::json as call;
use super::queue::Queue;

/// A bus of one deployment.
#[derive(Clone, Debug)]
pub(crate) struct Bus {
    pub name: String,
    events: Queue,
}

impl Bus {
    pub(crate) fn create(port: u16, name: &str) -> Self {
        let events = Queue::plain(port, &format!("{name}-events"));
        let events_call = |action: &str, body: &Value| call(port, "events", &format!("AWSEvents.{action}"), body);
        events_call("CreateEventBus", &json!({ "Name": name }));
        let pattern = json!({ "source": [{ "prefix": "" }] }).to_string();
        events_call("PutRule", &json!({ "Name": name, "EventBusName": name, "EventPattern": pattern }));
        let targets = json!([{ "Id": "events", "Arn": events.arn() }]);
        events_call("PutTargets", &json!({ "Rule": name, "EventBusName": name, "Targets": targets }));
        Self { name: name.to_owned(), events }
    }

    /// The events since this was asked last, in the order in which they came.
    pub(crate) fn published(&self) -> Vec<Value> {
        self.events.drain().iter().map(|message| serde_json::from_str(message.body()).unwrap()).collect()
    }
}
