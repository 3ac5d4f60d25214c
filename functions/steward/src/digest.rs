//! The weekly digests: in each time zone when its hour has come, one for each person of whom there is anything to say.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::Note;
use domain::case::Case;
use domain::compose::{self, Known};
use domain::follow_up::digest_due;
use domain::handler::{HandlerError, told};
use domain::messages::{Body, DeliveryRef, Message};
use domain::notice::{Channel, Delivery, Notice, Progress};
use domain::ports::{CrmError, Expect, Index, Item, Key};
use domain::recipients::Responsible;
use domain::records::{self, CASES, Change, Silenced, TOLD_CASES};
use domain::{AccountId, DeliveryId, MessageId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Deps;
use crate::follow::Passes;

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Of so many accounts the CRM is asked at once who is responsible.
const AT_ONCE: usize = 500;
/// A CRM that cannot say who is responsible is waited for until so long before the working day ends.
const LAST: SignedDuration = SignedDuration::from_hours(1);

/// In which time zones the digests of a week are sent.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Done {
    week: String,
    zones: Zones,
    /// Every time zone in which somebody had a digest so far.
    seen: Zones,
}

type Zones = BTreeSet<Option<String>>;

fn key() -> Key {
    Key::new("STEWARD", "DIGESTS")
}

/// Sends the digests whose hour has come, and returns how many. Only then is anything read but one small record.
pub(crate) async fn send(passes: &Passes, now: Timestamp, deps: &Deps<'_>) -> Result<usize, HandlerError> {
    let due_in = |zone: &Option<String>| digest_due(deps.config, zone.as_deref(), now);
    if deps.config.follow_up.digest_day.is_none() {
        return Ok(0);
    }
    let done = records::read::<Done>(deps.outbox.store, &key()).await?.map(|record| record.value).unwrap_or_default();
    let known: Zones = passes.zones.iter().chain(&done.seen).cloned().chain([None]).collect();
    // Around the end of a week it is another one in Tokyo than in New York: the later one is next.
    let Some(week) = known.iter().filter_map(due_in).max() else { return Ok(0) };
    let is_due = |zone: &Option<String>| due_in(zone).as_ref() == Some(&week);
    let mut due: Zones = known.into_iter().filter(is_due).collect();
    let before = if done.week == week { done.zones } else { Zones::new() };
    if due.is_subset(&before) {
        return Ok(0);
    }
    let (notices, is_asked) = digests(now, deps).await?;
    let later = now.checked_add(LAST).unwrap_or(now);
    // What is held and what was silenced would go to the wrong people, where there is time to wait for the right ones.
    let waits =
        |zone: &Option<String>| !is_asked && digest_due(deps.config, zone.as_deref(), later).as_ref() == Some(&week);
    let is_due = |zone: &Option<String>| is_due(zone) && !waits(zone);
    due.retain(is_due);
    if due.is_subset(&before) {
        return Ok(0);
    }
    let seen: Zones = notices.iter().map(|notice| notice.recipient.zone.clone()).collect();
    due.extend(seen.iter().filter(|zone| is_due(zone)).cloned());
    let mut sent = 0;
    for notice in notices.iter().filter(|notice| due.contains(&notice.recipient.zone)) {
        if !(deps.has_time)() {
            return Ok(sent);
        }
        sent += usize::from(queue(notice, &week, now, deps).await?);
    }
    let done = Done { week, zones: &before | &due, seen: &done.seen | &seen };
    let item = Item { key: key(), index: None, body: records::encode(&done), expires: None };
    deps.outbox.store.save(vec![item], Vec::new()).await?;
    Ok(sent)
}

/// Everybody's digest, and whether the CRM could say who is responsible; else what the cases know counts.
async fn digests(now: Timestamp, deps: &Deps<'_>) -> Result<(Vec<Notice>, bool), HandlerError> {
    let mut open = Vec::new();
    for index in [TOLD_CASES, CASES] {
        let cases = records::all::<Case>(deps.outbox.store, Index::Secondary, index, "").await?;
        open.extend(cases.into_iter().map(|case| case.value));
    }
    let since = now - WEEK;
    let silenced = records::silenced_since(deps.outbox.store, since).await?;
    let mut responsible: BTreeMap<AccountId, Responsible> = BTreeMap::new();
    for case in open.iter().filter(|case| case.context.is_some()) {
        responsible.insert(case.account.clone(), Responsible::of(case));
    }
    let asked = responsible_now(&open, &silenced, deps).await;
    if let Err(error) = &asked {
        tracing::warn!(error = told(error), "the CRM cannot say who is responsible for the digests");
    }
    let is_asked = asked.is_ok();
    responsible.extend(asked.unwrap_or_default());
    let known = Known { open: &open, silenced: &silenced, responsible: &responsible, since };
    Ok((compose::digests(&known, deps.config, now), is_asked))
}

async fn responsible_now(
    open: &[Case],
    silenced: &[Silenced],
    deps: &Deps<'_>,
) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
    let of_open = open.iter().map(|case| &case.account);
    let accounts: BTreeSet<&AccountId> = of_open.chain(silenced.iter().map(|silenced| &silenced.account)).collect();
    let accounts: Vec<AccountId> = accounts.into_iter().cloned().collect();
    let mut known = BTreeMap::new();
    for some in accounts.chunks(AT_ONCE) {
        if !(deps.has_time)() {
            return Err(CrmError::Unavailable("there was no time left to ask it".into()));
        }
        known.extend(deps.owners.responsible(some).await?);
    }
    Ok(known)
}

/// Queues a digest on every channel, once for a person and week. Returns whether it was not there before.
async fn queue(notice: &Notice, week: &str, now: Timestamp, deps: &Deps<'_>) -> Result<bool, HandlerError> {
    let partition = format!("DIGEST#{week}");
    let deliveries: Vec<Delivery> =
        deps.config.notify.channels.iter().map(|channel| due(*channel, notice, &partition)).collect();
    let Some(first) = deliveries.first() else { return Ok(false) };
    let at = DeliveryRef { partition: partition.clone(), delivery: first.id.clone() };
    if records::delivery(deps.outbox.store, &at).await?.is_some() {
        return Ok(false);
    }
    let mut change = Change::new(None, records::trail(deps.outbox.store, &partition).await?, now);
    for delivery in &deliveries {
        let at = DeliveryRef { partition: partition.clone(), delivery: delivery.id.clone() };
        let id = MessageId::of(&["deliver", delivery.id.as_str()]);
        change.delivery(&partition, delivery, Expect::Absent).note(note(delivery));
        change.send(Message::new(id, Body::Deliver(at)));
    }
    deps.outbox.commit(change, now).await?;
    Ok(true)
}

fn due(channel: Channel, notice: &Notice, partition: &str) -> Delivery {
    let to = notice.recipient.email.reveal().trim().to_lowercase();
    let id = DeliveryId::of(&[partition, "digest", &channel.to_string(), &to]);
    Delivery { id, channel, notice: notice.clone(), progress: Progress::Due, thread: None }
}

fn note(delivery: &Delivery) -> Note {
    Note {
        actor: "steward".to_owned(),
        action: format!("{} due", delivery.channel),
        case: None,
        grounds: format!("the week's digest to {}", delivery.notice.recipient.name.reveal()),
    }
}
