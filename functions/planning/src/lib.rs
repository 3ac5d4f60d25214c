//! Planning: turns an enriched case into a dated plan, at most once per request.

use domain::MessageId;
use domain::audit::Note;
use domain::case::{Case, State};
use domain::config::Config;
use domain::handler::{HandlerError, Outbox, Outcome};
use domain::messages::{Body, CaseRef, Message};
use domain::plan::Plan;
use domain::ports::{Clock, Expect};
use domain::records::{self, Change};
use domain::{playbook, proposals};
use envelope::{Handled, HasTime, Record, one_by_one_then_send};

/// What planning works with.
pub struct Deps<'a> {
    /// Where results are committed and messages leave.
    pub outbox: Outbox<'a>,
    /// The configuration in force, with its playbooks.
    pub config: &'a Config,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Whether there is time for another message.
    pub has_time: HasTime<'a>,
}

/// Handles a batch, each record alone.
pub async fn handle_batch(records: Vec<Record>, deps: &Deps<'_>) -> Vec<Handled> {
    let handler = async |message: Message| handle(message, deps).await;
    one_by_one_then_send(records, deps.has_time, &deps.outbox, deps.clock, handler).await
}

/// Plans one case.
pub async fn handle(message: Message, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let Body::Plan(about) = message.body else {
        return Err(HandlerError::Poison("planning was sent a message that is not for it".to_owned()));
    };
    let Some((case, trail)) = records::case_and_trail(deps.outbox.store, &about).await? else {
        return Ok(Outcome::Skipped("the case was erased after the request".to_owned()));
    };
    let (State::Enriched, Some(context)) = (case.value.state, case.value.context.as_ref()) else {
        return Ok(Outcome::Skipped(format!("the case is {}, not enriched", case.value.state)));
    };
    let now = deps.clock.now();

    let calendar = &deps.config.calendar;
    let plan = playbook::plan(&case.value, context, &deps.config.playbooks, calendar, calendar.day(now));
    let because = because(plan.as_ref());
    let proposals = proposals::of(&case.value, &deps.config.fields);
    let planned = Case { plan, proposals, ..case.value }.become_state(State::Planned, because, now)?;

    let mut change = Change::new(Some(message.id), trail, now);
    change.case(&planned, Expect::Version(case.version)).note(note(&planned)).send(request_notice(about));
    deps.outbox.commit_in_batch(change).await
}

fn because(plan: Option<&Plan>) -> String {
    match plan {
        Some(plan) => format!("playbook “{}”, because {}", plan.playbook, plan.because.join(" and ")),
        None => "no playbook fits; add one without conditions to have a plan for every case".to_owned(),
    }
}

fn request_notice(about: CaseRef) -> Message {
    Message::new(MessageId::of(&["notify", about.case.as_str()]), Body::Notify(about))
}

fn note(case: &Case) -> Note {
    Note {
        actor: "planning".to_owned(),
        action: "planned".to_owned(),
        case: Some(case.id.clone()),
        grounds: case.because.clone(),
    }
}
