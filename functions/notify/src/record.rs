//! Writes down what became of a notice, and what follows for its case and its reader.

use domain::MessageId;
use domain::audit::Note;
use domain::case::{Case, State};
use domain::handler::{HandlerError, Outcome, again_and_again};
use domain::messages::{Body, CaseRef, DeliveryRef, Message};
use domain::notice::{Delivery, Progress, Purpose};
use domain::ports::Expect;
use domain::records::{self, Change, Loaded};
use jiff::SignedDuration;

use crate::deliver::case_of;
use crate::{Deps, instead, refresh};

/// How often the record of a notice is tried. Everything about an account is written to one audit chain, so of two
/// notices of a case that leave together one has to record itself anew; four others at once are more than there are.
pub(crate) const MOST_RECORDS: u32 = 5;

/// Writes down what became of a delivery, as its sender knows it. What fails here must never lead to sending it again.
pub(crate) async fn settle(
    at: &DeliveryRef,
    delivery: Loaded<Delivery>,
    came_of_it: Progress,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    // Most often it still stands as its sender has left it.
    let recorded = record(at, delivery, came_of_it.clone(), deps).await;
    if !matches!(recorded, Err(HandlerError::Retry(_))) {
        return recorded;
    }
    again_and_again(MOST_RECORDS, async || {
        let Some(delivery) = records::delivery(deps.outbox.store, at).await? else {
            return Ok(Outcome::Skipped("the delivery was erased while it was sent".to_owned()));
        };
        match (&delivery.value.progress, &came_of_it) {
            (Progress::Sent { .. } | Progress::Withheld { .. }, _)
            | (Progress::Unknown { .. }, Progress::Unknown { .. }) => Ok(Outcome::AlreadyDone),
            // A sender that was taken for dead knows better.
            (Progress::Due | Progress::Sending { .. } | Progress::Unknown { .. }, _) => {
                record(at, delivery, came_of_it.clone(), deps).await
            }
        }
    })
    .await
}

/// Writes down what became of a delivery that still stands as it was read.
pub(crate) async fn record(
    at: &DeliveryRef,
    delivery: Loaded<Delivery>,
    progress: Progress,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let mut change = Change::untold(None, deps.clock.now());
    let after = write_down(&mut change, at, delivery, progress, deps).await?;
    let outcome = deps.outbox.commit_in_batch(change).await?;
    after.into_iter().for_each(deps.told);
    Ok(outcome)
}

/// Adds to `change` what became of a delivery, and what follows for its case and its reader. Returns how long after its scan
/// the case reached somebody, if it does so now.
pub(crate) async fn write_down(
    change: &mut Change,
    at: &DeliveryRef,
    delivery: Loaded<Delivery>,
    progress: Progress,
    deps: &Deps<'_>,
) -> Result<Option<SignedDuration>, HandlerError> {
    let now = deps.clock.now();
    // Before the case: whoever takes the case back after this writes to the same chain, and this commit fails.
    change.turn_to(records::trail(deps.outbox.store, &at.partition).await?);
    let case = case_of(&delivery.value, at, deps).await?;
    let mut after = None;
    change.note(note(&delivery.value, &progress));
    if let Progress::Withheld { reason } = &progress {
        let case = case.as_ref().map(|case| &case.value);
        instead::tell_another(change, at, &delivery.value, reason, case, deps).await?;
    }
    if let (Some(because), Some(case)) = (told_by(&delivery.value, &progress), case) {
        if !refresh::shows(&delivery.value, &progress, &case.value, deps) {
            let revision = case.value.revision().to_string();
            let id = MessageId::of(&["refresh", at.delivery.as_str(), &revision]);
            change.send(Message::new(id, Body::Refresh(about(&case.value))));
        }
        match case.value.state {
            State::Planned => {
                after = case.value.opened().map(|opened| now.duration_since(opened));
                let notified = case.value.become_state(State::Notified, because, now)?;
                change.case(&notified, Expect::Version(case.version));
            }
            // It was taken back while it was on its way.
            State::Cleared if delivery.value.notice.purpose != Purpose::Cleared => {
                let id = MessageId::of(&["cleared", at.delivery.as_str()]);
                change.send(Message::new(id, Body::NotifyCleared(about(&case.value))));
            }
            State::Detected
            | State::Enriched
            | State::Notified
            | State::Acknowledged
            | State::Closed
            | State::Held
            | State::Dismissed
            | State::Cleared => {}
        }
    }
    let settled = Delivery { progress, ..delivery.value };
    change.delivery(&at.partition, &settled, Expect::Version(delivery.version));
    Ok(after)
}

fn about(case: &Case) -> CaseRef {
    CaseRef { account: case.account.clone(), case: case.id.clone() }
}

/// Why the case is one that somebody was told of.
fn told_by(delivery: &Delivery, progress: &Progress) -> Option<String> {
    let (who, channel) = (delivery.notice.recipient.name.reveal(), delivery.channel);
    match progress {
        Progress::Sent { .. } => Some(format!("{who} told by {channel}")),
        Progress::Unknown { .. } => Some(format!("{who} may have been told by {channel}; nobody can tell")),
        Progress::Due | Progress::Sending { .. } | Progress::Withheld { .. } => None,
    }
}

pub(crate) fn note(delivery: &Delivery, progress: &Progress) -> Note {
    let recipient = delivery.notice.recipient.name.reveal();
    let (action, grounds) = match progress {
        Progress::Due => ("due", format!("to {recipient}")),
        Progress::Sending { .. } => ("sending", format!("to {recipient}")),
        Progress::Sent { reference, .. } => ("sent", format!("to {recipient}, as {reference}")),
        Progress::Unknown { reason, .. } => {
            ("unknown", format!("{recipient} may have it or not, and it is not sent again: {reason}"))
        }
        Progress::Withheld { reason } => ("withheld", format!("from {recipient}: {reason}")),
    };
    Note {
        actor: "notify".to_owned(),
        action: format!("{} {action}", delivery.channel),
        case: delivery.notice.case.clone(),
        grounds,
    }
}
