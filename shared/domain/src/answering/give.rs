//! The one way in which an answer reaches a case: read, checked against what its giver saw, taken, committed with what follows
//! from it.

use jiff::Timestamp;

use super::{By, Circle, Refused, Reply, Taken, says, take, words};
use crate::MessageId;
use crate::case::Case;
use crate::config::Config;
use crate::handler::{HandlerError, Outbox, Outcome};
use crate::messages::{Body, CaseRef, Message};
use crate::notice::{Answer, Delivery};
use crate::ports::{Expect, Index};
use crate::recipients::{self, is_same_address};
use crate::records::{self, Change, Loaded, Trail, account_partition};

/// What somebody says to a case, and how it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// What.
    pub reply: Reply,
    /// Who.
    pub by: By,
    /// Through which channel, in words: `Slack`, `the page behind a mail`, `the command line`.
    pub channel: &'a str,
    /// Which revision of the case it is about, [`Case::revision`]; nothing where whoever answers has just read the case.
    pub seen: Option<u32>,
    /// What may be used once only, such as a link; a second answer with the same claim changes nothing.
    pub claim: Option<MessageId>,
}

/// What came of it. Each but `Gone` brings the case as it stands, for whoever shows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// It was taken.
    Taken {
        /// The case with the answer.
        case: Box<Case>,
        /// Why what follows from it has not been handed over yet: it waits in the outbox, and is late and not lost.
        late: Option<HandlerError>,
    },
    /// The same person has said the same before, as the latest word: nothing was changed.
    Again(Box<Case>),
    /// Somebody has answered, or something was learned, since: to be reviewed as it stands now, and answered again.
    Changed(Box<Case>),
    /// What may be used once was used before.
    Used(Box<Case>),
    /// It cannot be said of the case, or not by this person.
    Refused(Box<Case>, Refused),
    /// There is no such case any more.
    Gone,
}

/// How often an answer is tried. Whoever else writes to the account's chain makes one more try necessary.
const MOST_TRIES: u32 = 6;

/// Gives an answer to a case. An error says that the store could not be asked: it may be given again.
pub async fn give(
    outbox: &Outbox<'_>,
    about: &CaseRef,
    said: &Said<'_>,
    config: &Config,
    now: Timestamp,
) -> Result<Given, HandlerError> {
    let mut failed = None;
    for _ in 0..MOST_TRIES {
        let Some((case, trail)) = records::case_and_trail(outbox.store, about).await? else { return Ok(Given::Gone) };
        // A commit may have gone through although its answer was lost.
        if failed.is_some() && is_given(&case.value, said, now) {
            return Ok(end(outbox, case.value, now).await);
        }
        match attempt(outbox, case, trail, said, config, now).await {
            Err(HandlerError::Retry(reason)) => failed = Some(reason),
            given => return given,
        }
    }
    Err(HandlerError::Retry(failed.unwrap_or_default()))
}

async fn attempt(
    outbox: &Outbox<'_>,
    case: Loaded<Case>,
    trail: Trail,
    said: &Said<'_>,
    config: &Config,
    now: Timestamp,
) -> Result<Given, HandlerError> {
    let Loaded { value: case, version } = case;
    if is_latest_word(&case, said, config, now) {
        return Ok(Given::Again(Box::new(case)));
    }
    if said.seen.is_some_and(|seen| seen != case.revision()) {
        show_anew(outbox, &case, now).await?;
        return Ok(Given::Changed(Box::new(case)));
    }
    let reply = match permitted(outbox, &case, said, config).await? {
        Ok(reply) => reply,
        Err(refused) => return Ok(Given::Refused(Box::new(case), refused)),
    };
    let calendar = recipients::calendar(&case, config);
    let taken = take(case.clone(), &reply, &said.by.name, said.channel, &calendar, now);
    let Taken { case: after, note, messages } = match taken {
        Ok(taken) => taken,
        Err(refused) => return Ok(Given::Refused(Box::new(case), refused)),
    };
    let mut change = Change::new(said.claim.clone(), trail, now);
    change.case(&after, Expect::Version(version)).note(note);
    for message in messages {
        change.send(message);
    }
    match outbox.commit_in_batch(change).await? {
        Outcome::AlreadyDone => Ok(Given::Used(Box::new(case))),
        Outcome::Done | Outcome::Skipped(_) => Ok(end(outbox, after, now).await),
    }
}

/// The answer stands. What follows from it is handed over; what cannot be, the steward hands over later.
async fn end(outbox: &Outbox<'_>, case: Case, now: Timestamp) -> Given {
    let late = outbox.end_batch(now).await.err();
    Given::Taken { case: Box::new(case), late }
}

/// Whether this person is the one who may say so, and what exactly then is said: of somebody who takes a case over, more may be
/// known than was given.
async fn permitted(
    outbox: &Outbox<'_>,
    case: &Case,
    said: &Said<'_>,
    config: &Config,
) -> Result<Result<Reply, Refused>, HandlerError> {
    let around = async || {
        let partition = account_partition(&case.account);
        let told = records::all::<Delivery>(outbox.store, Index::Table, &partition, "DELIVERY#").await?;
        let told: Vec<Delivery> = told.into_iter().map(|delivery| delivery.value).collect();
        Ok::<_, HandlerError>(Circle::of(case, &told, config))
    };
    Ok(match &said.reply {
        Reply::HandTo(to) => around().await?.taker(case, to, &said.by).map(Reply::HandTo).map_err(Refused::from),
        Reply::ConfirmUpdate(_) | Reply::RejectUpdate(_) if !around().await?.may_approve(&said.by) => {
            Err(Refused::NoSay)
        }
        Reply::ConfirmUpdate(_)
        | Reply::RejectUpdate(_)
        | Reply::GotIt
        | Reply::Done(_)
        | Reply::NotAChange(_)
        | Reply::Later(_)
        | Reply::Confirm
        | Reply::StepDone(_) => Ok(said.reply.clone()),
    })
}

/// What was posted shows an older revision, else the answer would not be about one: it is brought up to date, so that the next
/// click is about what stands there.
async fn show_anew(outbox: &Outbox<'_>, case: &Case, now: Timestamp) -> Result<(), HandlerError> {
    let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
    let id = MessageId::of(&["show anew", case.id.as_str(), &case.revision().to_string()]);
    let mut change = Change::untold(None, now);
    change.send(Message::new(id, Body::Refresh(about)));
    outbox.commit(change, now).await?;
    Ok(())
}

/// Whether the latest answer is this very one.
fn is_given(case: &Case, said: &Said<'_>, now: Timestamp) -> bool {
    case.answers.last().is_some_and(|answered| answered.by == said.by.name && answered.at == now)
}

/// Whether the same person has just said the same: a second click, or the same mail opened twice.
fn is_latest_word(case: &Case, said: &Said<'_>, config: &Config, now: Timestamp) -> bool {
    let Some(last) = case.answers.last().filter(|last| last.by == said.by.name) else { return false };
    match &said.reply {
        // Whoever took it over may be known by another name than was written.
        Reply::HandTo(to) => {
            let has_it = case.assigned.as_ref().is_some_and(|assigned| is_same_address(&assigned.email, &to.email));
            has_it && says(last, Answer::HandTo)
        }
        // A confirmation that has lapsed is asked for again.
        Reply::ConfirmUpdate(n) | Reply::RejectUpdate(n) if is_open(case, *n) => false,
        reply => {
            let today = recipients::calendar(case, config).day(now);
            words(reply, case, today).is_ok_and(|words| last.words.reveal() == words)
        }
    }
}

fn is_open(case: &Case, proposal: u32) -> bool {
    case.proposals.get(proposal as usize).is_some_and(|proposal| proposal.state.is_open())
}
