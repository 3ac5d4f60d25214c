//! Holds a notice while its reader is not to be disturbed: it waits, on record, and steward sends it on at the first working
//! minute. The log in the CRM disturbs nobody and does not wait.

use domain::MessageId;
use domain::audit::Note;
use domain::handler::{HandlerError, Outcome};
use domain::messages::{Body, DeliveryRef, Message};
use domain::notice::{Channel, Delivery};
use domain::records::{self, Change};
use jiff::Timestamp;

use crate::Deps;

/// When a notice that is due may be sent, if that is not now.
pub(crate) fn holds_until(delivery: &Delivery, now: Timestamp, deps: &Deps<'_>) -> Option<Timestamp> {
    match delivery.channel {
        Channel::Slack | Channel::Mail => {
            deps.config.calendar.of_reader(delivery.notice.recipient.zone.as_deref()).closed_until(now)
        }
        Channel::Crm => None,
    }
}

/// Lets it wait. A second request in the same quiet hours finds that it waits already.
pub(crate) async fn hold(
    at: &DeliveryRef,
    delivery: &Delivery,
    until: Timestamp,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let id = MessageId::of(&["deliver", at.delivery.as_str(), &until.to_string()]);
    let message = Message::new(id, Body::Deliver(at.clone()));
    if records::waits(deps.outbox.store, until, &message).await? {
        return Ok(Outcome::AlreadyDone);
    }
    let trail = records::trail(deps.outbox.store, &at.partition).await?;
    let mut change = Change::new(None, trail, deps.clock.now());
    change.note(note(delivery, until, deps)).send_at(until, message);
    deps.outbox.commit_in_batch(change).await
}

fn note(delivery: &Delivery, until: Timestamp, deps: &Deps<'_>) -> Note {
    let recipient = &delivery.notice.recipient;
    let zone = deps.config.calendar.of_reader(recipient.zone.as_deref()).zone;
    let here = until.to_zoned(zone);
    Note {
        actor: "notify".to_owned(),
        action: format!("{} waits", delivery.channel),
        case: delivery.notice.case.clone(),
        grounds: format!(
            "for {} until {}, where quiet hours end",
            recipient.name.reveal(),
            here.strftime("%a %-d %b %H:%M %:z")
        ),
    }
}
