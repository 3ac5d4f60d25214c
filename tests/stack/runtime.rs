//! The Lambda Runtime API for one process: hands it one invocation at a time and passes on what it says.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use jiff::Timestamp;
use serde_json::Value;

use crate::aws::{ACCOUNT, REGION};
use crate::http::{Answer, Request, Server};

/// What becomes known of a process.
#[derive(Debug)]
pub(crate) enum Said {
    /// It asks for the next invocation.
    Polled,
    /// It answered an invocation.
    Answered { id: String, answer: Vec<u8> },
    /// It gave an invocation up.
    Failed { id: String, error: Value },
    /// It could not start.
    CannotStart(Value),
    /// It has ended.
    Ended,
}

/// The interface, until it is dropped.
pub(crate) struct RuntimeApi {
    server: Server,
    invocations: Sender<Invocation>,
}

struct Invocation {
    id: String,
    event: String,
    deadline: Timestamp,
}

impl RuntimeApi {
    pub(crate) fn start(function: &str, said: Sender<Said>) -> Self {
        let (invocations, waiting) = channel();
        let waiting = Mutex::new(waiting);
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}");
        Self { server: Server::start(move |request| answer(&request, &arn, &waiting, &said)), invocations }
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.server.port())
    }

    /// Hands over an event, to be answered before this time.
    pub(crate) fn invoke(&self, id: &str, event: &str, deadline: Timestamp) {
        self.invocations.send(Invocation { id: id.to_owned(), event: event.to_owned(), deadline }).unwrap();
    }
}

fn answer(request: &Request, arn: &str, waiting: &Mutex<Receiver<Invocation>>, said: &Sender<Said>) -> Option<Answer> {
    let accepted = Some(Answer::json(202, &Value::Null));
    let path: Vec<&str> = request.path().trim_matches('/').split('/').collect();
    let body = || serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    // Whoever listened is gone when the process is; its last words go nowhere.
    let tell = |what: Said| said.send(what).ok();
    match path.as_slice() {
        ["2018-06-01", "runtime", "invocation", "next"] => {
            tell(Said::Polled);
            waiting.lock().unwrap().recv().ok().map(|invocation| invocation.answer(arn))
        }
        ["2018-06-01", "runtime", "invocation", id, "response"] => {
            tell(Said::Answered { id: (*id).to_owned(), answer: request.body.clone() });
            accepted
        }
        ["2018-06-01", "runtime", "invocation", id, "error"] => {
            tell(Said::Failed { id: (*id).to_owned(), error: body() });
            accepted
        }
        ["2018-06-01", "runtime", "init", "error"] => {
            tell(Said::CannotStart(body()));
            accepted
        }
        _ => Some(Answer::json(404, &Value::Null)),
    }
}

impl Invocation {
    fn answer(self, arn: &str) -> Answer {
        Answer::new(200, "application/json", self.event)
            .with("Lambda-Runtime-Aws-Request-Id", &self.id)
            .with("Lambda-Runtime-Deadline-Ms", self.deadline.as_millisecond().to_string())
            .with("Lambda-Runtime-Invoked-Function-Arn", arn)
            .with(
                "Lambda-Runtime-Trace-Id",
                "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0",
            )
    }
}
