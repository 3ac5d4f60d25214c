//! What a person says to a case, and what comes of it, wherever it was said: in Slack, on the page behind a mail, on the command
//! line. All of them go through [`give`].

mod give;
mod who;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::audit::Note;
use crate::case::{Answered, Case, Followed, Proposal, ProposalState, State};
use crate::config::Calendar;
use crate::days::{day, full_day};
use crate::messages::{Body, CaseRef, FollowUp, Message};
use crate::notice::{Answer, Recipient};
use crate::{MessageId, Personal};

pub use give::{Given, Said, give};
pub use who::{By, Circle, NotTheirs, hand_over_domains};

/// What a person says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Seen, taken on.
    GotIt,
    /// Done, and what was done; may be blank.
    Done(Personal),
    /// There was no change, and why.
    NotAChange(Personal),
    /// Ask me again on this day.
    Later(Date),
    /// Somebody else takes it.
    HandTo(Recipient),
    /// It is true: a case that was held goes on its way.
    Confirm,
    /// A step of the plan is done; its place from 0.
    StepDone(u32),
    /// A proposed update of the CRM is right and may be written; its place from 0.
    ConfirmUpdate(u32),
    /// A proposed update of the CRM is wrong; its place from 0.
    RejectUpdate(u32),
}

/// Why an answer is not taken. The text is for whoever gave it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The case does not stand where it could be given.
    #[error("the case is {0} by now, so that this can no longer be answered")]
    Over(State),
    /// It was not told to anybody yet.
    #[error("the case is {0}: nobody was told of it yet")]
    Early(State),
    /// A case that is held is confirmed or is no change.
    #[error("the case is held for review: confirm it, or say that it is not a change")]
    Held,
    /// Only a case that is held can be confirmed.
    #[error("only a case that is held can be confirmed, and this one is {0}")]
    NotHeld(State),
    /// A reason is missing.
    #[error("say why it is no change")]
    NoReason,
    /// The day is not in the time to come, or too far in it.
    #[error("{0} is no day to be reminded on: choose one from tomorrow on, within a year")]
    Day(Date),
    /// There is no such step.
    #[error("the plan has no step {0}")]
    NoStep(u32),
    /// Somebody has said so before.
    #[error("step {0} is done already")]
    StepIsDone(u32),
    /// There is no such proposal, or somebody has decided about it.
    #[error("this update is no longer open")]
    NoProposal,
    /// Whoever confirms or rejects an update must be known, and have to do with the case.
    #[error(
        "what is written into the CRM is approved by those who have to do with the case: its owner, the manager, or whoever \
         Baton has told of it; say who you are by your mail address"
    )]
    NoSay,
    /// The case cannot be handed to that person.
    #[error("{0}")]
    NotTheirs(#[from] NotTheirs),
}

/// A case after an answer, what its chain says of it, and what is asked for next.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The case.
    pub case: Case,
    /// For its account's audit chain.
    pub note: Note,
    /// What is to be sent with it.
    pub messages: Vec<Message>,
}

/// The longest note or reason that is kept.
const MOST_CHARACTERS: usize = 1_000;
/// Nothing is put off for longer than so many days.
const MOST_DAYS: i32 = 366;

/// Takes an answer that `by` has given through `channel`, such as `Slack`. Whether that person may give it, and whether it was
/// about what stands there now, [`give`] has asked before.
pub fn take(
    case: Case,
    reply: &Reply,
    by: &Personal,
    channel: &str,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Taken, Refused> {
    let today = calendar.day(now);
    let next = next(reply, case.state)?;
    let words = words(reply, &case, today)?;
    let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
    let mut case = match next {
        Some(next) => case.become_state(next, words.clone(), now).map_err(|forbidden| Refused::Over(forbidden.from))?,
        None => case,
    };
    match reply {
        Reply::Later(day) => case.snoozed = Some(*day),
        Reply::HandTo(to) => {
            // Whoever takes it over is a new reader: nobody has reminded them, and nothing of theirs was put off.
            case.assigned = Some(to.clone());
            case.snoozed = None;
            case.followed = Followed { reminded: None, escalated: None, ..case.followed };
        }
        Reply::StepDone(step) => {
            if !case.done_steps.insert(*step) {
                return Err(Refused::StepIsDone(step.saturating_add(1)));
            }
        }
        Reply::ConfirmUpdate(n) => open(&mut case, *n)?.state = ProposalState::Confirmed { by: by.clone(), at: now },
        Reply::RejectUpdate(n) => open(&mut case, *n)?.state = ProposalState::Rejected { by: by.clone(), at: now },
        Reply::GotIt | Reply::Done(_) | Reply::NotAChange(_) | Reply::Confirm => case.snoozed = None,
    }
    case.answers.push(Answered { by: by.clone(), at: now, words: Personal::new(words.clone()) });
    let note = Note {
        actor: by.reveal().to_owned(),
        action: match (reply, next) {
            (Reply::HandTo(_), _) | (_, None) => action(reply).to_owned(),
            (_, Some(next)) => next.to_string(),
        },
        case: Some(case.id.clone()),
        grounds: format!("{words}, through {channel}"),
    };
    let messages = messages(reply, &case, about);
    Ok(Taken { case, note, messages })
}

/// What the person has said, in words, if it can be said of this case.
fn words(reply: &Reply, case: &Case, today: Date) -> Result<String, Refused> {
    Ok(match reply {
        Reply::GotIt => "got it".to_owned(),
        Reply::Done(note) if note.is_blank() => "done".to_owned(),
        Reply::Done(note) => format!("done: {}", clip(note)),
        Reply::NotAChange(why) if why.is_blank() => return Err(Refused::NoReason),
        Reply::NotAChange(why) => format!("not a change: {}", clip(why)),
        Reply::Later(day) if *day <= today || (*day - today).get_days() > MOST_DAYS => return Err(Refused::Day(*day)),
        Reply::Later(day) => format!("later: again on {}", full_day(*day)),
        Reply::HandTo(to) => format!("{HANDED}{}", to.name.reveal()),
        Reply::Confirm => "confirmed".to_owned(),
        Reply::StepDone(step) => {
            let step_of = |plan: &crate::plan::Plan| plan.steps.get(*step as usize).map(|step| step.what.clone());
            let what = case.plan.as_ref().and_then(step_of).ok_or(Refused::NoStep(step.saturating_add(1)))?;
            format!("step {} is done: {}", step + 1, what.reveal())
        }
        Reply::ConfirmUpdate(n) => format!("update confirmed: {}", proposal(case, *n)?),
        Reply::RejectUpdate(n) => format!("update rejected: {}", proposal(case, *n)?),
    })
}

/// How it begins when a case was handed to somebody.
const HANDED: &str = "handed to ";

/// The last answer by which somebody else has taken the case over, and its place among the answers, from 0.
pub fn handed_over(case: &Case) -> Option<(usize, &Answered)> {
    let answers = case.answers.iter().enumerate().rev();
    answers.filter(|_| case.assigned.is_some()).find(|(_, answered)| answered.words.reveal().starts_with(HANDED))
}

/// An answer as others read of it: `Acknowledged by Maya Lind on 3 Nov`.
pub fn told(answered: &Answered, calendar: &Calendar) -> String {
    let by = format!("{} on {}", answered.by.reveal(), day(calendar.day(answered.at)));
    let words = answered.words.reveal();
    let (head, more) =
        words.split_once(": ").map_or((words, String::new()), |(head, more)| (head, format!(": {more}")));
    match head {
        "got it" => format!("Acknowledged by {by}"),
        "done" => format!("Done by {by}{more}"),
        "not a change" => format!("Not a change, says {by}{more}"),
        "later" => format!("Put off by {by}{more}"),
        "confirmed" => format!("Confirmed by {by}"),
        "update confirmed" => format!("Update of the CRM confirmed by {by}{more}"),
        "update rejected" => format!("Update of the CRM rejected by {by}{more}"),
        _ if words.starts_with(HANDED) => format!("Handed to {} by {by}", &words[HANDED.len()..]),
        _ if head.starts_with("step ") => {
            format!("{} {by}{more}", head.replace("step", "Step").replace("is done", "done by"))
        }
        _ => format!("{by}: {words}"),
    }
}

/// Whether somebody has said this.
pub fn says(answered: &Answered, answer: Answer) -> bool {
    let begins = match answer {
        Answer::GotIt => "got it",
        Answer::Done => "done",
        Answer::NotAChange => "not a change",
        Answer::Later => "later",
        Answer::HandTo => HANDED,
    };
    answered.words.reveal().starts_with(begins)
}

fn clip(text: &Personal) -> String {
    text.reveal().trim().chars().take(MOST_CHARACTERS).collect()
}

fn proposal(case: &Case, n: u32) -> Result<String, Refused> {
    let proposal = case.proposals.get(n as usize).ok_or(Refused::NoProposal)?;
    Ok(crate::proposals::in_words(case, proposal))
}

/// The state that follows; nothing where it stays as it is.
fn next(reply: &Reply, state: State) -> Result<Option<State>, Refused> {
    use State::{Acknowledged, Cleared, Closed, Detected, Dismissed, Enriched, Held, Notified, Planned};
    match (reply, state) {
        // About a case that is at its end nothing but its updates can be said.
        (Reply::ConfirmUpdate(_) | Reply::RejectUpdate(_), Notified | Acknowledged | Closed) => Ok(None),
        (_, Closed | Dismissed | Cleared) => Err(Refused::Over(state)),
        (Reply::NotAChange(_), _) => Ok(Some(Dismissed)),
        (Reply::Confirm, Held) => Ok(Some(Detected)),
        (Reply::Confirm, _) => Err(Refused::NotHeld(state)),
        (_, Held) => Err(Refused::Held),
        (_, Detected | Enriched) => Err(Refused::Early(state)),
        (Reply::GotIt, Planned | Notified) => Ok(Some(Acknowledged)),
        (Reply::Done(_), Notified | Acknowledged) => Ok(Some(Closed)),
        (Reply::GotIt | Reply::Later(_) | Reply::StepDone(_), Acknowledged) => Ok(None),
        (Reply::HandTo(_), Notified) => Ok(None),
        // Whoever takes it over has not seen it yet.
        (Reply::HandTo(_), Acknowledged) => Ok(Some(Notified)),
        // Whoever puts it off or does a step of it has seen it.
        (Reply::Later(_) | Reply::StepDone(_), Notified) => Ok(Some(Acknowledged)),
        (_, Planned) => Err(Refused::Early(state)),
    }
}

fn open(case: &mut Case, n: u32) -> Result<&mut Proposal, Refused> {
    let proposal = case.proposals.get_mut(n as usize).ok_or(Refused::NoProposal)?;
    if proposal.state.is_open() { Ok(proposal) } else { Err(Refused::NoProposal) }
}

/// What an answer does that leads to no other state.
fn action(reply: &Reply) -> &'static str {
    match reply {
        Reply::GotIt => "seen again",
        Reply::Done(_) => "done",
        Reply::NotAChange(_) => "dismissed",
        Reply::Confirm => "confirmed",
        Reply::Later(_) => "snoozed",
        Reply::HandTo(_) => "reassigned",
        Reply::StepDone(_) => "step done",
        Reply::ConfirmUpdate(_) => "update confirmed",
        Reply::RejectUpdate(_) => "update rejected",
    }
}

fn messages(reply: &Reply, case: &Case, about: CaseRef) -> Vec<Message> {
    let nth = case.answers.len().to_string();
    let id = |what: &str| MessageId::of(&[what, about.case.as_str(), &nth]);
    if *reply == Reply::Confirm {
        return vec![Message::new(id("enrich confirmed"), Body::Enrich(about))];
    }
    let mut messages = vec![Message::new(id("refresh"), Body::Refresh(about.clone()))];
    match reply {
        Reply::HandTo(_) => {
            let body = Body::FollowUp { about: about.clone(), what: FollowUp::HandOver };
            messages.push(Message::new(id("hand over"), body));
        }
        Reply::ConfirmUpdate(proposal) => {
            let body = Body::Update { about: about.clone(), proposal: *proposal };
            messages.push(Message::new(id("update"), body));
        }
        Reply::GotIt
        | Reply::Done(_)
        | Reply::NotAChange(_)
        | Reply::Later(_)
        | Reply::Confirm
        | Reply::StepDone(_)
        | Reply::RejectUpdate(_) => {}
    }
    messages
}

#[cfg(test)]
mod tests;
