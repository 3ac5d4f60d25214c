//! A notice as its channel takes it, and what came of handing it over.

use channels::mail::{self, Sender};
use channels::slack::{self, ButtonValue};
use domain::address::mailbox;
use domain::case::Case;
use domain::handler::{HandlerError, told};
use domain::messages::DeliveryRef;
use domain::notice::{Channel, Delivery, Progress, Purpose, Recipient};
use domain::plan::Assignee;
use domain::ports::{LogEntry, LogTask, MailerError, MessengerError, OutgoingMail};
use domain::{Personal, UserId};
use jiff::Timestamp;

use crate::{Deps, broken, buttons};

/// What leaves for one delivery.
pub(crate) enum Letter {
    /// A Slack message, whose buttons carry the case as it says it stands.
    Message,
    /// A mail, and the Message-ID that it carries.
    Mail {
        mail: OutgoingMail,
        message_id: String,
        /// The Message-IDs of those that went before it in its thread.
        earlier: Vec<String>,
    },
    /// A note in the CRM, which is written from the case as it then stands.
    Log,
}

/// What was found of a notice of which nobody can tell whether it was sent.
pub(crate) enum Found {
    /// It was sent, as this.
    Sent(String),
    /// Everything since then was looked at, and it is not there.
    Nothing,
    /// It cannot be looked for, and why, where there is more to say than that the service has no such thing.
    NoAnswer(Option<String>),
}

/// Why there is nothing to send.
pub(crate) enum Unwritten {
    /// It cannot go to its recipient.
    Withheld(String),
    /// Nothing can be sent before the configuration is put right.
    Misconfigured(String),
}

impl Letter {
    /// Writes it; a mail in a thread names those that went `earlier`.
    pub(crate) fn of(
        delivery: &Delivery,
        at: &DeliveryRef,
        earlier: &[String],
        deps: &Deps<'_>,
    ) -> Result<Self, Unwritten> {
        match delivery.channel {
            Channel::Slack => Ok(Self::Message),
            Channel::Mail => {
                let sender = sender(deps)?;
                let mail = mail::answer(delivery, earlier, &sender, deps.clock.now())
                    .map_err(|error| Unwritten::Withheld(error.to_string()))?;
                let mail = OutgoingMail { partition: at.partition.clone(), ..mail };
                let message_id = mail::message_id(&delivery.id, &sender);
                Ok(Self::Mail { mail, message_id, earlier: earlier.to_vec() })
            }
            Channel::Crm => Ok(Self::Log),
        }
    }

    /// Whether handing it over twice is the same as once. The CRM knows an entry by its id.
    pub(crate) fn repeats_safely(&self, deps: &Deps<'_>) -> bool {
        match self {
            Self::Message => deps.messenger.repeats_safely(),
            Self::Mail { .. } => deps.mailer.repeats_safely(),
            Self::Log => true,
        }
    }

    /// Hands it over. An error says that it has certainly not been sent.
    pub(crate) async fn hand_over(
        &self,
        delivery: &Delivery,
        case: Option<&Case>,
        deps: &Deps<'_>,
    ) -> Result<Progress, HandlerError> {
        let at = deps.clock.now();
        match self {
            Self::Message => {
                let shown = |case| ButtonValue { revision: delivery.notice.revision, ..ButtonValue::of(case) };
                let message = slack::message(delivery, case.map(shown).as_ref());
                match deps.messenger.post(&message).await {
                    Ok(reference) => Ok(Progress::Sent { at, reference }),
                    Err(MessengerError::Refused(reason)) => Ok(Progress::Withheld { reason }),
                    Err(error @ MessengerError::Unknown(_)) => self.in_doubt(at, &error, deps),
                    Err(MessengerError::Unusable(why)) => Err(broken::give_up(Channel::Slack, why, deps).await),
                    Err(error @ (MessengerError::Wait { .. } | MessengerError::Unavailable(_))) => Err(not_now(&error)),
                }
            }
            // A service that gives the mail an id of its own is answered under that id.
            Self::Mail { mail, message_id, earlier } => {
                let mail = with_buttons(mail, earlier, delivery, case, deps);
                match deps.mailer.send(&mail).await {
                    Ok(own) => Ok(Progress::Sent { at, reference: own.unwrap_or_else(|| message_id.clone()) }),
                    Err(MailerError::Refused(reason)) => Ok(Progress::Withheld { reason }),
                    Err(error @ MailerError::Unavailable(_)) => Err(HandlerError::Retry(told(&error))),
                    Err(MailerError::Unusable(why)) => Err(broken::give_up(Channel::Mail, why, deps).await),
                    Err(error @ MailerError::Unknown(_)) => self.in_doubt(at, &error, deps),
                }
            }
            Self::Log => {
                let Some(entry) = case.map(|case| log_entry(delivery, case, deps)) else {
                    return Ok(Progress::Withheld { reason: "there is no case to log".to_owned() });
                };
                deps.crm.log(&entry).await?;
                Ok(Progress::Sent { at, reference: delivery.id.to_string() })
            }
        }
    }

    /// Looks for what may have been sent at `around`. An error says that it has to be looked for later.
    pub(crate) async fn find(
        &self,
        delivery: &Delivery,
        around: Timestamp,
        deps: &Deps<'_>,
    ) -> Result<Found, HandlerError> {
        if !matches!(self, Self::Message) {
            return Ok(Found::NoAnswer(None));
        }
        match deps.messenger.find(&slack::message(delivery, None), around).await {
            Ok(Some(reference)) => Ok(Found::Sent(reference)),
            Ok(None) => Ok(Found::Nothing),
            Err(error @ (MessengerError::Unavailable(_) | MessengerError::Wait { .. })) => Err(not_now(&error)),
            Err(error) => Ok(Found::NoAnswer(Some(format!("it cannot be looked for: {}", told(&error))))),
        }
    }

    /// Doubt is no harm where sending it again is none.
    fn in_doubt(
        &self,
        at: Timestamp,
        error: &dyn std::error::Error,
        deps: &Deps<'_>,
    ) -> Result<Progress, HandlerError> {
        if self.repeats_safely(deps) {
            return Err(HandlerError::Retry(told(error)));
        }
        Ok(Progress::Unknown { at, reason: told(error) })
    }
}

/// What is tried again: when the service may be asked again, where it says when, else when the queue gives it again.
pub(crate) fn not_now(error: &MessengerError) -> HandlerError {
    match error {
        MessengerError::Wait { after } => HandlerError::Later { after: *after, reason: told(error) },
        MessengerError::Unavailable(_)
        | MessengerError::Unknown(_)
        | MessengerError::Unusable(_)
        | MessengerError::Refused(_) => HandlerError::Retry(told(error)),
    }
}

/// The mail with links by which it can be answered, where it asks for an answer and answers can be taken.
fn with_buttons(
    mail: &OutgoingMail,
    earlier: &[String],
    delivery: &Delivery,
    case: Option<&Case>,
    deps: &Deps<'_>,
) -> OutgoingMail {
    let asking = case.and_then(|case| buttons::added(delivery, case, deps));
    let written = |asking: &Delivery| mail::answer(asking, earlier, &sender(deps).ok()?, deps.clock.now()).ok();
    let written = asking.as_ref().and_then(written);
    written.map_or_else(|| mail.clone(), |new| OutgoingMail { partition: mail.partition.clone(), ..new })
}

fn sender(deps: &Deps<'_>) -> Result<Sender, Unwritten> {
    let notify = &deps.config.notify;
    let read = |text: &str, key: &str| {
        mailbox(text).map_err(|e| Unwritten::Misconfigured(format!("notify.{key} cannot send mail: {e}")))
    };
    let reply_to = match notify.reply_to.as_str() {
        "" => None,
        text => Some(read(text, "reply_to")?),
    };
    // Work mails to our own people: a person decides who is told in their stead.
    let unsubscribe = match notify.unsubscribe.as_str() {
        "" => format!("mailto:{}", notify.administrator.reveal()),
        place => place.to_owned(),
    };
    Ok(Sender {
        name: notify.sender_name.clone(),
        address: read(&notify.sender_address, "sender_address")?,
        reply_to,
        unsubscribe,
    })
}

fn log_entry(delivery: &Delivery, case: &Case, deps: &Deps<'_>) -> LogEntry {
    let notice = &delivery.notice;
    let note = mail::text_body(notice);
    let tasks = case.plan.iter().flat_map(|plan| &plan.steps).map(|step| LogTask {
        subject: step.what.clone(),
        why: format!("{} ({})", step.why, step.who),
        due: step.due,
        owner: taken_by(step.who, &notice.recipient, case),
    });
    LogEntry {
        id: delivery.id.clone(),
        case: case.id.clone(),
        account: case.account.clone(),
        contact: case.subject.contact.clone(),
        subject: Personal::new(format!("Baton: {}", notice.subject.reveal())),
        note: Personal::new(note),
        tasks: if notice.purpose == Purpose::Alert { tasks.collect() } else { Vec::new() },
        owner: notice.recipient.user.clone(),
        day: deps.config.calendar.day(deps.clock.now()),
    }
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
