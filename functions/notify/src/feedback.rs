//! What the mail service says of mails that have left: an address that failed is written to no more, a delivery in doubt is
//! settled, and before too much comes back mail stops as a whole.

use domain::audit::Note;
use domain::compose;
use domain::days::full_day;
use domain::feedback::{self, Fate, MailEvent, Standing, Suppression};
use domain::handler::{HandlerError, Outcome, again_and_again};
use domain::notice::{Channel, Delivery, Progress};
use domain::ports::Expect;
use domain::records::{self, Change, Loaded, MAIL};
use domain::{DeliveryId, MessageId};
use jiff::{SignedDuration, Timestamp};

use crate::Deps;
use crate::decide::{due, send_request};
use crate::deliver::BEING_SENT;
use crate::record::{MOST_RECORDS, write_down};

/// Takes in one event. Events come in any order and more than once; `id` is the same for each time one is told.
pub(crate) async fn heard(id: MessageId, event: MailEvent, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    if let Fate::Other { what } = &event.fate {
        return Ok(Outcome::Skipped(format!("{what} changes nothing")));
    }
    // All mail is counted in one record, to which others write at the same time.
    again_and_again(MOST_RECORDS, async || take_in(&id, &event, deps).await).await
}

async fn take_in(id: &MessageId, event: &MailEvent, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let now = deps.clock.now();
    let mut change = Change::untold(Some(id.clone()), now);
    let after = settle(&mut change, event, deps).await?;
    suppress(&mut change, event, deps).await?;
    count(&mut change, event, deps).await?;
    if change.is_empty() {
        return Ok(Outcome::Skipped("it says nothing new".to_owned()));
    }
    let outcome = deps.outbox.commit_in_batch(change).await?;
    after.into_iter().for_each(deps.told);
    Ok(outcome)
}

/// Writes down in its case what became of the mail, if that is known better now. Returns how long after its scan the case has reached
/// somebody, if it does so now.
async fn settle(
    change: &mut Change,
    event: &MailEvent,
    deps: &Deps<'_>,
) -> Result<Option<SignedDuration>, HandlerError> {
    let Some(at) = &event.delivery else { return Ok(None) };
    let Some(delivery) = records::delivery(deps.outbox.store, at).await? else { return Ok(None) };
    let is_sent = |delivery: &Delivery| matches!(delivery.progress, Progress::Sent { .. });
    if delivery.value.progress.is_being_sent(deps.clock.now()) {
        // Its sender is about to write down the same, and would find that somebody else has.
        return Err(HandlerError::Retry(BEING_SENT.to_owned()));
    }
    let progress = match (&event.fate, event.fate.lost(), &delivery.value.progress) {
        (_, _, Progress::Withheld { .. }) => None,
        (_, Some(reason), _) => Some(Progress::Withheld { reason }),
        (_, None, Progress::Unknown { .. } | Progress::Sending { .. } | Progress::Due) => {
            Some(Progress::Sent { at: event.at, reference: event.reference.clone() })
        }
        (_, None, Progress::Sent { .. }) => None,
    };
    if let Some(progress) = progress {
        return write_down(change, at, delivery, progress, deps).await;
    }
    if let Some(grounds) = remark(&event.fate).filter(|_| is_sent(&delivery.value)) {
        change.turn_to(records::trail(deps.outbox.store, &at.partition).await?);
        change.note(Note { case: delivery.value.notice.case.clone(), ..note(&delivery.value, grounds) });
    }
    Ok(None)
}

/// What is worth a word in the case although it changes nothing about the delivery.
fn remark(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Bounced { for_good: false, why } => {
            Some(format!("the mail service could not bring it for a while ({why})"))
        }
        Fate::Complained { why } => Some(format!("the reader called it spam ({why})")),
        Fate::Bounced { for_good: true, .. }
        | Fate::Sent
        | Fate::Delivered
        | Fate::Rejected { .. }
        | Fate::Other { .. } => None,
    }
}

/// Remembers that its addresses are written to no more. The first word of it stays.
async fn suppress(change: &mut Change, event: &MailEvent, deps: &Deps<'_>) -> Result<(), HandlerError> {
    let Some(reason) = event.fate.suppresses() else { return Ok(()) };
    let reason = format!("{reason}, on {}", full_day(deps.config.calendar.day(event.at)));
    for address in &event.recipients {
        let key = feedback::suppression_key(address);
        if records::read::<Suppression>(deps.outbox.store, &key).await?.is_none() {
            let delivery: Option<DeliveryId> = event.delivery.as_ref().map(|at| at.delivery.clone());
            let suppression = Suppression { reason: reason.clone(), at: event.at, delivery };
            change.put(key, &suppression, Expect::Absent);
        }
    }
    Ok(())
}

/// Counts it. Where that stops all mail, the administrator is told, once.
async fn count(change: &mut Change, event: &MailEvent, deps: &Deps<'_>) -> Result<(), HandlerError> {
    let known = records::read::<Standing>(deps.outbox.store, &feedback::standing_key()).await?;
    let (mut standing, expect) = match known {
        Some(Loaded { value, version }) => (value, Expect::Version(version)),
        None => (Standing::default(), Expect::Absent),
    };
    if !standing.count(&event.fate, event.at) {
        return Ok(());
    }
    let now = deps.clock.now();
    match (standing.stops(&deps.config.mail, now), standing.stopped) {
        (Some(why), None) => {
            standing.stopped = Some(now);
            tell_administrator(change, &why, now, deps).await?;
        }
        (None, Some(_)) => standing.stopped = None,
        (Some(_), Some(_)) | (None, None) => {}
    }
    change.put(feedback::standing_key(), &standing, expect);
    Ok(())
}

/// On another channel than mail, if there is one.
async fn tell_administrator(
    change: &mut Change,
    why: &str,
    now: Timestamp,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    change.turn_to(records::trail(deps.outbox.store, MAIL).await?);
    let stopped = "mail stopped".to_owned();
    change.note(Note { actor: "notify".to_owned(), action: stopped, case: None, grounds: why.to_owned() });
    let others: Vec<Channel> =
        deps.config.notify.channels.iter().copied().filter(|one| *one != Channel::Mail).collect();
    for channel in if others.is_empty() { vec![Channel::Mail] } else { others } {
        let delivery = due(channel, compose::mail_stopped(why, deps.config), MAIL, &now.to_string());
        change.note(note(&delivery, "to the administrator".to_owned()));
        change.delivery(MAIL, &delivery, Expect::Absent).send(send_request(MAIL, &delivery));
    }
    Ok(())
}

fn note(delivery: &Delivery, grounds: String) -> Note {
    let what = if matches!(delivery.progress, Progress::Due) { "due" } else { "heard of" };
    Note { actor: "notify".to_owned(), action: format!("{} {what}", delivery.channel), case: None, grounds }
}
