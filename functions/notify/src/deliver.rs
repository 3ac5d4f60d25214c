//! Sends one notice. The first one that arrives makes the case `notified`.

use channels::mail::Sender;
use domain::audit::Note;
use domain::case::{Case, State};
use domain::handler::{HandlerError, Outcome};
use domain::messages::{CaseRef, DeliveryRef};
use domain::notice::{Channel, Delivery, Progress, Purpose, Recipient};
use domain::plan::Assignee;
use domain::ports::{Expect, LogEntry, LogTask};
use domain::records::{self, Change, Loaded};
use domain::{AccountId, MessageId, Personal, UserId};

use crate::Deps;

/// How often the record of a notice is tried. Everything about an account is written to one audit chain, so of two
/// notices of a case that leave together one has to record itself anew; four others at once are more than there are.
const MOST_RECORDS: u32 = 5;

/// Sends a delivery that is due, once.
pub(crate) async fn deliver(id: MessageId, at: DeliveryRef, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let Some(delivery) = records::delivery(deps.outbox.store, &at).await? else {
        return Ok(Outcome::Skipped("the delivery was erased after the request".to_owned()));
    };
    if delivery.value.progress != Progress::Due {
        return Ok(Outcome::AlreadyDone);
    }
    let case = case_of(&delivery.value, &at, deps).await?;
    let progress = match outdated(&delivery.value, case.as_ref()) {
        Some(reason) => Progress::Withheld { reason },
        None => send(&delivery.value, case.as_ref().map(|case| &case.value), deps).await?,
    };
    // From here on it has left: what fails now must never lead to sending it again.
    for _ in 1..MOST_RECORDS {
        match record(&id, &at, &progress, deps).await {
            Err(HandlerError::Retry(_)) => {}
            recorded => return recorded,
        }
    }
    record(&id, &at, &progress, deps).await
}

/// Writes down what became of a delivery, reading anew what others may have written meanwhile.
async fn record(
    id: &MessageId,
    at: &DeliveryRef,
    progress: &Progress,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let Some(delivery) = records::delivery(deps.outbox.store, at).await? else {
        return Ok(Outcome::Skipped("the delivery was erased while it was sent".to_owned()));
    };
    if delivery.value.progress != Progress::Due {
        return Ok(Outcome::AlreadyDone);
    }
    let case = case_of(&delivery.value, at, deps).await?;
    let now = deps.clock.now();
    let trail = records::trail(deps.outbox.store, &at.partition).await?;
    let mut change = Change::new(Some(id.clone()), trail, now);
    change.note(note(&delivery.value, progress));
    if let (Progress::Sent { .. }, Some(case)) = (progress, case)
        && case.value.state == State::Planned
    {
        let who = &delivery.value.notice.recipient.name;
        let because = format!("{} told by {}", who.reveal(), delivery.value.channel);
        let notified = case.value.become_state(State::Notified, because, now)?;
        change.case(&notified, Expect::Version(case.version));
    }
    let sent = Delivery { progress: progress.clone(), ..delivery.value };
    change.delivery(&at.partition, &sent, Expect::Version(delivery.version));
    deps.outbox.commit(change, now).await
}

async fn case_of(delivery: &Delivery, at: &DeliveryRef, deps: &Deps<'_>) -> Result<Option<Loaded<Case>>, HandlerError> {
    let account = at.partition.strip_prefix("ACCOUNT#").and_then(|id| AccountId::parse(id).ok());
    let (Some(account), Some(case)) = (account, delivery.notice.case.clone()) else { return Ok(None) };
    Ok(records::case(deps.outbox.store, &CaseRef { account, case }).await?)
}

/// Why a notice that was due need not be sent any more.
fn outdated(delivery: &Delivery, case: Option<&Loaded<Case>>) -> Option<String> {
    let state = case?.value.state;
    let alert = matches!(delivery.notice.purpose, Purpose::Alert | Purpose::Gained);
    (alert && state.is_final()).then(|| format!("the case was {state} before anybody was told"))
}

async fn send(delivery: &Delivery, case: Option<&Case>, deps: &Deps<'_>) -> Result<Progress, HandlerError> {
    let at = deps.clock.now();
    let reference = match delivery.channel {
        Channel::Slack => deps.messenger.post(&channels::slack::message(delivery)).await?,
        Channel::Mail => {
            let sender = sender(deps)?;
            let mail = match channels::mail::message(delivery, &sender, at) {
                Ok(mail) => mail,
                Err(error) => return Ok(Progress::Withheld { reason: error.to_string() }),
            };
            deps.mailer.send(&mail).await?;
            channels::mail::message_id(&delivery.id, &sender)
        }
        Channel::Crm => {
            let Some(entry) = case.and_then(|case| log_entry(delivery, case, deps)) else {
                return Ok(Progress::Withheld { reason: "there is no case to log".to_owned() });
            };
            deps.crm.log(&entry).await?;
            delivery.id.to_string()
        }
    };
    Ok(Progress::Sent { at, reference })
}

fn sender(deps: &Deps<'_>) -> Result<Sender, HandlerError> {
    let notify = &deps.config.notify;
    let address = channels::mail::mailbox(&notify.sender_address)
        .map_err(|e| HandlerError::Poison(format!("notify.sender_address cannot send mail: {e}")))?;
    Ok(Sender { name: notify.sender_name.clone(), address })
}

fn log_entry(delivery: &Delivery, case: &Case, deps: &Deps<'_>) -> Option<LogEntry> {
    let notice = &delivery.notice;
    let note = channels::mail::text_body(notice);
    let tasks = case.plan.iter().flat_map(|plan| &plan.steps).map(|step| LogTask {
        subject: step.what.clone(),
        why: format!("{} ({})", step.why, step.who),
        due: step.due,
        owner: taken_by(step.who, &notice.recipient, case),
    });
    Some(LogEntry {
        id: delivery.id.clone(),
        case: case.id.clone(),
        account: case.account.clone(),
        contact: case.subject.contact.clone(),
        subject: Personal::new(format!("Baton: {}", notice.subject.reveal())),
        note: Personal::new(note),
        tasks: if notice.purpose == Purpose::Alert { tasks.collect() } else { Vec::new() },
        owner: notice.recipient.user.clone(),
        day: deps.config.calendar.day(deps.clock.now()),
    })
}

/// The CRM user who takes a step. Which person support or sales gives it to, nobody here knows.
fn taken_by(who: Assignee, recipient: &Recipient, case: &Case) -> Option<UserId> {
    match who {
        Assignee::Owner => recipient.user.clone(),
        Assignee::Manager => {
            let manager = case.context.as_ref().and_then(|context| context.manager.as_ref());
            manager.filter(|manager| manager.value.active).map(|manager| manager.value.id.clone())
        }
        Assignee::Support | Assignee::Sales => None,
    }
}

fn note(delivery: &Delivery, progress: &Progress) -> Note {
    let recipient = delivery.notice.recipient.name.reveal();
    let (action, grounds) = match progress {
        Progress::Sent { reference, .. } => ("sent", format!("to {recipient}, as {reference}")),
        Progress::Withheld { reason } => ("withheld", format!("from {recipient}: {reason}")),
        Progress::Due => ("due", format!("to {recipient}")),
    };
    Note {
        actor: "notify".to_owned(),
        action: format!("{} {action}", delivery.channel),
        case: delivery.notice.case.clone(),
        grounds,
    }
}
