//! A proxy without a function behind it: a test makes the calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::aws;
use crate::faults::Ledger;
use crate::http::{self, Request};
use crate::proxy::{Proxy, Upstream};
use crate::services::Services;
use crate::slack::Slack;

/// The proxy of `notify`, and a Slack behind it.
pub(crate) struct Stand {
    pub ledger: Arc<Ledger>,
    pub proxy: Proxy,
    pub slack: Slack,
    kills: Arc<AtomicUsize>,
}

impl Stand {
    pub(crate) fn new(services: &Services) -> Self {
        let slack = Slack::start();
        let (dynamodb, moto, slack_port) = (services.dynamodb, services.moto, slack.port());
        let upstream = Upstream { dynamodb, moto, slack: slack_port, lambda: moto };
        let (ledger, kills) = (Arc::<Ledger>::default(), Arc::<AtomicUsize>::default());
        let counted = Arc::clone(&kills);
        let kill = move || {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        Self { proxy: Proxy::start("notify", upstream, Arc::clone(&ledger), kill), ledger, slack, kills }
    }

    /// How often the function would have been killed.
    pub(crate) fn kills(&self) -> usize {
        self.kills.load(Ordering::SeqCst)
    }

    /// The status of the answer; nothing where the connection was cut.
    pub(crate) fn call(&self, service: &str, target: &str, body: &Value) -> Option<u16> {
        self.send(service, json_request(target, body)).map(|answer| answer.status)
    }

    /// The answer, which is JSON.
    pub(crate) fn ask(&self, service: &str, target: &str, body: &Value) -> Value {
        serde_json::from_slice(&self.send(service, json_request(target, body)).unwrap().body).unwrap()
    }

    /// Nothing where the connection was cut.
    pub(crate) fn send(&self, service: &str, request: Request) -> Option<http::Answer> {
        let request = request.with("Authorization", aws::authorization(service));
        http::send(self.proxy.port(), &request).ok()
    }
}

fn json_request(target: &str, body: &Value) -> Request {
    Request::new("POST", "/", body.to_string())
        .with("Content-Type", "application/x-amz-json-1.0")
        .with("X-Amz-Target", target)
}
