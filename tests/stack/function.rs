//! One deployed function, invoked through the Runtime API. Lambda starts a process when it needs one and keeps it; after a
//! death the next invocation gets a new one.

use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;

use crate::bootstrap::{Bootstrap, Programs};
use crate::faults::Ledger;
use crate::process::{Log, Process};
use crate::proxy::{Proxy, Upstream};
use crate::runtime::{RuntimeApi, Said};

/// The timeout of every function in the template.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);
/// Lambda gives a function so long until its first poll.
const INIT: Duration = Duration::from_secs(10);

/// A function, until it is dropped.
pub(crate) struct Function {
    pub name: String,
    bootstrap: Bootstrap,
    /// What Lambda leaves a sandbox of its disk, from one process to the next.
    _scratch: TempDir,
    process: Process,
    proxy: Proxy,
    log: Log,
    running: Mutex<Option<Running>>,
    invocations: Mutex<u64>,
    now: Mutex<Option<Timestamp>>,
}

/// A process that has polled at least once, and the interface it polls.
struct Running {
    api: RuntimeApi,
    said: Receiver<Said>,
    ended: bool,
}

/// Why an invocation brought no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// The function says so: `errorType`, `errorMessage`.
    Error(Value),
    /// The process ended.
    Died,
    /// Lambda ended it at the deadline.
    TimedOut,
    /// It did not get as far as its first poll.
    CannotStart(Value),
}

impl Function {
    /// The function with the environment that the template gives it.
    pub(crate) fn deploy(
        programs: &Programs,
        name: &str,
        environment: &[(String, String)],
        upstream: Upstream,
        ledger: Arc<Ledger>,
    ) -> Self {
        let process = Process::default();
        let victim = process.clone();
        let proxy = Proxy::start(name, upstream, ledger, move || victim.kill());
        let scratch = tempfile::tempdir().unwrap();
        Self {
            name: name.to_owned(),
            bootstrap: programs.bootstrap(name, proxy.port(), scratch.path(), environment),
            _scratch: scratch,
            process,
            proxy,
            log: Log::default(),
            running: Mutex::default(),
            invocations: Mutex::default(),
            now: Mutex::default(),
        }
    }

    /// The command that starts it against another Runtime API than ours.
    pub(crate) fn command(&self, runtime_api: &str) -> Command {
        self.bootstrap.command(runtime_api, *self.now.lock().unwrap())
    }

    /// Invokes it with its full time.
    pub(crate) fn invoke(&self, event: &Value) -> Result<Value, Failure> {
        self.invoke_within(event, TIMEOUT, TIMEOUT)
    }

    /// Invokes it with something that may be no JSON at all.
    pub(crate) fn invoke_text(&self, event: &str) -> Result<Value, Failure> {
        self.invoke_text_within(event, TIMEOUT, TIMEOUT)
    }

    /// Says that `told` remains and ends the process after `granted`. Lambda never grants more than it told; a test that
    /// tells nothing remains must.
    pub(crate) fn invoke_within(&self, event: &Value, told: Duration, granted: Duration) -> Result<Value, Failure> {
        self.invoke_text_within(&event.to_string(), told, granted)
    }

    fn invoke_text_within(&self, event: &str, told: Duration, granted: Duration) -> Result<Value, Failure> {
        let mut running = self.running.lock().unwrap();
        let mut current = match running.take().filter(Running::is_there) {
            Some(current) => current,
            None => self.start()?,
        };
        let now = self.now.lock().unwrap().unwrap_or_else(Timestamp::now);
        let deadline = now + SignedDuration::try_from(told).unwrap();
        let outcome = current.invoke(&self.next_id(), event, deadline, granted);
        if current.ended || outcome == Err(Failure::TimedOut) {
            self.process.kill();
        } else {
            *running = Some(current);
        }
        outcome
    }

    /// Ends the process, as Lambda does between any two invocations.
    pub(crate) fn recycle(&self) {
        self.process.kill();
        *self.running.lock().unwrap() = None;
    }

    /// From now on, and as long as nothing else is said, it is this time for the function.
    pub(crate) fn now_is(&self, now: Timestamp) {
        if self.now.lock().unwrap().replace(now) != Some(now) {
            self.recycle();
        }
    }

    /// Every line that any of its processes wrote. The one that is there is ended: only then is its last line certain.
    pub(crate) fn log(&self) -> Vec<String> {
        self.recycle();
        self.log_so_far()
    }

    /// What has arrived of that while the process goes on.
    pub(crate) fn log_so_far(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// The lines in CloudWatch's embedded metric format.
    pub(crate) fn metrics(&self) -> Vec<Value> {
        let lines = self.log().into_iter().filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        lines.filter(|line| line.get("_aws").is_some()).collect()
    }

    pub(crate) fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    fn start(&self) -> Result<Running, Failure> {
        let (tell, said) = channel();
        let api = RuntimeApi::start(&self.name, tell.clone());
        let mut command = self.bootstrap.command(&api.address(), *self.now.lock().unwrap());
        self.process.kill();
        self.process.start(&mut command, &self.log, tell);
        let failure = match said.recv_timeout(INIT) {
            Ok(Said::Polled) => return Ok(Running { api, said, ended: false }),
            Ok(Said::CannotStart(error)) => Failure::CannotStart(error),
            _ => Failure::CannotStart(Value::Null),
        };
        self.process.kill();
        Err(failure)
    }

    fn next_id(&self) -> String {
        let mut count = self.invocations.lock().unwrap();
        *count += 1;
        format!("00000000-0000-4000-8000-{:012}", *count)
    }
}

impl Running {
    /// Whether the process is still there, as far as is known.
    fn is_there(&self) -> bool {
        !matches!(self.said.try_recv(), Ok(Said::Ended))
    }

    /// Lambda takes an invocation for ended when the process polls again.
    fn invoke(&mut self, id: &str, event: &str, deadline: Timestamp, granted: Duration) -> Result<Value, Failure> {
        self.api.invoke(id, event, deadline);
        let end = Instant::now() + granted;
        let mut outcome = Err(Failure::Died);
        loop {
            match self.said.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Said::Answered { id: of, answer }) if of == id => {
                    outcome = Ok(serde_json::from_slice(&answer).unwrap_or_else(|_| "no JSON".into()));
                }
                Ok(Said::Failed { id: of, error }) if of == id => outcome = Err(Failure::Error(error)),
                Ok(Said::Polled) => return outcome,
                Ok(Said::Ended) | Err(RecvTimeoutError::Disconnected) => {
                    self.ended = true;
                    return outcome;
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Err(Failure::TimedOut),
            }
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.process.kill();
    }
}
