//! `baton answer`: the person responsible has seen it, done it, or says that it was no change.

use std::path::Path;
use std::sync::Arc;

use baton::plant::Plant;
use domain::audit::Note;
use domain::case::State;
use domain::config::Config;
use domain::messages::CaseRef;
use domain::ports::{Clock, Expect};
use domain::records::{self, Change, account_partition};
use jiff::Timestamp;

use super::{Failure, clock, show};
use crate::terminal::say;
use crate::{Answer, Ended};

pub(super) async fn run(
    state: &Path,
    case: &str,
    answer: Answer,
    because: Option<&str>,
    by: &str,
) -> Result<Ended, Failure> {
    let (next, words) = match (answer, because) {
        (Answer::GotIt, _) => (State::Acknowledged, "got it"),
        (Answer::Done, _) => (State::Closed, "done"),
        (Answer::NotAChange, Some(_)) => (State::Dismissed, "not a change"),
        (Answer::NotAChange, None) => return Err(Failure::new("say why it is no change: --because TEXT")),
    };
    let clock: Arc<dyn Clock> = clock(None);
    let plant = Plant::open(state, &state.join("outbox"), Config::shipped(), Arc::clone(&clock))?;
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
        .map_err(|e| Failure::new(format!("{}: {e}", found.id)))?;

    let trail = records::trail(&plant.store, &account_partition(&about.account)).await?;
    let mut change = Change::new(None, trail, now);
    change.case(&answered, Expect::Version(loaded.version)).note(Note {
        actor: by.to_owned(),
        action: next.to_string(),
        case: Some(answered.id.clone()),
        grounds,
    });
    plant.outbox().commit(change, now).await?;
    say(&format!("{} is {next}", answered.id));
    Ok(Ended::Done)
}
