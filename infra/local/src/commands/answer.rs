//! `baton answer`: the person responsible has seen it, done it, says that it was no change, or that what is held is true.

use std::sync::Arc;

use baton::adapters::Database;
use baton::plant::Plant;
use domain::MessageId;
use domain::audit::Note;
use domain::case::{Forbidden, State};
use domain::config::Config;
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{Clock, Expect};
use domain::records::{self, Change, account_partition};
use jiff::Timestamp;

use super::{Failure, clock, show};
use crate::terminal::say;
use crate::{Answer, Dirs, Ended};

pub(super) async fn run(
    dirs: &Dirs,
    case: &str,
    answer: Answer,
    because: Option<&str>,
    by: &str,
) -> Result<Ended, Failure> {
    let (next, words) = match (answer, because) {
        (Answer::GotIt, _) => (State::Acknowledged, "got it"),
        (Answer::Done, _) => (State::Closed, "done"),
        (Answer::NotAChange, Some(_)) => (State::Dismissed, "not a change"),
        (Answer::Confirm, _) => (State::Detected, "confirmed"),
        (Answer::NotAChange, None) => return Err(Failure::new("say why it is no change: --because TEXT")),
    };
    let clock: Arc<dyn Clock> = clock(None);
    Database::read(dirs.state())?;
    let plant = Plant::open(dirs.state(), &dirs.outbox(), Config::shipped(), Arc::clone(&clock))?;
    let found = show::find(&plant.store, case).await?;
    let about = CaseRef { account: found.account.clone(), case: found.id.clone() };
    let Some(loaded) = records::case(&plant.store, &about).await? else {
        return Err(Failure::new(format!("there is no case {case}")));
    };
    let grounds = because.map_or_else(|| words.to_owned(), |because| format!("{words}: {because}"));
    let now: Timestamp = clock.now();
    let answered = loaded
        .value
        .become_state(next, grounds.clone(), now)
        .map_err(|e| Failure::new(format!("{}: {e}{}", found.id, remedy(e))))?;

    let trail = records::trail(&plant.store, &account_partition(&about.account)).await?;
    let mut change = Change::new(None, trail, now);
    change.case(&answered, Expect::Version(loaded.version)).note(Note {
        actor: by.to_owned(),
        action: next.to_string(),
        case: Some(answered.id.clone()),
        grounds,
    });
    if next == State::Detected {
        let id = MessageId::of(&["enrich", about.case.as_str(), "confirmed"]);
        change.send(Message::new(id, Body::Enrich(about)));
    }
    plant.outbox().commit(change, now).await?;
    let then = if next == State::Detected { "; the next `baton scan` tells the person responsible" } else { "" };
    say(&format!("{} is {next}{then}", answered.id));
    Ok(Ended::Done)
}

fn remedy(forbidden: Forbidden) -> &'static str {
    match forbidden {
        Forbidden { from: State::Held, .. } => "; answer confirm if it is true, or not-a-change",
        Forbidden { to: State::Detected, .. } => "; only a case that is held can be confirmed",
        Forbidden { .. } => "",
    }
}
