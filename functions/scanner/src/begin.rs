//! The beginning of a scan: which contacts it looks at, and in how many parts.

use domain::handler::{HandlerError, Outcome};
use domain::messages::{Body, Message};
use domain::ports::{CrmError, Expect, Item, Write};
use domain::progress::{self, Part, Phase, Running, part_key};
use domain::records::{self, Change, Heard, Loaded, ScanRecord};
use domain::{ContactId, MessageId};
use envelope::{Pass, ScanRequested};
use jiff::{SignedDuration, Timestamp};

use crate::{Deps, ask, finished, post};

/// What the CRM says was changed this long before the watermark is looked at again: a search index lags behind by
/// seconds, a long transaction by minutes.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);

/// One commit begins all parts; a store takes at most 100 writes in one.
const MOST_PARTS: usize = 90;

/// Clocks may differ so much.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

pub(crate) async fn begin(request: ScanRequested, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let finished = finished(deps).await?;
    if finished.iter().any(|scan| scan.scan == request.scan) {
        return Ok(Outcome::AlreadyDone);
    }
    if let Some(running) = progress::running(deps.outbox.store, deps.crm.system()).await? {
        return go_on(running, deps).await;
    }
    let previous = finished.last();
    if let Some(previous) = previous.filter(|previous| previous.at > request.at) {
        return Err(HandlerError::Poison(format!(
            "the scan of {} is older than the last one, of {}: an older view must not overwrite a newer one",
            request.at, previous.at
        )));
    }
    let now = deps.clock.now();
    if request.at > now + AHEAD {
        return Err(HandlerError::Poison(format!(
            "the scan is of {}, and it is {now} now: one of a time to come would make every scan until then too old",
            request.at
        )));
    }
    let heard = hear(request.at, deps).await?;
    let running = running(&request, previous, heard, deps);
    let parts = parts(&running, now, deps).await?;
    let mut change = Change::untold(Some(MessageId::of(&["begin", request.scan.as_str()])), now);
    for part in &parts {
        change.write(write(&running, part, Expect::Absent));
        let at = running.part(part.number);
        let id = MessageId::of(&["look", at.scan.as_str(), &part.number.to_string()]);
        change.send(Message::new(id, Body::Look(at)));
    }
    change.write(Running { parts: u32::try_from(parts.len()).unwrap_or(u32::MAX), ..running }.write(Expect::Absent));
    deps.outbox.commit(change, now).await
}

/// Has a scan of what was changed look at all contacts instead, as if it had begun so.
pub(crate) async fn look_at_all(
    id: MessageId,
    running: Loaded<Running>,
    part: u64,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let now = deps.clock.now();
    let whole = Running { since: None, moved: now, ..running.value };
    let parts = parts(&whole, now, deps).await?;
    let mut change = Change::untold(Some(id), now);
    for part_of in &parts {
        let expect = if part_of.number == 0 { Expect::Version(part) } else { Expect::Absent };
        change.write(write(&whole, part_of, expect));
        let at = whole.part(part_of.number);
        let id = MessageId::of(&["look at all", at.scan.as_str(), &part_of.number.to_string()]);
        change.send(Message::new(id, Body::Look(at)));
    }
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    change.write(Running { parts: count, ..whole }.write(Expect::Version(running.version)));
    deps.outbox.commit(change, now).await
}

/// Takes in what others than the CRM tell, so that this scan judges it.
async fn hear(at: Timestamp, deps: &Deps<'_>) -> Result<Heard, HandlerError> {
    let (store, system) = (deps.outbox.store, deps.crm.system());
    let mut heard = Heard::default();
    if let Some(inbox) = deps.inbox {
        let taken = post::take_in(inbox, system, store, deps.has_time, deps.clock.now()).await?;
        (heard.mails, heard.facts) = (taken.mails as u64, taken.facts as u64);
    }
    if let Some(people) = deps.people {
        let asked = ask::ask(people, deps.crm, store, deps.config, system, deps.has_time, at).await?;
        (heard.asked, heard.found, heard.unasked) = (asked.asked, asked.found, asked.unasked);
    }
    Ok(heard)
}

/// A scan that is still moving is left alone, one that is not is asked to go on.
async fn go_on(running: Loaded<Running>, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let scan = running.value.record.scan.clone();
    let now = deps.clock.now();
    let Some(change) = progress::ask_to_go_on(deps.outbox.store, running, deps.patience, now).await? else {
        tracing::warn!(scan.id = %scan, "a scan is still under way, so this one does not begin");
        return Ok(Outcome::Skipped(format!("the scan {scan} is still under way")));
    };
    tracing::warn!(scan.id = %scan, "a scan stands still and is asked to go on");
    deps.outbox.commit(change, now).await?;
    Ok(Outcome::Skipped(format!("the scan {scan} has to come to its end first")))
}

fn running(request: &ScanRequested, previous: Option<&ScanRecord>, heard: Heard, deps: &Deps<'_>) -> Running {
    let watermark = previous.and_then(|previous| previous.watermark);
    let since = match request.pass {
        Pass::Full => None,
        Pass::Delta => watermark.filter(|_| deps.crm.tells_changes()).map(|watermark| watermark - OVERLAP),
    };
    Running {
        record: ScanRecord {
            scan: request.scan.clone(),
            system: deps.crm.system().to_owned(),
            at: request.at,
            contacts: 0,
            touched: None,
            first_seen: 0,
            changed: 0,
            alerted: 0,
            held: 0,
            silenced: 0,
            brake: None,
            shadow: request.shadow,
            watermark,
            config: deps.config.version.clone(),
            heard,
        },
        since,
        baseline: previous.is_none(),
        parts: 0,
        phase: Phase::Looking,
        decided: false,
        resumed: 0,
        moved: deps.clock.now(),
    }
}

async fn parts(running: &Running, now: Timestamp, deps: &Deps<'_>) -> Result<Vec<Part>, HandlerError> {
    let cuts = match running.since {
        Some(_) => Vec::new(),
        // Where the CRM may not be asked for now, the one part waits by itself.
        None => match deps.crm.cuts(deps.part_size, MOST_PARTS).await {
            Err(CrmError::RateLimited { .. }) => Vec::new(),
            cuts => cuts?,
        },
    };
    let after = std::iter::once(None).chain(cuts.iter().cloned().map(Some));
    let through = cuts.iter().cloned().map(Some).chain(std::iter::once(None));
    let ranges = after.zip(through).take(MOST_PARTS);
    let part = |(number, (after, through)): (u32, (Option<ContactId>, Option<ContactId>))| Part {
        number,
        after,
        through,
        moved: now,
        ..Part::default()
    };
    Ok((0..).zip(ranges).map(part).collect())
}

/// The write of a part. It is removed with its scan, or expires if that never comes to its end.
pub(crate) fn write(running: &Running, part: &Part, expect: Expect) -> Write {
    let key = part_key(&running.record.system, &running.record.scan, part.number);
    let expires = part.moved + SignedDuration::from_hours(24 * records::CLAIM_DAYS);
    Write::Put(Item { key, index: None, body: records::encode(part), expires: Some(expires) }, expect)
}
