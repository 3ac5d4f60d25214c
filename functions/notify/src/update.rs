//! Writes into the CRM what a person has confirmed: exactly that field, from exactly that value, once. Nothing else here does.

use domain::audit::Note;
use domain::case::{Case, Proposal, ProposalState, State};
use domain::handler::{HandlerError, Outcome};
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{CrmError, Expect, FieldUpdate, Updated, UpdatedRecord};
use domain::records::{self, Change, Loaded, Trail};
use domain::{DeliveryId, MessageId, Personal, proposals};
use jiff::{SignedDuration, Timestamp};

use crate::Deps;

/// For so long a confirmation holds. A queue tries for some days; what is taken out of the dead letters later is asked anew.
const HOLDS: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How often the record is tried: everything about an account is written to one chain.
const MOST_TRIES: u32 = 5;

/// Writes one proposal of a case, if it is confirmed.
pub(crate) async fn update(about: &CaseRef, number: u32, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let Some((case, trail)) = records::case_and_trail(deps.outbox.store, about).await? else {
        return Ok(Outcome::Skipped("the case was erased after the request".to_owned()));
    };
    let now = deps.clock.now();
    let Some(proposal) = case.value.proposals.get(number as usize).cloned() else {
        return Err(HandlerError::Poison(format!("the case has no proposal {number}")));
    };
    let ProposalState::Confirmed { at, .. } = &proposal.state else {
        return Ok(Outcome::Skipped("nobody has confirmed this update, or it was written".to_owned()));
    };
    if let Some(reason) = withheld(&case.value, *at, now) {
        return record((case, trail), about, number, &proposal, &refused(reason.to_owned(), now), deps).await;
    }
    let updated = match deps.crm.update(&field_update(&case.value, number, &proposal, deps)).await {
        // Whoever has mended it, or knows better, decides again.
        Err(CrmError::Unusable(reason)) => {
            let refused = refused(format!("the CRM does not take it: {reason}"), now);
            return record((case, trail), about, number, &proposal, &refused, deps).await;
        }
        updated => updated?,
    };
    let came_of_it = match updated {
        Updated::Written => ("update written", "the CRM has it".to_owned(), ProposalState::Written { at: now }),
        Updated::Changed { now: held } => (
            "update outdated",
            format!("the field holds “{}” by now and was left as it is: review again", held.reveal()),
            ProposalState::Outdated { now: held },
        ),
    };
    record((case, trail), about, number, &proposal, &came_of_it, deps).await
}

fn refused(why: String, at: Timestamp) -> (&'static str, String, ProposalState) {
    let state = ProposalState::Refused { at, why: Personal::new(why.trim_end_matches('.')) };
    ("update refused", why, state)
}

/// Why a confirmed update is not written: it is no longer clear that whoever has confirmed it still would.
fn withheld(case: &Case, confirmed: Timestamp, now: Timestamp) -> Option<&'static str> {
    if case.shadow {
        return Some("the scan runs in shadow, and writes nothing");
    }
    if matches!(case.state, State::Dismissed | State::Cleared) {
        return Some("the case was taken back before it was written");
    }
    (now.duration_since(confirmed) > HOLDS).then_some("it was confirmed more than a week ago: confirm it again")
}

/// What is written. Its id names the exact write, so that a repetition is one, and another write never is.
fn field_update(case: &Case, number: u32, proposal: &Proposal, deps: &Deps<'_>) -> FieldUpdate {
    let record = match &proposal.record {
        UpdatedRecord::Contact(id) => format!("contact {id}"),
        UpdatedRecord::Account(id) => format!("account {id}"),
    };
    let (before, after) = (proposal.before.reveal(), proposal.after.reveal());
    let parts = ["update", case.id.as_str(), &number.to_string(), &record, &proposal.field, before, after];
    FieldUpdate {
        id: DeliveryId::of(&parts),
        record: proposal.record.clone(),
        field: proposals::field_in(deps.crm.system(), &proposal.field).to_owned(),
        before: proposal.before.clone(),
        after: proposal.after.clone(),
    }
}

/// Writes down what became of it, beside whatever else has happened to the case meanwhile.
async fn record(
    read: (Loaded<Case>, Trail),
    about: &CaseRef,
    number: u32,
    confirmed: &Proposal,
    (action, grounds, state): &(&str, String, ProposalState),
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let mut read = Some(read);
    for tries in 1.. {
        let Some((mut case, trail)) = read.take() else {
            return Ok(Outcome::Skipped("the case was erased while its update was written".to_owned()));
        };
        let now = deps.clock.now();
        match case.value.proposals.get_mut(number as usize) {
            Some(proposal) if proposal == confirmed => proposal.state = state.clone(),
            Some(_) | None => return Ok(Outcome::AlreadyDone),
        }
        let mut change = Change::new(None, trail, now);
        change.case(&case.value, Expect::Version(case.version)).note(Note {
            actor: "notify".to_owned(),
            action: (*action).to_owned(),
            case: Some(case.value.id.clone()),
            grounds: format!("{}: {grounds}", proposals::in_words(&case.value, confirmed)),
        });
        let id =
            MessageId::of(&["refresh", about.case.as_str(), "update", &number.to_string(), action, &now.to_string()]);
        change.send(Message::new(id, Body::Refresh(about.clone())));
        match deps.outbox.commit_in_batch(change).await {
            Err(HandlerError::Retry(_)) if tries < MOST_TRIES => {
                read = records::case_and_trail(deps.outbox.store, about).await?;
            }
            ended => return ended,
        }
    }
    Ok(Outcome::AlreadyDone)
}
