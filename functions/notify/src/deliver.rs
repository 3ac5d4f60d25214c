//! Sends one notice, once. The first one that arrives makes the case `notified`.
//!
//! Mail and Slack may send twice what they are given twice. So a delivery is marked before it is handed over, and whoever
//! finds the mark of somebody else does not send. A sender that dies behind its mark, and an answer that is lost, leave a
//! notice of which nobody can say whether it arrived. Slack can be asked: what is found there is recorded as sent, and what is
//! certainly not there, when its sender is certainly dead, is sent again, once. Where nobody can be asked that is recorded,
//! shown wherever the case is, and never tried again. A notice in doubt counts as told: its reader may know, and a case that
//! waits for an answer is what the reminders look for.

use domain::case::{Case, State};
use domain::compose;
use domain::handler::{HandlerError, Outcome, again_and_again};
use domain::messages::{Body, CaseRef, DeliveryRef, Message};
use domain::notice::{Delivery, Notice, Progress, Purpose};
use domain::ports::{Committed, Expect, StoreError};
use domain::recipients::is_same_address;
use domain::records::{self, Change, Loaded};
use domain::{AccountId, MessageId};
use jiff::Timestamp;

use crate::letter::{Found, Letter, Unwritten};
use crate::record::{MOST_RECORDS, note, record, settle};
use crate::{Deps, mail, quiet};

/// Why a delivery is left alone for now.
pub(crate) const BEING_SENT: &str = "the notice is being sent by somebody else";
const ENDED: &str = "whoever was sending it ended before the answer was recorded";

/// Sends a delivery that is due, once.
pub(crate) async fn deliver(at: DeliveryRef, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let Some(delivery) = records::delivery(deps.outbox.store, &at).await? else {
        return Ok(Outcome::Skipped("the delivery was erased after the request".to_owned()));
    };
    let now = deps.clock.now();
    match delivery.value.progress {
        Progress::Due => {
            if let Some(until) = quiet::holds_until(&delivery.value, now, deps) {
                return quiet::hold(&at, &delivery.value, until, deps).await;
            }
        }
        Progress::Sending { .. } if delivery.value.progress.is_being_sent(now) => {
            return Err(HandlerError::Retry(BEING_SENT.to_owned()));
        }
        Progress::Sending { at: since, again } => return take_up(at, delivery, since, again, deps).await,
        Progress::Sent { .. } | Progress::Unknown { .. } | Progress::Withheld { .. } => {
            return Ok(Outcome::AlreadyDone);
        }
    }
    let delivery = as_it_is_now(&at, delivery, deps).await?;
    if let Some(reason) = mail::may_leave(&delivery.value, deps).await? {
        return settle(&at, delivery, Progress::Withheld { reason }, deps).await;
    }
    let earlier = mail::earlier(&at, &delivery.value, deps).await?;
    let letter = match Letter::of(&delivery.value, &at, &earlier, deps) {
        Ok(letter) => letter,
        Err(Unwritten::Withheld(reason)) => return settle(&at, delivery, Progress::Withheld { reason }, deps).await,
        Err(Unwritten::Misconfigured(reason)) => return Err(HandlerError::Poison(reason)),
    };
    if letter.repeats_safely(deps) {
        let came_of_it = send(&letter, &delivery.value, &at, deps).await?;
        return settle(&at, delivery, came_of_it, deps).await;
    }
    mark_and_send(at, delivery, &letter, deps).await
}

/// What tells all of a case and has waited, for the end of quiet hours or for a service, says what has been learned meanwhile. What
/// only reminds of it answers for what it says, and whoever knows less than there is reviews it again.
async fn as_it_is_now(
    at: &DeliveryRef,
    delivery: Loaded<Delivery>,
    deps: &Deps<'_>,
) -> Result<Loaded<Delivery>, HandlerError> {
    let Some(case) = case_of(&delivery.value, at, deps).await?.map(|case| case.value) else { return Ok(delivery) };
    let Loaded { value, version } = delivery;
    if case.revision() == value.notice.revision || case.state.is_final() {
        return Ok(Loaded { value, version });
    }
    let today = deps.config.calendar.day(deps.clock.now());
    let recipient = value.notice.recipient.clone();
    let notice = match value.notice.purpose {
        // That it stands in for somebody who cannot be reached stays said.
        Purpose::Alert => {
            Notice { remarks: value.notice.remarks.clone(), ..compose::alert(&case, recipient, deps.config, today) }
        }
        Purpose::HandedOver => compose::handed_over(&case, recipient, deps.config, today),
        Purpose::Gained
        | Purpose::Cleared
        | Purpose::Continued
        | Purpose::Reminder
        | Purpose::Escalation
        | Purpose::Woken
        | Purpose::Step
        | Purpose::Digest
        | Purpose::Brake => return Ok(Loaded { value, version }),
    };
    Ok(Loaded { value: Delivery { notice, ..value }, version })
}

/// Marks it, sends it, and writes down what came of it.
async fn mark_and_send(
    at: DeliveryRef,
    delivery: Loaded<Delivery>,
    letter: &Letter,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let now = deps.clock.now();
    let marked = mark(&at, delivery, now, deps).await?;
    match send(letter, &marked.value, &at, deps).await {
        Ok(Progress::Unknown { reason, .. }) => look_at_once(&at, marked, letter, now, reason, deps).await,
        Ok(came_of_it) => settle(&at, marked, came_of_it, deps).await,
        Err(not_sent) => {
            unmark(&at, now, deps).await?;
            Err(not_sent)
        }
    }
}

/// The answer was lost: looks whether it was sent. What is not there yet may come a moment later, so it is looked for again
/// when that can no longer be; until then the mark stands.
async fn look_at_once(
    at: &DeliveryRef,
    marked: Loaded<Delivery>,
    letter: &Letter,
    since: Timestamp,
    doubt: String,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    // Whoever cannot look now looks when the message comes again.
    let came_of_it = match letter.find(&marked.value, since, deps).await? {
        Found::Sent(reference) => Progress::Sent { at: since, reference },
        Found::NoAnswer(why) => Progress::Unknown { at: since, reason: in_doubt(&doubt, why) },
        Found::Nothing => return Err(later(since, deps)),
    };
    settle(at, marked, came_of_it, deps).await
}

/// The sender of a delivery has ended: looks for what it has sent, and sends it again, once, if that is certainly not there.
async fn take_up(
    at: DeliveryRef,
    delivery: Loaded<Delivery>,
    since: Timestamp,
    again: bool,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let unknown = |why| Progress::Unknown { at: since, reason: in_doubt(ENDED, why) };
    let earlier = mail::earlier(&at, &delivery.value, deps).await?;
    let letter = match Letter::of(&delivery.value, &at, &earlier, deps) {
        Ok(letter) => letter,
        Err(Unwritten::Withheld(why) | Unwritten::Misconfigured(why)) => {
            return record(&at, delivery, unknown(Some(why)), deps).await;
        }
    };
    let came_of_it = match letter.find(&delivery.value, since, deps).await? {
        Found::Sent(reference) => Progress::Sent { at: since, reference },
        Found::NoAnswer(why) => unknown(why),
        Found::Nothing if Progress::left_to(since, deps.clock.now()).is_some() => return Err(later(since, deps)),
        Found::Nothing if again => unknown(Some("it was sent once more, and is not there either".to_owned())),
        Found::Nothing => return mark_and_send(at, delivery, &letter, deps).await,
    };
    record(&at, delivery, came_of_it, deps).await
}

fn later(since: Timestamp, deps: &Deps<'_>) -> HandlerError {
    let after = Progress::left_to(since, deps.clock.now()).unwrap_or_default();
    HandlerError::Later { after, reason: "the notice may have been sent, and is looked for once more".to_owned() }
}

/// Hands it over, if the case still calls for it.
async fn send(
    letter: &Letter,
    delivery: &Delivery,
    at: &DeliveryRef,
    deps: &Deps<'_>,
) -> Result<Progress, HandlerError> {
    let case = case_of(delivery, at, deps).await?;
    match outdated(delivery, case.as_ref()) {
        Some(reason) => Ok(Progress::Withheld { reason }),
        None => letter.hand_over(delivery, case.as_ref().map(|case| &case.value), deps).await,
    }
}

/// Claims the sending of a delivery that is due, or whose sender is dead. Of several who find it so one succeeds.
async fn mark(
    at: &DeliveryRef,
    delivery: Loaded<Delivery>,
    now: Timestamp,
    deps: &Deps<'_>,
) -> Result<Loaded<Delivery>, HandlerError> {
    let again = matches!(delivery.value.progress, Progress::Sending { .. });
    let marked = Delivery { progress: Progress::Sending { at: now, again }, ..delivery.value };
    let mut change = Change::untold(None, now);
    change.delivery(&at.partition, &marked, Expect::Version(delivery.version));
    match deps.outbox.store.commit(change.finish().0).await {
        Ok(Committed::Written { version }) => Ok(Loaded { value: marked, version }),
        Ok(Committed::Already) => Err(HandlerError::Retry(BEING_SENT.to_owned())),
        Err(StoreError::Conflict(_)) => Err(HandlerError::Retry(BEING_SENT.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// Makes a delivery due again that its sender, who has marked it at `since`, has certainly not sent.
async fn unmark(at: &DeliveryRef, since: Timestamp, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    again_and_again(MOST_RECORDS, async || {
        let Some(delivery) = records::delivery(deps.outbox.store, at).await? else {
            return Ok(Outcome::Skipped("the delivery was erased while it was to be sent".to_owned()));
        };
        let now = deps.clock.now();
        let mut change = match delivery.value.progress {
            Progress::Sending { at: marked, .. } if marked == since => Change::untold(None, now),
            // Somebody took this sender for dead and may have deleted the message, so another one is needed.
            Progress::Unknown { .. } => {
                let mut change = Change::new(None, records::trail(deps.outbox.store, &at.partition).await?, now);
                let again = MessageId::of(&["deliver", at.delivery.as_str(), "again", &now.to_string()]);
                change.note(note(&delivery.value, &Progress::Due)).send(Message::new(again, Body::Deliver(at.clone())));
                change
            }
            Progress::Due | Progress::Sending { .. } | Progress::Sent { .. } | Progress::Withheld { .. } => {
                return Ok(Outcome::AlreadyDone);
            }
        };
        let due = Delivery { progress: Progress::Due, ..delivery.value };
        change.delivery(&at.partition, &due, Expect::Version(delivery.version));
        deps.outbox.commit_in_batch(change).await
    })
    .await
}

/// Why nobody can tell whether it was sent, and why it cannot be found out.
fn in_doubt(doubt: &str, why: Option<String>) -> String {
    why.map_or_else(|| doubt.to_owned(), |why| format!("{doubt}; {why}"))
}

pub(crate) async fn case_of(
    delivery: &Delivery,
    at: &DeliveryRef,
    deps: &Deps<'_>,
) -> Result<Option<Loaded<Case>>, HandlerError> {
    let account = at.partition.strip_prefix("ACCOUNT#").and_then(|id| AccountId::parse(id).ok());
    let (Some(account), Some(case)) = (account, delivery.notice.case.clone()) else { return Ok(None) };
    Ok(records::case(deps.outbox.store, &CaseRef { account, case }).await?)
}

/// Why a notice that was due need not be sent any more.
fn outdated(delivery: &Delivery, case: Option<&Loaded<Case>>) -> Option<String> {
    let state = case?.value.state;
    match delivery.notice.purpose {
        Purpose::Alert | Purpose::Gained => {
            state.is_final().then(|| format!("the case was {state} before anybody was told"))
        }
        Purpose::Reminder | Purpose::Escalation => {
            (state != State::Notified).then(|| format!("the case is {state} by now: somebody has answered"))
        }
        Purpose::HandedOver if !has_it(delivery, &case?.value) => Some("somebody else has the case by now".to_owned()),
        Purpose::Woken | Purpose::Step | Purpose::HandedOver => {
            state.is_final().then(|| format!("the case is {state} by now"))
        }
        Purpose::Cleared | Purpose::Continued | Purpose::Digest | Purpose::Brake => None,
    }
}

/// Whether the reader is who has taken the case over.
pub(crate) fn has_it(delivery: &Delivery, case: &Case) -> bool {
    let reader = &delivery.notice.recipient.email;
    case.assigned.as_ref().is_none_or(|assigned| is_same_address(&assigned.email, reader))
}
