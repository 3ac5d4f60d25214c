//! Shows in what was posted and logged about a case what has become of it. Mails cannot be changed; their buttons lead to a page
//! that shows the case as it stands.
//!
//! Everything is composed from the case as it is now, and a record that somebody else has refreshed meanwhile is refreshed
//! again: whichever message comes last, the latest state is shown last.

use channels::slack;
use domain::Personal;
use domain::audit::Note;
use domain::case::Case;
use domain::compose;
use domain::handler::{HandlerError, Outcome};
use domain::messages::CaseRef;
use domain::notice::{Channel, Delivery, Progress, Purpose};
use domain::ports::{Expect, Index, LogState, MessengerError};
use domain::records::{self, Change, Loaded, account_partition};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Deps;
use crate::letter::not_now;

/// How often the records are tried: everything about an account is written to one chain.
const MOST_TRIES: u32 = 5;

/// Refreshes every Slack message of the case, and what the CRM says of it.
pub(crate) async fn refresh(about: &CaseRef, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let mut tries = 1;
    loop {
        // Another one that refreshes at the same time has read another state: only whoever has read the latest may be last.
        match attempt(about, deps).await? {
            Attempt::Conflict(reason) if tries == MOST_TRIES => return Err(HandlerError::Retry(reason)),
            Attempt::Conflict(_) => tries += 1,
            Attempt::Ended(outcome) => return Ok(outcome),
        }
    }
}

/// Whether what a delivery shows, or will have shown once it is this far, is what its case has come to.
pub(crate) fn shows(delivery: &Delivery, progress: &Progress, case: &Case, deps: &Deps<'_>) -> bool {
    match (delivery.channel, progress) {
        (Channel::Slack, Progress::Sent { .. }) => {
            compose::refreshed(&delivery.notice, case, deps.config) == delivery.notice
        }
        (Channel::Crm, Progress::Sent { .. }) => unlogged(delivery, case, deps).is_empty(),
        _ => true,
    }
}

enum Attempt {
    Ended(Outcome),
    Conflict(String),
}

async fn attempt(about: &CaseRef, deps: &Deps<'_>) -> Result<Attempt, HandlerError> {
    let partition = account_partition(&about.account);
    // Before the case: a notice that shows a state was written after that state.
    let mut all = records::all::<Delivery>(deps.outbox.store, Index::Table, &partition, "DELIVERY#").await?;
    all.retain(|Loaded { value, .. }| value.notice.case.as_ref() == Some(&about.case));
    let Some((case, trail)) = records::case_and_trail(deps.outbox.store, about).await? else {
        return Ok(Attempt::Ended(Outcome::Skipped("the case was erased after the request".to_owned())));
    };
    let (mut shown, mut failed) = (Vec::new(), None);
    for Loaded { value, version } in all {
        match show(&value, &case.value, deps).await {
            Ok(Some(now)) => shown.push((now, version)),
            Ok(None) => {}
            // What cannot be changed now must not keep the others from it.
            Err(error) => drop(failed.get_or_insert(error)),
        }
    }
    if shown.is_empty() {
        return failed.map_or(Ok(Attempt::Ended(Outcome::AlreadyDone)), Err);
    }
    let news: Vec<&str> = shown.iter().filter_map(|(Shown { how, .. }, _)| how.as_deref()).collect();
    let now = deps.clock.now();
    let mut change = if news.is_empty() { Change::untold(None, now) } else { Change::new(None, trail, now) };
    for how in news {
        change.note(note(&case.value, how));
    }
    for (Shown { delivery, .. }, version) in &shown {
        change.delivery(&partition, delivery, Expect::Version(*version));
    }
    match deps.outbox.commit_in_batch(change).await {
        Ok(outcome) => failed.map_or(Ok(Attempt::Ended(outcome)), Err),
        Err(HandlerError::Retry(reason)) => Ok(Attempt::Conflict(reason)),
        Err(error) => Err(error),
    }
}

/// A delivery as it is now, and what is new about it.
struct Shown {
    delivery: Delivery,
    how: Option<String>,
}

/// Changes one message, or adds to one note; nothing where there is nothing to show. A message is changed even where its record
/// says that it shows everything: an older state may have been posted after that was written.
async fn show(delivery: &Delivery, case: &Case, deps: &Deps<'_>) -> Result<Option<Shown>, HandlerError> {
    let Progress::Sent { reference, .. } = &delivery.progress else { return Ok(None) };
    match delivery.channel {
        Channel::Slack if compose::tells_standing(&delivery.notice) => {
            show_in_slack(delivery, reference, case, deps).await.map(Some)
        }
        Channel::Crm if !unlogged(delivery, case, deps).is_empty() => show_in_crm(delivery, case, deps).await.map(Some),
        Channel::Slack | Channel::Crm | Channel::Mail => Ok(None),
    }
}

async fn show_in_slack(
    delivery: &Delivery,
    reference: &str,
    case: &Case,
    deps: &Deps<'_>,
) -> Result<Shown, HandlerError> {
    let (fresh, message) = slack::refreshed(delivery, case, deps.config);
    let is_new = fresh != *delivery;
    let told_of = |how: String| is_new.then_some(how);
    let reader = fresh.notice.recipient.name.reveal().to_owned();
    match deps.messenger.update(&message, reference).await {
        Ok(()) => Ok(Shown { delivery: fresh, how: told_of(format!("the Slack message to {reader}")) }),
        // It was deleted, or is too old to be changed: its reader sees what stands there, and the next answer is checked.
        Err(MessengerError::Refused(reason)) => {
            Ok(Shown { delivery: fresh, how: told_of(format!("not the Slack message to {reader}: {reason}")) })
        }
        Err(error) => Err(not_now(&error)),
    }
}

/// Writes down everything that was said since last time, one entry each.
async fn show_in_crm(delivery: &Delivery, case: &Case, deps: &Deps<'_>) -> Result<Shown, HandlerError> {
    let unlogged = unlogged(delivery, case, deps);
    let latest = unlogged.len().saturating_sub(1);
    for (place, words) in unlogged.iter().enumerate() {
        let state = LogState {
            entry: delivery.id.clone(),
            logged: logged(delivery, deps),
            case: case.id.clone(),
            account: case.account.clone(),
            contact: case.subject.contact.clone(),
            words: Personal::new(words),
            ended: case.state.is_final() && place == latest,
            day: deps.config.calendar.day(deps.clock.now()),
        };
        deps.crm.log_state(&state).await?;
    }
    let mut fresh = delivery.clone();
    fresh.notice.standing = unlogged.last().map(Personal::new).or(fresh.notice.standing);
    Ok(Shown { delivery: fresh, how: Some("the CRM log".to_owned()) })
}

fn logged(delivery: &Delivery, deps: &Deps<'_>) -> Date {
    let at = match delivery.progress {
        Progress::Sent { at, .. } | Progress::Unknown { at, .. } | Progress::Sending { at, .. } => at,
        Progress::Due | Progress::Withheld { .. } => deps.clock.now(),
    };
    at.to_zoned(TimeZone::UTC).date()
}

/// What was said to a case that its note in the CRM does not say yet, the earliest first. The note keeps the latest that it says.
fn unlogged(delivery: &Delivery, case: &Case, deps: &Deps<'_>) -> Vec<String> {
    if delivery.notice.purpose != Purpose::Alert {
        return Vec::new();
    }
    let mut story = compose::story(case, &deps.config.calendar);
    let latest = delivery.notice.standing.as_ref().map(Personal::reveal).unwrap_or_default();
    // The note itself was written with everything that was said before it, the latest first.
    let is_said = |words: &String| latest.starts_with(words.as_str());
    let said = story.iter().rposition(is_said).map_or(0, |place| place + 1);
    story.drain(..said);
    story
}

fn note(case: &Case, how: &str) -> Note {
    Note {
        actor: "notify".to_owned(),
        action: "shown".to_owned(),
        case: Some(case.id.clone()),
        grounds: format!("what has become of it, in {how}"),
    }
}
