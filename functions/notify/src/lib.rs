//! Notify: decides who is told what on which channel, then sends each notice once.
//! Deciding and sending are two messages, so that each effect is retried alone.

mod decide;
mod deliver;
mod feedback;
mod instead;
mod letter;
mod mail;
mod recipients;

use domain::config::Config;
use domain::handler::{HandlerError, Outbox, Outcome};
use domain::messages::{Body, Message};
use domain::ports::{Clock, Crm, Mailer, Messenger};
use envelope::{Handled, HasTime, Record, one_by_one_then_send};
use jiff::SignedDuration;
pub use recipients::{is_same_address, responsible};

/// What notify works with.
pub struct Deps<'a> {
    /// The CRM in which cases are logged.
    pub crm: &'a dyn Crm,
    /// Sends mail.
    pub mailer: &'a dyn Mailer,
    /// Posts Slack messages.
    pub messenger: &'a dyn Messenger,
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
    let handler = async |message: Message| handle(message, deps).await;
    one_by_one_then_send(records, deps.has_time, &deps.outbox, deps.clock, handler).await
}

/// Decides on notices, or sends one.
pub async fn handle(message: Message, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    match message.body {
        Body::Notify(about) => decide::alert(message.id, about, deps).await,
        Body::NotifyCleared(about) => decide::cleared(message.id, about, deps).await,
        Body::NotifyContinued(about) => decide::continued(message.id, about, deps).await,
        Body::NotifyBrake { system, scan } => decide::brake(message.id, &system, &scan, deps).await,
        Body::Deliver(at) => deliver::deliver(at, deps).await,
        Body::Feedback(event) => feedback::heard(message.id, event, deps).await,
        Body::FollowUp { .. } | Body::Refresh(_) | Body::Update { .. } => Ok(Outcome::Done),
        Body::Look(_) | Body::Judge(_) | Body::Enrich(_) | Body::Plan(_) => {
            Err(HandlerError::Poison("notify was sent a message that is not for it".to_owned()))
        }
    }
}
