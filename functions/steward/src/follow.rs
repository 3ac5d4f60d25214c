//! The pass over open cases: once an hour, page by page, each case asked for what is due in it. A pass whose time is up goes on at
//! the next tick.
//!
//! Everything that can be due is due on some hour of a working day, so that to look more often would cost four times as much and
//! be no sooner than anybody would notice. What waits for the end of quiet hours is looked for at every tick, by its time: that
//! costs one read.

use std::collections::BTreeSet;

use domain::MessageId;
use domain::audit::Note;
use domain::case::{Case, State};
use domain::config::Config;
use domain::follow_up::{due, mark, told_at};
use domain::handler::{HandlerError, told};
use domain::messages::{Body, CaseRef, FollowUp, Message};
use domain::ports::{Expect, Index, Item, Key};
use domain::recipients::{self, Responsible};
use domain::records::{self, CASES, Change, Loaded, TOLD_CASES};
use domain::severity::{Severity, severity};
use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};

use crate::Deps;

/// Cases that are read at once.
const PAGE: usize = 100;
/// Somebody should have been told, and where nobody is reminded have said something, by the end of so many working days.
const IN_TIME_DAYS: u32 = 2;

/// What a pass has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// People who were told once more, of an alert or of what was put off.
    pub reminders: usize,
    /// Managers who were told that nobody has answered.
    pub escalations: usize,
    /// Notices that the day of a step has come.
    pub steps: usize,
}

/// How far the passes are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Passes {
    /// The hour whose pass is through, or under way.
    hour: Option<Timestamp>,
    /// Where it goes on: the index, and the last key that was read; nothing once it is through.
    place: Option<(String, Option<String>)>,
    /// Cases seen in it that nobody has answered in time, or was told of.
    late: usize,
    /// The same of the last pass that came to its end.
    pub(crate) unacknowledged: usize,
    /// Cases seen in it.
    seen: usize,
    /// Time zones of those who act on a case, and of their managers.
    pub(crate) zones: BTreeSet<Option<String>>,
}

fn key() -> Key {
    Key::new("STEWARD", "FOLLOW-UP")
}

/// Goes over all open cases, unless that was done in this hour. Returns how far the passes are, and whether this one is through.
pub(crate) async fn pass(
    followed: &mut Followed,
    now: Timestamp,
    deps: &Deps<'_>,
) -> Result<(Passes, bool), HandlerError> {
    let known = records::read::<Passes>(deps.outbox.store, &key()).await?.map(|record| record.value);
    let hour = now.round(jiff::TimestampRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Floor)).unwrap_or(now);
    let mut passes = match known.clone() {
        Some(passes) if passes.hour == Some(hour) && passes.place.is_none() => return Ok((passes, true)),
        Some(passes) if passes.hour == Some(hour) => passes,
        other => begun(hour, other),
    };
    let ended = go_on(&mut passes, followed, now, deps).await;
    if ended.is_ok() && passes.place.is_none() {
        passes.unacknowledged = passes.late;
    }
    // Where there is no case, nothing need be noted: looking again costs less.
    if known.is_some() || passes.seen > 0 {
        let item = Item { key: key(), index: None, body: records::encode(&passes), expires: None };
        deps.outbox.store.save(vec![item], Vec::new()).await?;
    }
    ended?;
    let through = passes.place.is_none();
    Ok((passes, through))
}

/// A pass that has not been anywhere yet.
fn begun(hour: Timestamp, before: Option<Passes>) -> Passes {
    Passes {
        hour: Some(hour),
        place: Some((TOLD_CASES.to_owned(), None)),
        unacknowledged: before.map_or(0, |passes| passes.unacknowledged),
        ..Passes::default()
    }
}

async fn go_on(
    passes: &mut Passes,
    followed: &mut Followed,
    now: Timestamp,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    while let Some((index, after)) = passes.place.clone() {
        if !(deps.has_time)() {
            return Ok(());
        }
        let page =
            records::some_after::<Case>(deps.outbox.store, Index::Secondary, &index, after.as_deref(), PAGE).await?;
        let last = page.last().map(|(sort, _)| sort.clone());
        let full = page.len() == PAGE;
        let mut seen = passes.clone();
        for (sort, case) in page {
            let case = match case {
                Ok(case) => case,
                Err(error) => {
                    tracing::error!(row = sort, error = told(&error), "a case cannot be read");
                    continue;
                }
            };
            see(&case.value, &mut seen, now, deps.config);
            let id = case.value.id.clone();
            match ask(case, followed, now, deps).await {
                // One that cannot be followed up must not stand before all others.
                Err(HandlerError::Poison(reason)) => {
                    tracing::error!(case.id = %id, %reason, "a case cannot be followed up");
                }
                asked => drop(asked?),
            }
        }
        *passes = seen;
        passes.place = match (full, index.as_str()) {
            (true, _) => Some((index, last)),
            (false, TOLD_CASES) => Some((CASES.to_owned(), None)),
            (false, _) => None,
        };
    }
    Ok(())
}

/// Takes note of a case for what is told of all of them.
fn see(case: &Case, passes: &mut Passes, now: Timestamp, config: &Config) {
    let responsible = Responsible::of(case);
    let reader = responsible.acts_on(case, config);
    let above = responsible.stands_above(&reader, case);
    passes.seen += 1;
    passes.late += usize::from(is_late(case, now, config));
    passes.zones.insert(reader.zone);
    passes.zones.extend(above.map(|above| above.zone));
}

/// Whether nobody has answered in time, or nobody was told of it in all the time.
fn is_late(case: &Case, now: Timestamp, config: &Config) -> bool {
    let calendar = recipients::calendar(case, config);
    if severity(case, &config.notify.digest_only, calendar.day(now)) == Severity::Low || case.shadow {
        return false;
    }
    let (since, days) = match case.state {
        State::Notified => (told_at(case), config.follow_up.remind_after_days),
        State::Detected | State::Enriched | State::Planned => (case.opened(), 0),
        State::Acknowledged | State::Closed | State::Held | State::Dismissed | State::Cleared => return false,
    };
    let days = if days == 0 { IN_TIME_DAYS } else { days };
    since.is_some_and(|at| calendar.working_day(calendar.day(at), days) < calendar.day(now))
}

/// Asks for what is due in a case, and marks it as asked for in the same commit. A case that somebody else has just written is left
/// for the next pass.
async fn ask(
    Loaded { value: case, version }: Loaded<Case>,
    followed: &mut Followed,
    now: Timestamp,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    let what = due(&case, deps.config, now);
    if what.is_empty() {
        return Ok(());
    }
    let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
    let trail = records::trail(deps.outbox.store, &records::account_partition(&case.account)).await?;
    let mut change = Change::new(None, trail, now);
    let before = case.state;
    let marked = mark(case, &what, deps.config, now);
    if marked.state == before {
        change.put_again(&marked, Expect::Version(version));
    } else {
        change.case(&marked, Expect::Version(version));
    }
    for what in &what {
        change.note(note(&marked, *what)).send(message(&about, *what, now));
    }
    match deps.outbox.commit(change, now).await {
        // Written by somebody else in between, or not handed over: the first is due again, the second is in the outbox.
        Err(HandlerError::Retry(reason)) => {
            tracing::warn!(case.id = %about.case, %reason, "a follow-up is tried again");
        }
        Err(error) => return Err(error),
        Ok(_) => what.iter().for_each(|what| followed.count(*what)),
    }
    Ok(())
}

fn message(about: &CaseRef, what: FollowUp, now: Timestamp) -> Message {
    let named = match what {
        FollowUp::Remind => "remind".to_owned(),
        FollowUp::Escalate => "escalate".to_owned(),
        FollowUp::Wake => "wake".to_owned(),
        FollowUp::Step(n) => format!("step {n}"),
        FollowUp::HandOver => "hand over".to_owned(),
    };
    // A case may be put off or handed over more than once, so that the time belongs to its name; what marks it makes it once.
    let id = MessageId::of(&["follow up", about.case.as_str(), &named, &now.to_string()]);
    Message::new(id, Body::FollowUp { about: about.clone(), what })
}

fn note(case: &Case, what: FollowUp) -> Note {
    let (action, grounds) = match what {
        FollowUp::Remind => ("reminded", "nobody has answered in time".to_owned()),
        FollowUp::Escalate => ("escalated", "nobody has answered after a reminder either".to_owned()),
        FollowUp::Wake => ("woken", "the day has come until which it was put off".to_owned()),
        FollowUp::Step(n) => ("step due", format!("the day of step {} has come", n + 1)),
        FollowUp::HandOver => ("handed over", "somebody else has taken it".to_owned()),
    };
    Note { actor: "steward".to_owned(), action: action.to_owned(), case: Some(case.id.clone()), grounds }
}

impl Followed {
    fn count(&mut self, what: FollowUp) {
        match what {
            FollowUp::Remind | FollowUp::Wake => self.reminders += 1,
            FollowUp::Escalate => self.escalations += 1,
            FollowUp::Step(_) => self.steps += 1,
            FollowUp::HandOver => {}
        }
    }
}
