//! `baton answer`: the person responsible has seen it, done it, says that it was no change, or that what is held is true.

use std::sync::Arc;

use baton::adapters::Database;
use baton::plant::Plant;
use domain::Personal;
use domain::answering::{self, Reply, Taken};
use domain::case::State;
use domain::config::Config;
use domain::messages::CaseRef;
use domain::ports::{Clock, Expect};
use domain::records::{self, Change};
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
    let said = Personal::new(because.unwrap_or_default());
    let reply = match answer {
        Answer::GotIt => Reply::GotIt,
        Answer::Done => Reply::Done(said),
        Answer::NotAChange if said.is_blank() => {
            return Err(Failure::new("say why it is no change: --because TEXT"));
        }
        Answer::NotAChange => Reply::NotAChange(said),
        Answer::Confirm => Reply::Confirm,
    };
    let clock: Arc<dyn Clock> = clock(None);
    Database::read(dirs.state())?;
    let plant = Plant::open(dirs.state(), &dirs.outbox(), Config::shipped(), Arc::clone(&clock))?;
    let found = show::find(&plant.store, case).await?;
    let about = CaseRef { account: found.account.clone(), case: found.id.clone() };
    let Some((loaded, trail)) = records::case_and_trail(&plant.store, &about).await? else {
        return Err(Failure::new(format!("there is no case {case}")));
    };
    let now: Timestamp = clock.now();
    let taken =
        answering::take(loaded.value, &reply, &Personal::new(by), "the command line", &plant.config.calendar, now);
    let Taken { case, note, messages } = taken.map_err(|refused| Failure::new(format!("{}: {refused}", found.id)))?;

    let mut change = Change::new(None, trail, now);
    change.case(&case, Expect::Version(loaded.version)).note(note);
    for message in messages {
        change.send(message);
    }
    plant.outbox().commit(change, now).await?;
    let then = if case.state == State::Detected { "; the next `baton scan` tells the person responsible" } else { "" };
    say(&format!("{} is {}{then}", case.id, case.state));
    Ok(Ended::Done)
}
