//! What every function shares: how a handler ends, and the one place from which messages leave.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::messages::{Message, QueueName};
use crate::ports::{
    Bus, BusError, Committed, Consistency, CrmError, InboxError, Index, Key, Query, Queue, QueueError, Row,
    StateChanged, Store, StoreError,
};
use crate::records::{Change, OUTBOX, Outgoing, QUIET};

/// How a handler ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what was asked.
    Done,
    /// It had been done before.
    AlreadyDone,
    /// There is nothing to do, for this reason.
    Skipped(String),
}

/// How a handler failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandlerError {
    /// The queue tries again.
    #[error("{0}")]
    Retry(String),
    /// Nothing has failed, it is only not yet the time: the queue tries again after a while, as if this had been no try.
    #[error("{reason}")]
    Later {
        /// How long to wait.
        after: SignedDuration,
        /// For what.
        reason: String,
    },
    /// Trying again cannot help: to the dead letters, with this reason.
    #[error("{0}")]
    Poison(String),
}

impl From<StoreError> for HandlerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) | StoreError::Unavailable(_) | StoreError::Unusable(_) => Self::Retry(told(&error)),
            StoreError::Refused(_) | StoreError::Unreadable { .. } => Self::Poison(told(&error)),
        }
    }
}

impl From<QueueError> for HandlerError {
    fn from(error: QueueError) -> Self {
        Self::Retry(told(&error))
    }
}

impl From<BusError> for HandlerError {
    fn from(error: BusError) -> Self {
        Self::Retry(told(&error))
    }
}

impl From<CrmError> for HandlerError {
    fn from(error: CrmError) -> Self {
        match error {
            CrmError::Unavailable(_) | CrmError::Restart(_) | CrmError::TooMany(_) => Self::Retry(told(&error)),
            CrmError::RateLimited { retry_after, .. } => Self::Later { after: retry_after, reason: told(&error) },
            CrmError::Unusable(_) => Self::Poison(told(&error)),
        }
    }
}

impl From<InboxError> for HandlerError {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::Unavailable(_) => Self::Retry(told(&error)),
            InboxError::Unusable(_) => Self::Poison(told(&error)),
        }
    }
}

impl From<crate::case::Forbidden> for HandlerError {
    fn from(error: crate::case::Forbidden) -> Self {
        Self::Poison(error.to_string())
    }
}

/// Does something that reads, and writes if nobody has written meanwhile, up to `most` times: until it was written, or failed for
/// another reason.
pub async fn again_and_again<T>(most: u32, work: impl AsyncFn() -> Result<T, HandlerError>) -> Result<T, HandlerError> {
    for _ in 1..most {
        match work().await {
            Err(HandlerError::Retry(_)) => {}
            ended => return ended,
        }
    }
    work().await
}

/// An error with its causes, in one line.
pub fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Rows of the outbox that are handed over together. A row holds what one commit sends: most often a message and an event,
/// at the end of a scan up to thirty of each.
const AT_ONCE: usize = 30;

/// What was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    /// How many messages were sent.
    pub messages: usize,
    /// Nothing is left; else time was up.
    pub all: bool,
}

/// Commits what handlers decided and hands their messages over: the one way out.
pub struct Outbox<'a> {
    /// Where everything is kept.
    pub store: &'a dyn Store,
    queue: &'a dyn Queue,
    bus: &'a dyn Bus,
    /// What was committed for the batch that is handled, and where it stands.
    gathered: Mutex<Vec<(Key, Vec<Outgoing>)>>,
}

impl<'a> Outbox<'a> {
    /// Everything is kept in `store`, messages go to `queue`, state changes to `bus`.
    pub fn new(store: &'a dyn Store, queue: &'a dyn Queue, bus: &'a dyn Bus) -> Self {
        Self { store, queue, bus, gathered: Mutex::default() }
    }

    /// Commits, then sends what the commit holds and strikes it off. Whatever a crash leaves behind, [`Outbox::drain`] sends.
    pub async fn commit(&self, change: Change, now: Timestamp) -> Result<Outcome, HandlerError> {
        let outcome = self.commit_in_batch(change).await?;
        self.end_batch(now).await?;
        Ok(outcome)
    }

    /// Commits. What the commit holds is sent at the end of the batch, together with what else the batch has committed.
    pub async fn commit_in_batch(&self, change: Change) -> Result<Outcome, HandlerError> {
        let (commit, waiting) = change.finish();
        match self.store.commit(commit).await? {
            Committed::Already => return Ok(Outcome::AlreadyDone),
            Committed::Written { .. } => {}
        }
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner).extend(waiting);
        Ok(Outcome::Done)
    }

    /// Sends what was committed in the batch. What cannot be sent stays where it is, for [`Outbox::drain`].
    pub async fn end_batch(&self, now: Timestamp) -> Result<(), HandlerError> {
        let gathered = std::mem::take(&mut *self.gathered.lock().unwrap_or_else(PoisonError::into_inner));
        self.hand_over(gathered, now).await
    }

    /// Sends whatever was committed up to a time and never handed over, for as long as there is time. Returns how many
    /// messages that were.
    pub async fn drain(
        &self,
        until: Timestamp,
        has_time: &(dyn Fn() -> bool + Sync),
        now: Timestamp,
    ) -> Result<usize, HandlerError> {
        let released = self.release(OUTBOX, &up_to(until), has_time, now).await?;
        Ok(released.messages)
    }

    /// Sends what was to wait for a time that has come, for as long as there is time.
    pub async fn send_due(
        &self,
        has_time: &(dyn Fn() -> bool + Sync),
        now: Timestamp,
    ) -> Result<Released, HandlerError> {
        self.release(QUIET, &up_to(now), has_time, now).await
    }

    /// How many commits of up to a time wait to be handed over; of more than a hundred, a hundred.
    pub async fn stranded(&self, until: Timestamp) -> Result<usize, HandlerError> {
        let through = up_to(until);
        let (index, consistency) = (Index::Table, Consistency::Eventual);
        let query = Query { index, consistency, partition: OUTBOX, after: None, through: Some(&through), limit: 100 };
        Ok(self.store.query(&query).await?.len())
    }

    /// Sends what waits in a partition, up to a sort key, and strikes it off, for as long as there is time.
    pub async fn release(
        &self,
        partition: &str,
        through: &str,
        has_time: &(dyn Fn() -> bool + Sync),
        now: Timestamp,
    ) -> Result<Released, HandlerError> {
        let mut messages = 0;
        let mut after: Option<String> = None;
        let mut failed = None;
        loop {
            if !has_time() {
                return failed.map_or(Ok(Released { messages, all: false }), Err);
            }
            let query = Query {
                index: Index::Table,
                consistency: Consistency::Strong,
                partition,
                after: after.as_deref(),
                through: Some(through),
                limit: AT_ONCE,
            };
            let stranded = self.store.query(&query).await?;
            let Some(last) = stranded.last().map(|row| row.sort.clone()) else {
                return failed.map_or(Ok(Released { messages, all: true }), Err);
            };
            let (waiting, unreadable): (Vec<_>, Vec<_>) = stranded.into_iter().map(read).partition(Result::is_ok);
            let waiting: Vec<_> = waiting.into_iter().flatten().collect();
            messages += waiting.iter().map(|(_, outgoing)| outgoing.len()).sum::<usize>();
            let handed_over = self.hand_over(waiting, now).await;
            let error = unreadable.into_iter().find_map(Result::err).or(handed_over.err());
            // What cannot leave must not hold back what stands behind it.
            if let Some(error) = error {
                after = Some(last);
                failed.get_or_insert(error);
            }
        }
    }

    /// Sends to every queue and to the bus whatever is for them, and strikes off what has left as a whole. Returns the first
    /// failure.
    async fn hand_over(&self, waiting: Vec<(Key, Vec<Outgoing>)>, now: Timestamp) -> Result<(), HandlerError> {
        if waiting.is_empty() {
            return Ok(());
        }
        let mut failures: Vec<(Option<QueueName>, HandlerError)> = Vec::new();
        for queue in QueueName::ALL {
            let all = waiting.iter().flat_map(|(_, outgoing)| outgoing);
            let bodies: Vec<String> = all.filter_map(|out| out.message_for(queue)).map(Message::to_json).collect();
            if !bodies.is_empty()
                && let Err(error) = self.queue.send(queue, &bodies, now).await
            {
                failures.push((Some(queue), error.into()));
            }
        }
        let all = waiting.iter().flat_map(|(_, outgoing)| outgoing);
        let events: Vec<StateChanged> = all.filter_map(Outgoing::event).cloned().collect();
        if !events.is_empty()
            && let Err(error) = self.bus.publish(&events).await
        {
            failures.push((None, error.into()));
        }
        let has_left = |(_, outgoing): &(Key, Vec<Outgoing>)| {
            failures.iter().all(|(to, _)| match to {
                Some(queue) => outgoing.iter().all(|out| out.message_for(*queue).is_none()),
                None => outgoing.iter().all(|out| out.event().is_none()),
            })
        };
        let strikes: Vec<Key> = waiting.iter().filter(|row| has_left(row)).map(|(key, _)| key.clone()).collect();
        if !strikes.is_empty() {
            self.store.save(Vec::new(), strikes).await?;
        }
        failures.into_iter().next().map_or(Ok(()), |(_, error)| Err(error))
    }
}

fn up_to(until: Timestamp) -> String {
    format!("{until}\u{10ffff}")
}

fn read(row: Row) -> Result<(Key, Vec<Outgoing>), HandlerError> {
    let out = serde_json::from_slice(&row.body)
        .map_err(|e| HandlerError::Poison(format!("the outbox holds {} that cannot be read: {e}", row.sort)))?;
    Ok((Key::new(&*row.partition, row.sort), out))
}
