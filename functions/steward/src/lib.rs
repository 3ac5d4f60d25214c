//! Steward: sees to what time has passed over. Sends what a crash has left in the outbox, asks scans that stand still to go
//! on, wakes the intake of the queues or lets it sleep, follows up what nobody has acted on, and counts what waits for people.

mod digest;
mod follow;
mod intake;
mod owners;

use domain::config::Config;
use domain::handler::{HandlerError, Outbox};
use domain::notice::{Delivery, Progress};
use domain::ports::{Clock, Index};
use domain::progress;
use domain::records::{self, UNKNOWN};
use jiff::{SignedDuration, Timestamp};

pub use crate::follow::Followed;
pub use crate::intake::{Sleeper, Tended};
pub use crate::owners::{NotAsked, OfCrm, Owners};

/// What was committed so long ago and is still in the outbox was left there by a crash: a function has one minute.
const STRANDED: SignedDuration = SignedDuration::from_mins(5);
/// A notice that nobody can tell about is news for so long.
const RECENT: SignedDuration = SignedDuration::from_hours(72);

/// What the steward works with.
pub struct Deps<'a> {
    /// Where results are committed and messages leave.
    pub outbox: Outbox<'a>,
    /// The intake of the queues, where it can sleep.
    pub sleeper: Option<Sleeper<'a>>,
    /// Knows who is responsible for an account; asked when digests are due.
    pub owners: &'a dyn Owners,
    /// The configuration in force.
    pub config: &'a Config,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Whether there is time to hand over more.
    pub has_time: &'a (dyn Fn() -> bool + Sync),
}

/// What it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Messages that a crash had left in the outbox, now handed over; where that fails, commits of which something is left.
    pub stranded: usize,
    /// Scans that stood still, now asked to go on.
    pub resumed: usize,
    /// What became of the intake of the queues.
    pub intake: Tended,
    /// Messages that waited for the end of quiet hours, now handed over.
    pub released: usize,
    /// What was done so that somebody acts.
    pub followed: Followed,
    /// People to whom a digest was sent.
    pub digests: usize,
    /// Cases somebody was told of, and nobody has answered in time, by the last pass over all of them.
    pub unacknowledged: usize,
    /// Notices of the last days of which nobody can tell whether they were sent.
    pub unknown: usize,
    /// The first thing that could not be done.
    pub failed: Option<HandlerError>,
}

/// Looks after everything once. What fails is told in the report, beside what did not.
pub async fn handle(deps: &Deps<'_>) -> Report {
    let now = deps.clock.now();
    // Each is done whether or not the others fail: a message that cannot be handed over must not leave the intake asleep,
    // in front of all the others.
    let drained = deps.outbox.drain(now - STRANDED, deps.has_time, now).await;
    let scans = go_on(now, deps).await;
    let mut followed = Followed::default();
    let (waited, not_followed_up) = follow_up(&mut followed, now, deps).await;
    let is_calm = matches!((&drained, &scans), (Ok(0), Ok(Scans { under_way: 0, .. })));
    let is_busy = !is_calm
        || not_followed_up.is_some()
        || !matches!(waited, Waited { released: 0, digests: 0, .. })
        || followed != Followed::default();
    let intake = match &deps.sleeper {
        Some(sleeper) => intake::tend(sleeper, is_busy, deps.outbox.store, now).await,
        None => Tended::default(),
    };
    let mut failed = None;
    let stranded = match drained {
        Ok(handed_over) => handed_over,
        Err(error) => {
            failed = Some(error);
            deps.outbox.stranded(now - STRANDED).await.unwrap_or(1)
        }
    };
    let mut or_none = |counted: Result<usize, HandlerError>| {
        counted.unwrap_or_else(|error| {
            failed.get_or_insert(error);
            0
        })
    };
    let resumed = or_none(scans.map(|scans| scans.resumed));
    let unknown = or_none(unknown(now, deps).await);
    let Waited { released, digests, unacknowledged } = waited;
    let failed = failed.or(not_followed_up);
    Report { stranded, resumed, intake, released, followed, digests, unacknowledged, unknown, failed }
}

/// What has waited for its time.
#[derive(Default)]
struct Waited {
    released: usize,
    digests: usize,
    unacknowledged: usize,
}

/// Sends on what waited for the end of quiet hours, asks for what is due in open cases, and sends digests.
/// What does not work keeps nothing else from it; the first such thing is returned beside what was done.
async fn follow_up(followed: &mut Followed, now: Timestamp, deps: &Deps<'_>) -> (Waited, Option<HandlerError>) {
    let mut waited = Waited::default();
    let mut failed = None;
    match deps.outbox.send_due(deps.has_time, now).await {
        Ok(released) => waited.released = released.messages,
        Err(error) => failed = Some(error),
    }
    let through = match follow::pass(followed, now, deps).await {
        Ok((passes, through)) => {
            waited.unacknowledged = passes.unacknowledged;
            through.then_some(passes)
        }
        Err(error) => {
            failed.get_or_insert(error);
            None
        }
    };
    if let Some(passes) = through {
        match digest::send(&passes, now, deps).await {
            Ok(digests) => waited.digests = digests,
            Err(error) => drop(failed.get_or_insert(error)),
        }
    }
    (waited, failed)
}

/// The scans that are under way, and how many of them had to be asked to go on.
struct Scans {
    under_way: usize,
    resumed: usize,
}

async fn go_on(now: Timestamp, deps: &Deps<'_>) -> Result<Scans, HandlerError> {
    let all = progress::all_running(deps.outbox.store).await?;
    let mut scans = Scans { under_way: all.len(), resumed: 0 };
    for running in all {
        let scan = running.value.record.scan.clone();
        let change = progress::ask_to_go_on(deps.outbox.store, running, progress::STANDS_STILL, now).await?;
        if let Some(change) = change {
            tracing::warn!(scan.id = %scan, "a scan stands still and is asked to go on");
            deps.outbox.commit(change, now).await?;
            scans.resumed += 1;
        }
    }
    Ok(scans)
}

async fn unknown(now: Timestamp, deps: &Deps<'_>) -> Result<usize, HandlerError> {
    let deliveries = records::all::<Delivery>(deps.outbox.store, Index::Secondary, UNKNOWN, "").await?;
    let is_recent = |delivery: &Delivery| match delivery.progress {
        Progress::Unknown { at, .. } => now.duration_since(at) < RECENT,
        Progress::Due | Progress::Sending { .. } | Progress::Sent { .. } | Progress::Withheld { .. } => false,
    };
    Ok(deliveries.iter().filter(|delivery| is_recent(&delivery.value)).count())
}
