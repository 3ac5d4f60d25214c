//! Whoever can be reached on no channel is not passed over in silence: the next person is told in their stead, and why.

use domain::audit::Note;
use domain::case::{Case, State};
use domain::compose;
use domain::handler::HandlerError;
use domain::messages::DeliveryRef;
use domain::notice::{Channel, Delivery, Notice, Progress, Purpose, Recipient};
use domain::ports::{Expect, Index};
use domain::recipients::{default_recipient, is_same_address};
use domain::records::{self, Change};
use domain::{DeliveryId, Personal};

use crate::Deps;
use crate::decide::send_request;
use crate::deliver::has_it;

/// Adds to `change`, in which a delivery is withheld, those to the next person; nothing where its reader is told on another
/// channel, or where nobody needs to be told any more. The account's audit chain, of which `change` holds the end, lets of
/// two channels that fail at the same time the later one see the earlier.
pub(crate) async fn tell_another(
    change: &mut Change,
    at: &DeliveryRef,
    withheld: &Delivery,
    reason: &str,
    case: Option<&Case>,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    let Some(case) = case.filter(|case| is_for_another(withheld, case)) else { return Ok(()) };
    let all = records::all::<Delivery>(deps.outbox.store, Index::Table, &at.partition, "DELIVERY#").await?;
    let alike = all.into_iter().map(|delivery| delivery.value);
    let alike: Vec<Delivery> = alike.filter(|other| other.id != withheld.id && is_alike(other, withheld)).collect();
    if is_told(&withheld.notice.recipient, &alike) {
        return Ok(());
    }
    let Some(next) = next(withheld, case, &alike, deps) else {
        change.note(note(withheld, "nobody told", "there is nobody else to tell".to_owned()));
        return Ok(());
    };
    if is_told(&next, &alike) {
        return Ok(());
    }
    let notice = notice(withheld, reason, next, case, deps);
    for channel in &deps.config.notify.channels {
        let recipient = notice.recipient.email.reveal();
        let id = DeliveryId::of(&[&at.partition, withheld.id.as_str(), "instead", &channel.to_string(), recipient]);
        let delivery =
            Delivery { id, channel: *channel, notice: notice.clone(), progress: Progress::Due, thread: None };
        let (name, because) = (notice.recipient.name.reveal(), &notice.recipient.because);
        change.note(note(&delivery, "due", format!("to {name}, because {because}")));
        change.delivery(&at.partition, &delivery, Expect::Absent).send(send_request(&at.partition, &delivery));
    }
    Ok(())
}

/// What is told of a case that has ended is told to nobody; a digest is one person's own, and so is a note in the CRM.
fn is_for_another(withheld: &Delivery, case: &Case) -> bool {
    let purpose = withheld.notice.purpose;
    // Or somebody has taken it on already.
    let is_done = case.state.is_final() || case.state == State::Acknowledged;
    !case.shadow
        && (!is_done || purpose == Purpose::Cleared)
        && withheld.channel != Channel::Crm
        // Nor who has handed it on meanwhile.
        && (purpose != Purpose::HandedOver || has_it(withheld, case))
        && !matches!(purpose, Purpose::Digest | Purpose::Brake)
}

fn is_alike(other: &Delivery, withheld: &Delivery) -> bool {
    other.notice.case == withheld.notice.case
        && other.notice.purpose == withheld.notice.purpose
        && other.channel != Channel::Crm
}

/// Whether a person is told of it in another way, or may yet be.
fn is_told(who: &Recipient, alike: &[Delivery]) -> bool {
    let is_theirs = |other: &&Delivery| is_same_address(&other.notice.recipient.email, &who.email);
    alike.iter().filter(is_theirs).any(|other| !matches!(other.progress, Progress::Withheld { .. }))
}

/// The manager, the default recipient or the administrator, whoever comes first and has not been out of reach too.
fn next(withheld: &Delivery, case: &Case, alike: &[Delivery], deps: &Deps<'_>) -> Option<Recipient> {
    let context = case.context.as_ref();
    let manager = match withheld.notice.purpose {
        Purpose::Gained => context.and_then(|context| context.gaining.as_ref()).and_then(|one| one.manager.as_ref()),
        _ => context.and_then(|context| context.manager.as_ref()),
    };
    let manager = manager.and_then(|m| Recipient::of(&m.value, "you manage somebody who cannot be reached"));
    let default = default_recipient(deps.config, "you are the default recipient, and somebody cannot be reached");
    let administrator = Recipient {
        because: "you are the administrator, and somebody cannot be reached".to_owned(),
        ..compose::administrator(deps.config)
    };
    manager.into_iter().chain([default, administrator]).find(|one| {
        let is = |email: &Personal| is_same_address(email, &one.email);
        let failed =
            |other: &Delivery| is(&other.notice.recipient.email) && matches!(other.progress, Progress::Withheld { .. });
        !is(&withheld.notice.recipient.email) && !is(&case.subject.email) && !alike.iter().any(failed)
    })
}

fn notice(withheld: &Delivery, reason: &str, next: Recipient, case: &Case, deps: &Deps<'_>) -> Notice {
    let name = withheld.notice.recipient.name.reveal();
    let why = format!("{name} was to be told of this and cannot be reached: {reason}.");
    let mut notice = match withheld.notice.purpose {
        // Which steps are "yours" depends on who reads.
        Purpose::Alert => compose::alert(case, next, deps.config, deps.config.calendar.day(deps.clock.now())),
        _ => withheld.notice.readdressed(next),
    };
    let ask = format!("Please pass it on, and see that {name}'s address in the CRM is right.");
    notice.remarks.splice(0..0, [Personal::new(why), Personal::new(ask)]);
    notice
}

fn note(delivery: &Delivery, what: &str, grounds: String) -> Note {
    Note {
        actor: "notify".to_owned(),
        action: format!("{} {what}", delivery.channel),
        case: delivery.notice.case.clone(),
        grounds,
    }
}
