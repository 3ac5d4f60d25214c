//! Gives a case an answer: loads it, decides, commits with a claim, and tries again when somebody else was faster.

use domain::answering::{self, Refused, Taken};
use domain::case::{Answered, Case};
use domain::config::Calendar;
use domain::handler::{HandlerError, Outbox, Outcome};
use domain::messages::CaseRef;
use domain::ports::{Expect, Item, Key, Write};
use domain::records::{self, CLAIM_DAYS, Change};
use domain::{MessageId, Personal};
use jiff::{SignedDuration, Timestamp};

pub(crate) use domain::answering::Reply;

/// Of two answers at once one has to decide anew; more than a few at once there are not.
const MOST_TRIES: u32 = 5;

/// An answer, and by whom and how it was given.
pub(crate) struct Answer<'a> {
    pub about: &'a CaseRef,
    pub reply: &'a Reply,
    pub by: &'a Personal,
    pub channel: &'a str,
    /// What is used up by it: the same again changes nothing.
    pub claim: &'a MessageId,
    /// The revision that whoever answers was shown, where that is known.
    pub shown: Option<u32>,
}

/// What came of it. A case that is given back is the one that stands now.
pub(crate) enum Given {
    /// It was taken.
    Taken(Box<Case>),
    /// It had been taken before.
    Already,
    /// The case is no longer there.
    Gone,
    /// The case is not what was shown.
    Changed(Box<Case>),
    /// It cannot be given.
    Refused(Box<Case>, Refused),
}

pub(crate) async fn give(
    answer: &Answer<'_>,
    outbox: &Outbox<'_>,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Given, HandlerError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match once(answer, outbox, calendar, now).await {
            Err(HandlerError::Retry(_)) if tries < MOST_TRIES => {}
            given => return given,
        }
    }
}

async fn once(
    answer: &Answer<'_>,
    outbox: &Outbox<'_>,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Given, HandlerError> {
    let Some((loaded, trail)) = records::case_and_trail(outbox.store, answer.about).await? else {
        return Ok(Given::Gone);
    };
    if answer.shown.is_some_and(|shown| shown != loaded.value.revision()) {
        return or_already(Given::Changed(Box::new(loaded.value)), answer, outbox).await;
    }
    let taken = answering::take(loaded.value.clone(), answer.reply, answer.by, answer.channel, calendar, now);
    let Taken { case, note, messages } = match taken {
        Ok(taken) => taken,
        Err(refused) => return or_already(Given::Refused(Box::new(loaded.value), refused), answer, outbox).await,
    };
    let mut change = Change::new(Some(answer.claim.clone()), trail, now);
    change.case(&case, Expect::Version(loaded.version)).note(note);
    if let Some(answered) = case.answers.last() {
        change.write(use_up(answer.claim, answered, now));
    }
    for message in messages {
        change.send(message);
    }
    match outbox.commit_in_batch(change).await? {
        Outcome::AlreadyDone => return Ok(Given::Already),
        Outcome::Done | Outcome::Skipped(_) => {}
    }
    // The answer is taken, whatever becomes of this: what cannot leave now, the steward sends.
    if let Err(error) = outbox.end_batch(now).await {
        tracing::warn!(%error, "what follows from an answer waits in the outbox");
    }
    Ok(Given::Taken(Box::new(case)))
}

/// An answer that was taken has changed the case as well: given again, it is no news and no mistake.
async fn or_already(given: Given, answer: &Answer<'_>, outbox: &Outbox<'_>) -> Result<Given, HandlerError> {
    Ok(if used(outbox, answer.claim).await?.is_some() { Given::Already } else { given })
}

/// What was answered by what is used up, if it is.
pub(crate) async fn used(outbox: &Outbox<'_>, claim: &MessageId) -> Result<Option<Answered>, HandlerError> {
    Ok(records::read::<Answered>(outbox.store, &used_key(claim)).await?.map(|used| used.value))
}

fn use_up(claim: &MessageId, answered: &Answered, now: Timestamp) -> Write {
    let expires = now + SignedDuration::from_hours(24 * CLAIM_DAYS);
    let item = Item { key: used_key(claim), index: None, body: records::encode(answered), expires: Some(expires) };
    Write::Put(item, Expect::Anything)
}

fn used_key(claim: &MessageId) -> Key {
    Key::new(format!("ANSWER#{claim}"), "GIVEN")
}
