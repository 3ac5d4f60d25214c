//! The intake of the queues: awake while there is work, asleep after an hour without. A poller asks an empty queue three
//! times a minute, day and night, and each question is billed.

use domain::handler::told;
use domain::messages::QueueName;
use domain::ports::{Intake, IntakeError, IntakeState, Item, Key, Store, StoreError};
use domain::records;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// For so long there must have been nothing before the intake sleeps. A scan that is under way and a message that is tried
/// again count as work, so this bridges only what cannot be seen: counts of SQS lag behind by a minute.
const NOTHING_FOR: SignedDuration = SignedDuration::from_hours(1);

/// The intake of the queues, and what is wanted of it.
pub struct Sleeper<'a> {
    /// The intake.
    pub intake: &'a dyn Intake,
    /// Whether it may sleep at all.
    pub may_sleep: bool,
}

/// What became of the intake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tended {
    /// Queues whose intake was woken.
    pub woken: usize,
    /// Queues whose intake was put to sleep.
    pub put_to_sleep: usize,
    /// What could not be found out or done; it is tried again at the next tick.
    pub stuck: usize,
}

/// Since when there has been nothing to do; there is no such record while there is.
#[derive(Debug, Serialize, Deserialize)]
struct Idle {
    idle_since: Timestamp,
}

fn idle_key() -> Key {
    Key::new("STEWARD", "INTAKE")
}

/// Wakes the intake if there is work, puts it to sleep if there has been none for an hour. `is_busy` is what is known of work
/// without looking into the queues. It never fails: what does not work is counted, and tried again at the next tick.
pub(crate) async fn tend(sleeper: &Sleeper<'_>, is_busy: bool, store: &dyn Store, now: Timestamp) -> Tended {
    let mut tended = Tended::default();
    let is_busy = is_busy || !sleeper.may_sleep || something_waits(sleeper.intake, &mut tended).await;
    let idle_since = idle_since(is_busy, store, now).await.unwrap_or_else(|error| {
        tracing::error!(error = told(&error), "it cannot be recorded since when there is nothing to do");
        tended.stuck += 1;
        None
    });
    if is_busy {
        set(true, sleeper.intake, &mut tended).await;
    } else if idle_since.is_some_and(|since| now.duration_since(since) >= NOTHING_FOR) {
        set(false, sleeper.intake, &mut tended).await;
    }
    tended
}

/// Whether any queue holds a message. One that cannot be asked may hold one.
async fn something_waits(intake: &dyn Intake, tended: &mut Tended) -> bool {
    let mut waits = false;
    for queue in QueueName::ALL {
        match intake.waiting(queue).await {
            Ok(messages) => waits |= messages > 0,
            Err(error) => {
                let queue = queue.as_str();
                tracing::error!(queue, error = told(&error), "it cannot be found out whether a message waits");
                (tended.stuck, waits) = (tended.stuck + 1, true);
            }
        }
    }
    waits
}

/// Since when there has been nothing to do: since now at the first sight of it.
async fn idle_since(is_busy: bool, store: &dyn Store, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let known = records::read::<Idle>(store, &idle_key()).await?.map(|record| record.value.idle_since);
    match (is_busy, known) {
        (true, None) => Ok(None),
        (true, Some(_)) => store.save(Vec::new(), vec![idle_key()]).await.map(|()| None),
        (false, Some(since)) => Ok(Some(since)),
        (false, None) => {
            let body = records::encode(&Idle { idle_since: now });
            let item = Item { key: idle_key(), index: None, body, expires: None };
            store.save(vec![item], Vec::new()).await.map(|()| Some(now))
        }
    }
}

async fn set(awake: bool, intake: &dyn Intake, tended: &mut Tended) {
    for queue in QueueName::ALL {
        match set_one(awake, queue, intake).await {
            Ok(false) => {}
            Ok(true) if awake => tended.woken += 1,
            Ok(true) => tended.put_to_sleep += 1,
            Err(error) => {
                let queue = queue.as_str();
                tracing::error!(queue, awake, error = told(&error), "the intake of a queue could not be changed");
                tended.stuck += 1;
            }
        }
    }
}

/// Returns whether anything was to be changed. What is changing already is looked at again at the next tick.
async fn set_one(awake: bool, queue: QueueName, intake: &dyn Intake) -> Result<bool, IntakeError> {
    let changed = match (intake.state(queue).await?, awake) {
        (IntakeState::Asleep, true) => intake.wake(queue).await,
        (IntakeState::Awake, false) => intake.put_to_sleep(queue).await,
        (IntakeState::Awake, true) | (IntakeState::Asleep, false) | (IntakeState::Changing, _) => return Ok(false),
    };
    match changed {
        Ok(()) => {
            tracing::info!(queue = queue.as_str(), awake, "the intake of a queue was changed");
            Ok(true)
        }
        Err(IntakeError::Changing) => Ok(false),
        Err(error) => Err(error),
    }
}
