//! Scanner: compares what the CRM shows with what was last seen, and files a case for whatever really happened.
//! Unchanged contacts cost a read; a snapshot advances if and only if what follows from it was committed with it.
//!
//! A scan has three phases, each of which goes on in another invocation where one is too short. It *looks*: parts of the
//! contacts, several at a time, are laid beside their snapshots, and what differs is noted. It *judges* what was noted, all
//! of it together. It *closes*: what is to be told goes out, or the brake holds it.

mod begin;
mod post;
mod ask;
mod told;
mod look;
mod surroundings;
mod judge;
mod file;
mod close;

use domain::config::Config;
use domain::handler::{HandlerError, Outbox, Outcome};
use domain::messages::{Body, Message};
use domain::ports::{Clock, Crm, Inbox, People};
use domain::records::{self, ScanRecord};
use envelope::{Handled, HasTime, Record, ScanRequested, not_yet, one_by_one};
use jiff::SignedDuration;

/// What the scanner works with.
pub struct Deps<'a> {
    /// The CRM that is scanned.
    pub crm: &'a dyn Crm,
    /// Where mails that came back lie, if anywhere.
    pub inbox: Option<&'a dyn Inbox>,
    /// Who knows where people work, if anybody.
    pub people: Option<&'a dyn People>,
    /// Where results are committed and messages leave.
    pub outbox: Outbox<'a>,
    /// The configuration in force.
    pub config: &'a Config,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Into parts of how many contacts a pass over all of them is cut.
    pub part_size: usize,
    /// A scan in which nothing has moved for so long is asked to go on.
    pub patience: SignedDuration,
    /// Whether there is time for another page or account; what is left goes on in a message.
    pub has_time: HasTime<'a>,
    /// Told how many contacts a part has looked at so far.
    pub progress: &'a (dyn Fn(u64) + Sync),
    /// Told what a scan found, once it has come to its end.
    pub ended: &'a (dyn Fn(&ScanRecord) + Sync),
}

/// Begins a scan, or has the one that is under way go on. The rest is done by the messages that follow from it.
pub async fn handle(request: ScanRequested, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    begin::begin(request, deps).await
}

/// Goes on with scans that are under way, each record alone.
pub async fn handle_batch(records: Vec<Record>, deps: &Deps<'_>) -> Vec<Handled> {
    one_by_one(records, deps.has_time, async |message: Message| go_on(message, deps).await).await
}

async fn go_on(message: Message, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    if let Some(later) = not_yet(&message, deps.clock.now()) {
        return Err(later);
    }
    let at = match &message.body {
        Body::Look(at) | Body::Judge(at) => at.clone(),
        Body::Enrich(_)
        | Body::Plan(_)
        | Body::Notify(_)
        | Body::NotifyCleared(_)
        | Body::NotifyContinued(_)
        | Body::NotifyBrake { .. }
        | Body::FollowUp { .. }
        | Body::Refresh(_)
        | Body::Update { .. }
        | Body::Deliver(_)
        | Body::Feedback(_) => {
            return Err(HandlerError::Poison("the scanner was sent a message that is not for it".to_owned()));
        }
    };
    if at.system != deps.crm.system() {
        let reason = format!("the scan is of {}, and what is connected is {}", at.system, deps.crm.system());
        return Err(HandlerError::Poison(reason));
    }
    let Some(running) = domain::progress::running(deps.outbox.store, &at.system).await? else {
        return Ok(Outcome::Skipped("the scan has come to its end".to_owned()));
    };
    if running.value.record.scan != at.scan {
        return Ok(Outcome::Skipped(format!("the scan is over; {} is under way", running.value.record.scan)));
    }
    match message.body {
        Body::Look(_) => look::look(message.id, &at, running, deps).await,
        _ => judge::judge(message.id, running, deps).await,
    }
}

/// The scans of this system that came to their end, oldest first.
async fn finished(deps: &Deps<'_>) -> Result<Vec<ScanRecord>, HandlerError> {
    Ok(records::finished_scans(deps.outbox.store, deps.crm.system()).await?)
}
