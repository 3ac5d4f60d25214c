//! One function's way to the services. Every call is written down, and goes wrong if that is planned; else the bytes pass
//! unchanged, but for one thing: a message is not delayed, since nobody here waits for time to pass.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use data_encoding::BASE64;
use serde_json::Value;

use crate::calls::{Call, Site};
use crate::faults::{Fault, Ledger};
use crate::http::{self, Answer, Request, Server};
use crate::{partial, refusals};

/// The ports behind a proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upstream {
    pub dynamodb: u16,
    pub moto: u16,
    pub slack: u16,
    /// Lambda's own interface.
    pub lambda: u16,
}

/// A proxy, until it is dropped.
pub(crate) struct Proxy {
    server: Server,
    passed: Arc<Passed>,
}

/// What tests want to know of the calls beyond who made them.
#[derive(Default)]
struct Passed {
    mails: Mutex<BTreeMap<String, String>>,
    delays: Mutex<Vec<u64>>,
}

struct Way {
    function: String,
    upstream: Upstream,
    ledger: Arc<Ledger>,
    passed: Arc<Passed>,
}

impl Proxy {
    /// `kill` ends the function's process at once.
    pub(crate) fn start(
        function: &str,
        upstream: Upstream,
        ledger: Arc<Ledger>,
        kill: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let passed = Arc::new(Passed::default());
        let way = Way { function: function.to_owned(), upstream, ledger, passed: Arc::clone(&passed) };
        Self { server: Server::start(move |request| way.take(&request, &kill)), passed }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port()
    }

    /// The mails that the service accepted from this function, by its ids, whether or not the function heard of it.
    pub(crate) fn mails(&self) -> BTreeMap<String, String> {
        self.passed.mails.lock().unwrap().clone()
    }

    /// By how many seconds this function wished to delay messages.
    pub(crate) fn delays(&self) -> Vec<u64> {
        self.passed.delays.lock().unwrap().clone()
    }
}

impl Way {
    /// Nothing is the answer of a connection that was cut.
    fn take(&self, request: &Request, kill: &impl Fn()) -> Option<Answer> {
        let call = Call::of(&self.function, request);
        let site = call.site.clone();
        match self.ledger.record(call) {
            None => Some(self.forward(&site, request)),
            Some(Fault::KillBefore) => {
                kill();
                None
            }
            Some(Fault::KillAfter) => {
                self.forward(&site, request);
                kill();
                None
            }
            Some(Fault::TimeoutAfterSuccess) => {
                self.forward(&site, request);
                None
            }
            Some(Fault::Throttle) => Some(refusals::throttled(&site)),
            Some(Fault::ServerError(status)) => Some(refusals::failed(&site, status)),
            Some(Fault::Conflict) => Some(refusals::conflict(&site, request)),
            Some(Fault::TokenMismatch) => Some(refusals::token_mismatch()),
            Some(Fault::Partial) => {
                let (rest, refused) = partial::split(&site.action, request);
                let answer = rest.map(|rest| self.forward(&site, &rest));
                Some(refused.add_to(&site.action, answer))
            }
        }
    }

    fn forward(&self, site: &Site, request: &Request) -> Answer {
        let port = match site.service.as_str() {
            "dynamodb" => self.upstream.dynamodb,
            "slack" => self.upstream.slack,
            "lambda" => self.upstream.lambda,
            _ => self.upstream.moto,
        };
        let undelayed = (site.service == "sqs").then(|| self.undelayed(request)).flatten();
        let answer = http::send(port, undelayed.as_ref().unwrap_or(request));
        let answer = answer.unwrap_or_else(|error| panic!("{site}: the service does not answer: {error}"));
        if site.action == "SendEmail" && answer.status == 200 {
            let (asked, said): (Value, Value) = (parsed(&request.body), parsed(&answer.body));
            let mail = BASE64.decode(asked["Content"]["Raw"]["Data"].as_str().unwrap().as_bytes()).unwrap();
            let id = said["MessageId"].as_str().unwrap().to_owned();
            self.passed.mails.lock().unwrap().insert(id, String::from_utf8(mail).unwrap());
        }
        answer
    }

    /// The same request without a delay, where it has one.
    fn undelayed(&self, request: &Request) -> Option<Request> {
        let mut body: Value = serde_json::from_slice(&request.body).ok()?;
        let mut delays = Vec::new();
        let mut strip = |entry: &mut Value| delays.extend(entry.as_object_mut().and_then(|e| e.remove("DelaySeconds")));
        strip(&mut body);
        body.get_mut("Entries").and_then(Value::as_array_mut).into_iter().flatten().for_each(strip);
        let delays: Vec<u64> = delays.iter().filter_map(Value::as_u64).filter(|delay| *delay > 0).collect();
        if delays.is_empty() {
            return None;
        }
        self.passed.delays.lock().unwrap().extend(delays);
        Some(Request { body: body.to_string().into_bytes(), ..request.clone() })
    }
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}
