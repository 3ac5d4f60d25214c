//! Notify: decides who is told what on which channel, then sends each notice once.
//! Deciding and sending are two messages, so that each effect is retried alone.

mod decide;
mod deliver;
mod record;
mod broken;
mod feedback;
mod follow;
mod hand_over;
mod instead;
mod letter;
mod buttons;
mod mail;
mod quiet;
mod refresh;
mod update;

use domain::config::Config;
use domain::handler::{HandlerError, Outbox, Outcome};
use domain::messages::{Body, FollowUp, Message};
use domain::ports::{Clock, Crm, Mailer, Messenger};
use envelope::{Handled, HasTime, Record, one_by_one_then_send};
use jiff::SignedDuration;
use links::Signer;

/// What notify works with.
pub struct Deps<'a> {
    /// The CRM in which cases are logged.
    pub crm: &'a dyn Crm,
    /// Sends mail.
    pub mailer: &'a dyn Mailer,
    /// Posts Slack messages.
    pub messenger: &'a dyn Messenger,
    /// Signs the links by which a mail is answered, where there is a key.
    pub links: Option<&'a Signer>,
    /// Where results are committed and messages leave.
    pub outbox: Outbox<'a>,
    /// The configuration in force.
    pub config: &'a Config,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Whether there is time for another message.
    pub has_time: HasTime<'a>,
    /// Told how long after its scan a case reached somebody.
    pub told: &'a (dyn Fn(SignedDuration) + Sync),
}

/// Handles a batch, each record alone.
pub async fn handle_batch(records: Vec<Record>, deps: &Deps<'_>) -> Vec<Handled> {
    let known = follow::responsible_now(&records, deps).await;
    let handler = async |message: Message| handle(message, &known, deps).await;
    one_by_one_then_send(records, deps.has_time, &deps.outbox, deps.clock, handler).await
}

/// Whether the CRM is asked in a batch who is responsible now. It is not needed for anything else but its log.
pub fn asks_the_crm(records: &[Record]) -> bool {
    follow::cases_of(records).next().is_some()
}

async fn handle(message: Message, known: &follow::Known, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    match message.body {
        Body::Notify(about) => decide::alert(message.id, about, deps).await,
        Body::NotifyCleared(about) => decide::cleared(message.id, about, deps).await,
        Body::NotifyContinued(about) => decide::continued(message.id, about, deps).await,
        Body::NotifyBrake { system, scan } => decide::brake(message.id, &system, &scan, deps).await,
        Body::Deliver(at) => deliver::deliver(at, deps).await,
        Body::FollowUp { about, what: FollowUp::HandOver } => hand_over::hand_over(message.id, about, deps).await,
        Body::FollowUp { about, what } => follow::follow(message.id, about, what, known, deps).await,
        Body::Refresh(about) => refresh::refresh(&about, deps).await,
        Body::Update { about, proposal } => update::update(&about, proposal, deps).await,
        Body::Feedback(event) => feedback::heard(message.id, event, deps).await,
        Body::Look(_) | Body::Judge(_) | Body::Enrich(_) | Body::Plan(_) => {
            Err(HandlerError::Poison("notify was sent a message that is not for it".to_owned()))
        }
    }
}
