//! Lambda's own interface, as far as the steward uses it: whether the event source mapping of a queue is enabled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::http::{Answer, Request, Server};

/// The mappings of one deployment, all enabled at first, until it is dropped.
pub(crate) struct Intakes {
    server: Server,
    enabled: Arc<Mutex<BTreeMap<String, bool>>>,
}

impl Intakes {
    /// One for each queue; its id is `intake-of-` and the queue's name.
    pub(crate) fn start<'a>(queues: impl IntoIterator<Item = &'a str>) -> Self {
        let enabled: BTreeMap<String, bool> = queues.into_iter().map(|queue| (id(queue), true)).collect();
        let enabled = Arc::new(Mutex::new(enabled));
        let own = Arc::clone(&enabled);
        Self { server: Server::start(move |request| Some(answer(&request, &mut own.lock().unwrap()))), enabled }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port()
    }

    /// How many are disabled.
    pub(crate) fn asleep(&self) -> usize {
        self.enabled.lock().unwrap().values().filter(|enabled| !**enabled).count()
    }
}

pub(crate) fn id(queue: &str) -> String {
    format!("intake-of-{queue}")
}

fn answer(request: &Request, mappings: &mut BTreeMap<String, bool>) -> Answer {
    let id = request.path().rsplit('/').next().unwrap_or_default();
    let Some(enabled) = mappings.get_mut(id) else {
        return Answer::json(404, &json!({ "Message": "no such mapping" }))
            .with("x-amzn-ErrorType", "ResourceNotFoundException");
    };
    let asked: Option<Value> = serde_json::from_slice(&request.body).ok();
    if let Some(wanted) = asked.as_ref().and_then(|asked| asked["Enabled"].as_bool()) {
        *enabled = wanted;
    }
    let state = if *enabled { "Enabled" } else { "Disabled" };
    Answer::json(if asked.is_some() { 202 } else { 200 }, &json!({ "UUID": id, "State": state }))
}
