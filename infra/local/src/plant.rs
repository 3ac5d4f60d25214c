//! The whole of Baton on one machine: a state directory, an outbox directory, and a pump that empties every queue.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::config::Config;
use domain::handler::{HandlerError, Outbox};
use domain::messages::QueueName;
use domain::ports::{Bus, Clock, Crm, GivenBack, Inbox, Mailer, Messenger, People, Queue, Store};
use domain::records::ScanRecord;
use envelope::{Foreign, Handled, HasTime, ScanRequested};
use jiff::SignedDuration;
use links::Signer;
use steward::Owners;

use crate::adapters::{Database, DatabaseError, FileBus, FileMailer, FileMessenger, NoCrm, SqliteQueue, SqliteStore};

/// Baton on one machine.
pub struct Plant {
    /// State.
    pub store: SqliteStore,
    /// Messages between the functions.
    pub queue: SqliteQueue,
    bus: FileBus,
    mailer: Box<dyn Mailer>,
    messenger: Box<dyn Messenger>,
    /// The configuration in force.
    pub config: Config,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Messages of an earlier run were made visible: once a run, else one that fails would be tried twice in it.
    recovered: AtomicBool,
    inbox: Option<Box<dyn Inbox>>,
    people: Option<Box<dyn People>>,
    links: Option<Signer>,
}

/// What the pump did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pumped {
    /// Messages that an earlier run had left behind.
    pub recovered: usize,
    /// Messages handled.
    pub handled: usize,
    /// Why messages wait for the next run, one reason for each.
    pub waiting: Vec<String>,
    /// Messages given up, with the reasons.
    pub buried: Vec<String>,
}

/// A scan that was left unfinished, the one that was asked for, and what a crash between them may leave.
const MOST_SCANS: usize = 4;

/// How many messages one function is given at once. Enrichment reads the CRM once a batch, so its batches are large.
fn batch(queue: QueueName) -> usize {
    match queue {
        QueueName::ScanPages => 1,
        QueueName::Changes => 1_000,
        QueueName::Enriched | QueueName::Planned | QueueName::Deliveries | QueueName::Feedback => 100,
    }
}

impl Plant {
    /// Opens the state for a run that writes.
    pub fn open(state: &Path, outbox: &Path, config: Config, clock: Arc<dyn Clock>) -> Result<Self, DatabaseError> {
        Ok(Self::over(Database::open(state)?, outbox, config, clock))
    }

    /// Baton over this database, writing what leaves into `outbox`.
    pub fn over(database: Database, outbox: &Path, config: Config, clock: Arc<dyn Clock>) -> Self {
        let database = Arc::new(database);
        Self {
            store: SqliteStore::new(Arc::clone(&database), Arc::clone(&clock)),
            queue: SqliteQueue::new(database),
            bus: FileBus::new(outbox),
            mailer: Box::new(FileMailer::new(outbox)),
            messenger: Box::new(FileMessenger::new(outbox)),
            config,
            clock,
            recovered: AtomicBool::new(false),
            inbox: None,
            people: None,
            links: None,
        }
    }

    /// The same, and its mails can be answered by links that this signer signs.
    #[must_use]
    pub fn answered_by(self, links: Option<Signer>) -> Self {
        Self { links, ..self }
    }

    /// The same, and it hears from others than the CRM too.
    #[must_use]
    pub fn hearing(self, inbox: Option<Box<dyn Inbox>>, people: Option<Box<dyn People>>) -> Self {
        Self { inbox, people, ..self }
    }

    /// The same, and what is told goes out by these instead of into files.
    #[must_use]
    pub fn sending(self, mailer: Option<Box<dyn Mailer>>, messenger: Option<Box<dyn Messenger>>) -> Self {
        Self { mailer: mailer.unwrap_or(self.mailer), messenger: messenger.unwrap_or(self.messenger), ..self }
    }

    /// The same at another time.
    #[must_use]
    pub fn at(self, clock: Arc<dyn Clock>) -> Self {
        Self { store: self.store.at(Arc::clone(&clock)), clock, ..self }
    }

    /// Commits and hands over, as every function does.
    pub fn outbox(&self) -> Outbox<'_> {
        Outbox::new(&self.store, &self.queue, &self.bus)
    }

    /// The functions over this plant's ports and `crm`.
    pub fn works<'a>(&'a self, crm: &'a dyn Crm) -> Works<'a> {
        Works {
            crm,
            inbox: self.inbox.as_deref(),
            people: self.people.as_deref(),
            store: &self.store,
            queue: &self.queue,
            bus: &self.bus,
            mailer: &*self.mailer,
            messenger: &*self.messenger,
            links: self.links.as_ref(),
            config: &self.config,
            clock: &*self.clock,
        }
    }

    /// Runs one scan to its end, without what follows from it.
    pub async fn scan(
        &self,
        crm: &dyn Crm,
        request: ScanRequested,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<ScanRecord, HandlerError> {
        self.works(crm).scan(request, progress).await
    }

    /// Takes up what an earlier run left behind, then feeds every function until nothing is left but what has failed.
    pub async fn pump(&self, crm: &dyn Crm) -> Result<Pumped, HandlerError> {
        let recovered = if self.recovered.swap(true, Ordering::Relaxed) { 0 } else { self.queue.recover()? };
        let mut pumped = self.works(crm).pump().await?;
        pumped.recovered += recovered;
        Ok(pumped)
    }

    /// One tick of the steward, who asks `owners` who is responsible now.
    pub async fn steward(&self, owners: &dyn Owners) -> steward::Report {
        self.works(&NoCrm).steward(owners).await
    }

    /// Lets what was decided about cases take effect at once: notices go out, and what was posted and logged shows the present
    /// state. What needs a CRM that is read stays where it is.
    pub async fn pump_notices(&self, crm: &dyn Crm) -> Result<Pumped, HandlerError> {
        self.works(crm).pump_queues(&[QueueName::Planned, QueueName::Deliveries]).await
    }

    /// Gives an SQS event, as Lambda would, to the function behind a queue.
    pub async fn invoke(&self, queue: QueueName, event: &str, crm: &dyn Crm) -> Result<Vec<Handled>, HandlerError> {
        self.works(crm).invoke(queue, event).await
    }
}

/// Every function over whatever ports it is given.
#[derive(Clone, Copy)]
pub struct Works<'a> {
    /// The CRM.
    pub crm: &'a dyn Crm,
    /// Where mails that came back lie, if anywhere.
    pub inbox: Option<&'a dyn Inbox>,
    /// Who knows where people work, if anybody.
    pub people: Option<&'a dyn People>,
    /// State.
    pub store: &'a dyn Store,
    /// Messages between the functions.
    pub queue: &'a dyn Queue,
    /// Where state changes are published.
    pub bus: &'a dyn Bus,
    /// Sends mail.
    pub mailer: &'a dyn Mailer,
    /// Posts Slack messages.
    pub messenger: &'a dyn Messenger,
    /// Signs the links by which a mail is answered.
    pub links: Option<&'a Signer>,
    /// The configuration in force.
    pub config: &'a Config,
    /// The time of day.
    pub clock: &'a dyn Clock,
}

impl Works<'_> {
    /// Runs one scan to its end, without what follows from it. One that an earlier run left unfinished comes to its end first.
    pub async fn scan(
        &self,
        request: ScanRequested,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<ScanRecord, HandlerError> {
        let (scan, system) = (request.scan.clone(), self.crm.system().to_owned());
        for _ in 0..MOST_SCANS {
            self.scan_pages(progress).await?;
            if let Some(record) = domain::records::finished_scan(self.store, &system, &scan).await? {
                return Ok(record);
            }
            scanner::handle(request.clone(), &self.scanner(progress)).await?;
        }
        Err(HandlerError::Retry(format!("the scan {scan} does not come to its end; run again")))
    }

    /// Goes on with a scan until nothing of it is left. Nobody else works here, so what fails is told at once instead of
    /// being tried again: the next scan takes it up.
    async fn scan_pages(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<(), HandlerError> {
        self.outbox().drain(self.clock.now(), &|| true, self.clock.now()).await?;
        loop {
            let received = self.queue.receive(QueueName::ScanPages, 1, self.clock.now()).await?;
            if received.is_empty() {
                return Ok(());
            }
            let records = envelope::records(&envelope::sqs_event(&received)).map_err(foreign)?;
            for Handled { received, outcome, .. } in scanner::handle_batch(records, &self.scanner(progress)).await {
                self.queue.delete(QueueName::ScanPages, &[received.receipt]).await?;
                outcome?;
            }
        }
    }

    fn scanner<'a>(&'a self, progress: &'a (dyn Fn(u64) + Sync)) -> scanner::Deps<'a> {
        scanner::Deps {
            crm: self.crm,
            inbox: self.inbox,
            people: self.people,
            outbox: self.outbox(),
            config: self.config,
            clock: self.clock,
            part_size: usize::MAX,
            patience: SignedDuration::ZERO,
            has_time: &|| true,
            progress,
            ended: &|_| {},
        }
    }

    /// Hands over what was stranded, then feeds every function until the queues give nothing more: they are empty, or hide
    /// what has failed.
    pub async fn pump(&self) -> Result<Pumped, HandlerError> {
        self.pump_queues(&QueueName::ALL).await
    }

    async fn pump_queues(&self, queues: &[QueueName]) -> Result<Pumped, HandlerError> {
        let recovered = self.outbox().drain(self.clock.now(), &|| true, self.clock.now()).await?;
        let mut pumped = Pumped { recovered, ..Pumped::default() };
        loop {
            let mut idle = true;
            for queue in queues {
                while self.step(*queue, &mut pumped).await? {
                    idle = false;
                }
            }
            if idle {
                return Ok(pumped);
            }
        }
    }

    /// Gives an SQS event, as Lambda would, to the function behind a queue.
    pub async fn invoke(&self, queue: QueueName, event: &str) -> Result<Vec<Handled>, HandlerError> {
        let records = envelope::records(event).map_err(foreign)?;
        let Self { crm, mailer, messenger, links, config, clock, .. } = *self;
        let outbox = self.outbox();
        let has_time: HasTime<'_> = &|| true;
        Ok(match queue {
            QueueName::ScanPages => scanner::handle_batch(records, &self.scanner(&|_| {})).await,
            QueueName::Changes => {
                let deps = enrichment::Deps { crm, outbox, config, clock, has_time };
                enrichment::handle_batch(records, &deps).await
            }
            QueueName::Enriched => {
                planning::handle_batch(records, &planning::Deps { outbox, config, clock, has_time }).await
            }
            QueueName::Planned | QueueName::Deliveries | QueueName::Feedback => {
                let told: &(dyn Fn(SignedDuration) + Sync) = &|_| {};
                let deps = notify::Deps { crm, mailer, messenger, links, outbox, config, clock, has_time, told };
                notify::handle_batch(records, &deps).await
            }
        })
    }

    /// One tick of the steward, without what follows from it. Here no intake can sleep.
    pub async fn steward(&self, owners: &dyn Owners) -> steward::Report {
        let (outbox, config, clock) = (self.outbox(), self.config, self.clock);
        steward::handle(&steward::Deps { outbox, sleeper: None, owners, config, clock, has_time: &|| true }).await
    }

    fn outbox(&self) -> Outbox<'_> {
        Outbox::new(self.store, self.queue, self.bus)
    }

    /// Feeds one batch to the function behind a queue. Returns whether there was one.
    async fn step(&self, queue: QueueName, pumped: &mut Pumped) -> Result<bool, HandlerError> {
        let received = self.queue.receive(queue, batch(queue), self.clock.now()).await?;
        if received.is_empty() {
            return Ok(false);
        }
        let handled = self.invoke(queue, &envelope::sqs_event(&received)).await?;
        self.settle(queue, handled, pumped).await?;
        Ok(true)
    }

    /// Deletes what was handled, gives back what may work later, buries what cannot.
    async fn settle(&self, queue: QueueName, handled: Vec<Handled>, pumped: &mut Pumped) -> Result<(), HandlerError> {
        let now = self.clock.now();
        let mut done = Vec::new();
        for Handled { received, outcome, .. } in handled {
            match outcome {
                Ok(_) => done.push(received.receipt),
                Err(HandlerError::Retry(reason)) => {
                    tracing::warn!(queue = queue.as_str(), message.id = %received.id, %reason, "a message failed");
                    match self.queue.give_back(queue, &received, &reason, now).await? {
                        GivenBack::Waits => pumped.waiting.push(reason),
                        GivenBack::GivenUp(reason) => pumped.buried.push(reason),
                    }
                }
                Err(HandlerError::Later { after, reason }) => {
                    envelope::put_off(self.queue, queue, &received, after, now).await?;
                    self.queue.delete(queue, &[received.receipt]).await?;
                    pumped.waiting.push(reason);
                }
                Err(HandlerError::Poison(reason)) => {
                    tracing::warn!(queue = queue.as_str(), message.id = %received.id, %reason, "a message was given up");
                    self.queue.bury(queue, &received, &reason, now).await?;
                    pumped.buried.push(reason);
                }
            }
        }
        pumped.handled += done.len();
        Ok(self.queue.delete(queue, &done).await?)
    }
}

fn foreign(foreign: Foreign) -> HandlerError {
    HandlerError::Poison(foreign.to_string())
}
