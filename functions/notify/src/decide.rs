//! Decides which notices a case calls for. Each becomes a delivery of its own, due until it was sent.

use domain::audit::Note;
use domain::case::{Case, State};
use domain::compose;
use domain::config::Config;
use domain::handler::{HandlerError, Outcome};
use domain::messages::{Body, CaseRef, DeliveryRef, Message};
use domain::notice::{Channel, Delivery, Notice, Progress, Purpose, Recipient};
use domain::ports::{Expect, Index};
use domain::recipients::{Responsible, is_same_address, responsible};
use domain::records::{self, Change, Loaded, account_partition, scan_partition};
use domain::severity::{Severity, severity};
use domain::{DeliveryId, MessageId, ScanId};
use jiff::Timestamp;

use crate::Deps;

/// The alert on every channel, the note in the CRM, and word to the owner of a gaining account.
pub(crate) async fn alert(id: MessageId, about: CaseRef, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let Some((case, trail)) = records::case_and_trail(deps.outbox.store, &about).await? else {
        return Ok(Outcome::Skipped("the case was erased after the request".to_owned()));
    };
    if case.value.state != State::Planned {
        return Ok(Outcome::Skipped(format!("the case is {}, not planned", case.value.state)));
    }
    let partition = account_partition(&about.account);
    let mut deliveries = alert_deliveries(&case.value, &partition, deps);
    deliveries.extend(gained_deliveries(&case.value, &partition, deps));
    let now = deps.clock.now();
    let mut change = Change::new(Some(id), trail, now);
    let weight = severity(&case.value, &deps.config.notify.digest_only, deps.config.calendar.day(now));
    if weight == Severity::Low && !case.value.shadow {
        deliveries.retain(|delivery| delivery.channel == Channel::Crm);
        change.note(kept_for_the_digest(&case.value));
        // The digest tells of it, whatever becomes of the log.
        let mut kept = case.value.clone().become_state(State::Notified, "it is told in the digest", now)?;
        kept.followed.in_digest = true;
        change.case(&kept, Expect::Version(case.version));
    }
    queue(change, &partition, Some(&case.value), deliveries, deps).await
}

fn kept_for_the_digest(case: &Case) -> Note {
    Note {
        actor: "notify".to_owned(),
        action: "kept for the digest".to_owned(),
        case: Some(case.id.clone()),
        grounds: format!("{} is in notify.digest_only, with no key role and no near renewal", case.finding.verdict),
    }
}

/// Word that a case was taken back, in the thread of each alert that was sent.
pub(crate) async fn cleared(id: MessageId, about: CaseRef, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    answer(id, about, compose::cleared, deps).await
}

/// Word of what else was learned about a case, in the thread of each alert that was sent.
pub(crate) async fn continued(id: MessageId, about: CaseRef, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    answer(id, about, compose::continued, deps).await
}

/// A notice for everybody who was told of a case, where they were told.
async fn answer(
    id: MessageId,
    about: CaseRef,
    notice: fn(&Case, Recipient, &Config) -> Notice,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let Some((case, trail)) = records::case_and_trail(deps.outbox.store, &about).await? else {
        return Ok(Outcome::Skipped("the case was erased after the request".to_owned()));
    };
    if case.value.state != State::Cleared && case.value.state.is_final() {
        return Ok(Outcome::Skipped(format!("the case is {} by now", case.value.state)));
    }
    let partition = account_partition(&about.account);
    let mut all = records::all::<Delivery>(deps.outbox.store, Index::Table, &partition, "DELIVERY#").await?;
    all.retain(|Loaded { value, .. }| value.notice.case.as_ref() == Some(&about.case));
    let deliveries = first_words(&all).into_iter().map(|(told, thread)| {
        let notice = notice(&case.value, told.notice.recipient.clone(), deps.config);
        // More than once something may be learned, and only once a case is taken back.
        let of = match notice.purpose {
            Purpose::Continued => format!("{}#{}", about.case, case.value.continued),
            Purpose::Alert
            | Purpose::Gained
            | Purpose::Cleared
            | Purpose::Reminder
            | Purpose::Escalation
            | Purpose::Woken
            | Purpose::Step
            | Purpose::HandedOver
            | Purpose::Digest
            | Purpose::Brake => about.case.to_string(),
        };
        Delivery { thread, ..due(told.channel, notice, &partition, &of) }
    });
    let is_new = |delivery: &Delivery| all.iter().all(|known| known.value.id != delivery.id);
    let deliveries = each_once(deliveries.filter(is_new).collect());
    let mut change = Change::new(Some(id.clone()), trail, deps.clock.now());
    if case.value.state == State::Cleared {
        // What was posted asks for nothing any more.
        let refresh = MessageId::of(&["refresh", id.as_str()]);
        change.send(Message::new(refresh, Body::Refresh(about)));
    }
    queue(change, &partition, Some(&case.value), deliveries, deps).await
}

/// Somebody who was told twice, as when a case came back to them, is answered once.
pub(crate) fn each_once(mut deliveries: Vec<Delivery>) -> Vec<Delivery> {
    deliveries.sort_by(|a, b| a.id.cmp(&b.id));
    deliveries.dedup_by(|a, b| a.id == b.id);
    deliveries
}

/// The first that each reader was told of a case on each channel, and the thread in which they are answered: whoever heard of it by
/// a reminder too. What leaves later finds that it was taken back, and asks for this word again. A notice of which nobody can tell
/// whether it was sent is answered outside of any thread.
pub(crate) fn first_words(all: &[Loaded<Delivery>]) -> Vec<(&Delivery, Option<String>)> {
    let mut told: Vec<_> = all.iter().filter_map(|known| arrived(&known.value)).collect();
    told.sort_by_key(|(at, ..)| *at);
    let mut first: Vec<(&Delivery, Option<String>)> = Vec::new();
    for (_, delivery, thread) in told {
        let is_theirs = |known: &Delivery| {
            known.channel == delivery.channel
                && is_same_address(&known.notice.recipient.email, &delivery.notice.recipient.email)
        };
        if !first.iter().any(|(known, _)| is_theirs(known)) {
            first.push((delivery, thread));
        }
    }
    first
}

/// When what tells of a case has reached somebody, or may have, and its thread.
fn arrived(delivery: &Delivery) -> Option<(Timestamp, &Delivery, Option<String>)> {
    let tells = delivery.notice.purpose.tells_of_a_case();
    match &delivery.progress {
        Progress::Sent { at, reference } if tells => {
            Some((*at, delivery, Some(delivery.thread.as_ref().unwrap_or(reference).clone())))
        }
        Progress::Unknown { at, .. } if tells => Some((*at, delivery, None)),
        Progress::Sent { .. }
        | Progress::Unknown { .. }
        | Progress::Due
        | Progress::Sending { .. }
        | Progress::Withheld { .. } => None,
    }
}

/// Word to the administrator that a scan was stopped.
pub(crate) async fn brake(
    id: MessageId,
    system: &str,
    scan: &ScanId,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let partition = scan_partition(system);
    let Some(stopped) = records::finished_scan(deps.outbox.store, system, scan).await? else {
        return Err(HandlerError::Poison(format!("there is no record of scan {scan}")));
    };
    if stopped.shadow {
        return Ok(Outcome::Skipped(IN_SHADOW.to_owned()));
    }
    let notice = compose::brake(&stopped, deps.config);
    let deliveries = deps
        .config
        .notify
        .channels
        .iter()
        .map(|channel| due(*channel, notice.clone(), &partition, scan.as_str()))
        .collect();
    let trail = records::trail(deps.outbox.store, &partition).await?;
    queue(Change::new(Some(id), trail, deps.clock.now()), &partition, None, deliveries, deps).await
}

fn alert_deliveries(case: &Case, partition: &str, deps: &Deps<'_>) -> Vec<Delivery> {
    let Responsible { owner, manager } = Responsible::of(case);
    let recipient = responsible(owner.as_ref(), manager.as_ref(), &case.subject.email, deps.config);
    let notice = compose::alert(case, recipient, deps.config, deps.config.calendar.day(deps.clock.now()));
    let log = deps.config.notify.crm_log.then_some(Channel::Crm);
    let channels = deps.config.notify.channels.iter().copied().chain(log);
    channels.map(|channel| due(channel, notice.clone(), partition, case.id.as_str())).collect()
}

/// Nobody twice: the owner of both accounts has the alert already.
fn gained_deliveries(case: &Case, partition: &str, deps: &Deps<'_>) -> Vec<Delivery> {
    let gaining = case.context.as_ref().and_then(|context| context.gaining.as_ref());
    let (Some(account), Some(gaining)) = (&case.gained_by, gaining) else { return Vec::new() };
    let (owner, manager) = (gaining.owner.as_ref().map(|f| &f.value), gaining.manager.as_ref().map(|f| &f.value));
    let recipient = responsible(owner, manager, &case.subject.email, deps.config);
    let told = alert_deliveries(case, partition, deps);
    if told.iter().any(|delivery| is_same_address(&delivery.notice.recipient.email, &recipient.email)) {
        return Vec::new();
    }
    let notice = compose::gained(case, account, recipient, deps.config);
    deps.config
        .notify
        .channels
        .iter()
        .map(|channel| due(*channel, notice.clone(), partition, case.id.as_str()))
        .collect()
}

/// A delivery that is due. `about` is the case, or the scan, it tells of.
pub(crate) fn due(channel: Channel, notice: Notice, partition: &str, about: &str) -> Delivery {
    let (purpose, recipient) = (notice.purpose.to_string(), notice.recipient.email.reveal());
    let id = DeliveryId::of(&[partition, about, &purpose, &channel.to_string(), recipient]);
    Delivery { id, channel, notice, progress: Progress::Due, thread: None }
}

/// Records each delivery and asks for it to be sent. In shadow it is recorded what would have been sent, and nothing is.
pub(crate) async fn queue(
    mut change: Change,
    partition: &str,
    case: Option<&Case>,
    deliveries: Vec<Delivery>,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let shadow = case.is_some_and(|case| case.shadow);
    for delivery in deliveries {
        let Recipient { name, because, .. } = &delivery.notice.recipient;
        let (state, grounds) = if shadow {
            ("withheld", format!("would have gone to {}: {IN_SHADOW}", name.reveal()))
        } else {
            ("due", format!("to {}, because {because}", name.reveal()))
        };
        change.note(Note {
            actor: "notify".to_owned(),
            action: format!("{} {state}", delivery.channel),
            case: case.map(|case| case.id.clone()),
            grounds,
        });
        if shadow {
            let progress = Progress::Withheld { reason: IN_SHADOW.to_owned() };
            change.delivery(partition, &Delivery { progress, ..delivery }, Expect::Absent);
        } else {
            change.delivery(partition, &delivery, Expect::Absent);
            change.send(send_request(partition, &delivery));
        }
    }
    deps.outbox.commit_in_batch(change).await
}

const IN_SHADOW: &str = "the scan runs in shadow";

/// The message that asks for a delivery to be sent.
pub(crate) fn send_request(partition: &str, delivery: &Delivery) -> Message {
    let at = DeliveryRef { partition: partition.to_owned(), delivery: delivery.id.clone() };
    Message::new(MessageId::of(&["deliver", delivery.id.as_str()]), Body::Deliver(at))
}
