//! What `sam deploy` makes of the template, as far as functions can tell: a table, queues, a bus, a bucket, a secret, the
//! six functions, and what drives them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::answers;
use crate::aws::bucket::Bucket;
use crate::aws::bus::Bus;
use crate::aws::mail;
use crate::aws::queue::Queue;
use crate::aws::secret::Secret;
use crate::aws::table::{Item, Table};
use crate::aws::{ACCOUNT, REGION};
use crate::bootstrap::Programs;
use crate::calls::Permission;
use crate::faults::Ledger;
use crate::function::{Failure, Function};
use crate::intakes::{self, Intakes};
use crate::mapping::{Mapping, Unruly};
use crate::privilege;
use crate::proxy::Upstream;
use crate::services::services;
use crate::slack::{self, Slack};

/// For so long a message is not visible after it was received; the template has it so.
const VISIBILITY: SignedDuration = SignedDuration::from_secs(6 * 60 + 20);
/// A scan that stands still is asked to go on after three quarters of an hour, and what is stranded is sent after minutes.
const UNTIL_ALL_IS_OVERDUE: SignedDuration = SignedDuration::from_hours(6);
/// Lambda tries an event of the scheduler so often.
const TRIES_OF_A_TICK: usize = 3;

/// A queue, the function that consumes it, and how many messages it takes at once.
const CONSUMERS: [(&str, &str, usize); 6] = [
    ("scan-pages", "scanner", 1),
    ("changes", "enrichment", 1_000),
    ("enriched", "planning", 100),
    ("planned", "notify", 100),
    ("deliveries", "notify", 10),
    ("feedback", "notify", 100),
];
/// A function and the queues it sends to.
const SENDERS: [(&str, &[&str]); 6] = [
    ("scanner", &["scan-pages", "changes", "planned"]),
    ("enrichment", &["changes", "enriched"]),
    ("planning", &["planned"]),
    ("notify", &["planned", "deliveries"]),
    ("steward", &["scan-pages", "changes", "enriched", "planned", "deliveries", "feedback"]),
    ("respond", &["planned", "deliveries"]),
];

/// One deployment, until it is dropped.
pub(crate) struct Deployment {
    /// Of the table, bus, bucket, secret and configuration set; each queue's begins with it.
    pub name: String,
    pub table: Table,
    /// By their names in the template.
    pub queues: BTreeMap<&'static str, Queue>,
    pub dead_letters: BTreeMap<&'static str, Queue>,
    pub bus: Bus,
    pub bucket: Bucket,
    pub secret: Secret,
    pub slack: Slack,
    pub intakes: Intakes,
    pub ledger: Arc<Ledger>,
    /// How unruly the queues are from now on.
    pub unruly: Mutex<Unruly>,
    functions: BTreeMap<&'static str, Arc<Function>>,
    mappings: Vec<Mapping>,
    upstream: Upstream,
    now: Mutex<Option<Timestamp>>,
}

impl Deployment {
    /// A fresh one; nothing where the environment does not say where the services or the functions' binaries are.
    pub(crate) fn new(name: &str) -> Option<Self> {
        Self::with(name, &[])
    }

    /// One whose functions have more in their environment.
    pub(crate) fn with(name: &str, environment: &[(&str, &str)]) -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        Self::named(&format!("{name}-{}", NUMBER.fetch_add(1, Ordering::SeqCst)), environment)
    }

    /// One of exactly this name, which no other may have.
    pub(crate) fn named(name: &str, environment: &[(&str, &str)]) -> Option<Self> {
        let services = services()?;
        let programs = Programs::named()?;
        let port = services.moto;
        let queue = |queue: &str| format!("{name}-{queue}");
        let dead_letters = CONSUMERS.map(|(of, ..)| (of, Queue::plain(port, &queue(&format!("{of}-dead-letters")))));
        let dead_letters = BTreeMap::from(dead_letters);
        let queues = CONSUMERS.map(|(of, ..)| (of, Queue::with_dead_letters(port, &queue(of), &dead_letters[of])));
        let slack = Slack::start();
        let intakes = Intakes::start(CONSUMERS.map(|(queue, ..)| queue));
        let upstream =
            Upstream { dynamodb: services.dynamodb, moto: port, slack: slack.port(), lambda: intakes.port() };
        mail::verify(port, "localhost");
        mail::create_configuration_set(port, name);
        let mut deployment = Self {
            name: name.to_owned(),
            table: Table::create(services.dynamodb, name),
            queues: BTreeMap::from(queues),
            dead_letters,
            bus: Bus::create(port, name),
            bucket: Bucket::create(port, name),
            secret: Secret::create(port, name, &secret_values()),
            slack,
            intakes,
            ledger: Arc::default(),
            unruly: Mutex::default(),
            functions: BTreeMap::new(),
            mappings: Vec::new(),
            upstream,
            now: Mutex::default(),
        };
        deployment.deploy(&programs, environment);
        Some(deployment)
    }

    /// Another one over the same items and files; what happens to one does not happen to the other. Queues, mails and
    /// Slack begin empty.
    pub(crate) fn copy(&self, name: &str) -> Self {
        let copy = Self::new(name).unwrap();
        copy.table.put(&self.table.items());
        for key in self.bucket.keys("") {
            copy.bucket.put(&key, self.bucket.get(&key));
        }
        copy
    }

    fn deploy(&mut self, programs: &Programs, more: &[(&str, &str)]) {
        for (function, sends_to) in SENDERS {
            let mut environment = self.environment(function, sends_to);
            environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            let ledger = Arc::clone(&self.ledger);
            let deployed = Function::deploy(programs, function, &environment, self.upstream, ledger);
            self.functions.insert(function, Arc::new(deployed));
        }
        let mapping = |(queue, function, size): (&str, &str, usize)| {
            Mapping::new(self.queues[queue].clone(), Arc::clone(&self.functions[function]), size)
        };
        self.mappings = CONSUMERS.map(mapping).into();
    }

    fn environment(&self, function: &str, sends_to: &[&str]) -> Vec<(String, String)> {
        let to: BTreeMap<_, _> = sends_to.iter().map(|queue| (*queue, self.queues[queue].url.clone())).collect();
        let consumed = CONSUMERS.into_iter().filter(|(_, consumer, _)| *consumer == function);
        let dead: BTreeMap<_, _> = consumed.map(|(queue, ..)| (queue, self.dead_letters[queue].url.clone())).collect();
        let mut environment = vec![
            ("BATON_TABLE", self.table.name.clone()),
            ("BATON_BUS", self.bus.name.clone()),
            ("BATON_QUEUES", json!(to).to_string()),
            ("BATON_DEAD_LETTERS", json!(dead).to_string()),
            ("BATON_CRM", format!("export:s3://{}/exports", self.bucket.name)),
            ("BATON_CONFIGURATION_SET", self.name.clone()),
            ("RUST_LOG", "info".to_owned()),
        ];
        if ["notify", "respond"].contains(&function) {
            environment.push(("BATON_SECRET", self.secret.arn.clone()));
        }
        if function == "steward" {
            let ids: BTreeMap<_, _> = CONSUMERS.iter().map(|(queue, ..)| (*queue, intakes::id(queue))).collect();
            environment.push(("BATON_MAPPINGS", json!(ids).to_string()));
            environment.push(("BATON_IDLE_POLLING", "always".to_owned()));
        }
        environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Puts the CSV files of a directory where the CRM's export of that day is expected.
    pub(crate) fn upload_export(&self, day: &str, dir: &Path) {
        self.bucket.put_dir(&format!("exports/{day}"), dir);
    }

    pub(crate) fn upload_mails(&self, dir: &Path) {
        self.bucket.put_dir("exports/mail", dir);
    }

    /// From now on it is this time for every function. Until this is said it is the machine's.
    pub(crate) fn now_is(&self, now: Timestamp) {
        *self.now.lock().unwrap() = Some(now);
        self.functions().for_each(|function| function.now_is(now));
    }

    /// So much time passes, where it is not the machine's.
    pub(crate) fn pass(&self, time: SignedDuration) {
        let now = *self.now.lock().unwrap();
        now.into_iter().for_each(|now| self.now_is(now + time));
    }

    /// What the scheduler sends to the scanner: `pass` is `full` or `delta`. Lambda tries what fails twice more.
    pub(crate) fn tick(&self, scan: &str, at: Timestamp, pass: &str, shadow: bool) -> Result<Value, Failure> {
        let event = scheduled(scan, at, &json!({ "shadow": shadow, "pass": pass }));
        let mut outcome = self.function("scanner").invoke(&event);
        for _ in 1..TRIES_OF_A_TICK {
            if outcome.is_err() {
                outcome = self.function("scanner").invoke(&event);
            }
        }
        outcome
    }

    /// What Slack sends to the function that takes answers, once it has taken it.
    #[track_caller]
    pub(crate) fn answer(&self, event: &Value) {
        let answered = self.function("respond").invoke(event).unwrap_or_else(|failure| panic!("{failure:?}"));
        assert_eq!((&answered["statusCode"], &answered["body"]), (&json!(200), &json!("")));
    }

    /// What the scheduler sends to the steward.
    pub(crate) fn steward(&self, id: &str, at: Timestamp) -> Result<Value, Failure> {
        self.function("steward").invoke(&scheduled(id, at, &json!({})))
    }

    /// Everything that follows from what is there: the queues, an hour later what a crash has stranded, and what comes of
    /// that.
    pub(crate) fn see_through(&self, steward: &str, at: Timestamp) {
        self.settle();
        self.pass(UNTIL_ALL_IS_OVERDUE);
        self.steward(steward, at)
            .unwrap_or_else(|failure| panic!("{failure:?}\n{:#?}", self.function("steward").log()));
        self.settle();
    }

    /// Lets every function consume its queues until all are empty; returns how many messages were delivered. What fails is
    /// delivered again when its visibility timeout is over, and ends in the dead letters if it fails again and again.
    pub(crate) fn settle(&self) -> usize {
        let mut delivered = 0;
        for _ in 0..1_000 {
            let (before, mut failed) = (delivered, 0);
            for mapping in &self.mappings {
                let unruly = &mut self.unruly.lock().unwrap();
                let batch = mapping.deliver(unruly);
                delivered += batch.as_ref().map_or(0, |batch| batch.messages);
                failed += batch.map_or(0, |batch| batch.failed);
            }
            if failed > 0 {
                self.pass(VISIBILITY);
            }
            if delivered == before && self.queues.values().all(|queue| queue.depth() == 0) {
                return delivered;
            }
        }
        let left: Vec<_> = self.queues.values().map(|queue| (&queue.name, queue.depth())).collect();
        panic!("messages are left after 1000 rounds: {left:?}");
    }

    pub(crate) fn function(&self, name: &str) -> &Function {
        &self.functions[name]
    }

    pub(crate) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values().map(|function| &**function)
    }

    pub(crate) fn mapping(&self, queue: &str) -> &Mapping {
        let at = CONSUMERS.iter().position(|(name, ..)| *name == queue);
        &self.mappings[at.unwrap_or_else(|| panic!("there is no queue {queue}"))]
    }

    /// The permissions that a function has needed so far, `STACK` standing for this deployment's name.
    pub(crate) fn needs(&self, function: &str) -> BTreeSet<Permission> {
        let anywhere = |need: Permission| Permission { resource: need.resource.replace(&self.name, "STACK"), ..need };
        self.ledger.needs(function).into_iter().map(anywhere).collect()
    }

    /// The items whose sort key begins so.
    pub(crate) fn items(&self, sort: &str) -> Vec<Item> {
        self.table.items().into_iter().filter(|item| item.sort().starts_with(sort)).collect()
    }

    /// The mails of this deployment that the service accepted.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.functions().flat_map(|function| function.proxy().mails().into_values()).collect()
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            privilege::check(self);
        }
    }
}

/// A schedule's event, with the id and the time of the tick.
fn scheduled(id: &str, at: Timestamp, detail: &Value) -> Value {
    json!({
        "version": "0",
        "id": id,
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": REGION,
        "resources": [format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/baton")],
        "detail": detail,
    })
}

/// What the functions sign in with, and verify answers by.
fn secret_values() -> Value {
    json!({
        "slack_bot_token": slack::TOKEN,
        "slack_signing_secret": answers::SIGNING_SECRET,
        "link_key": crate::app::LINK_KEY,
    })
}
