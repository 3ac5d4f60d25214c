//! `baton answer`: what a person says to a case, as in Slack and by mail; what was posted and logged shows it at once.

use std::sync::Arc;

use baton::plant::{Plant, Pumped};
use baton::review;
use domain::Personal;
use domain::answering::{self, By, Circle, Given, Reply};
use domain::case::{Case, ProposalState, State};
use domain::config::Config;
use domain::messages::CaseRef;
use domain::notice::Recipient;
use domain::ports::{Clock, Store};
use domain::records;

use super::acting::Opened;
use super::connections::Source;
use super::follow_up::log_of;
use super::scan::given_up;
use super::{Failure, Variables, clock, show};
use crate::terminal::{cell, say};
use crate::{Acting, Answer, Dirs, Ended, Said};

pub(super) async fn run(
    acting: &Acting,
    case: &str,
    answer: Answer,
    number: Option<u32>,
    said: &Said,
    variables: &Variables,
) -> Result<Ended, Failure> {
    let reply = reply(answer, number, said)?;
    let clock: Arc<dyn Clock> = clock(said.now);
    let opened = Opened::open(acting, Arc::clone(&clock), variables).await?;
    let outbox = opened.outbox();
    let found = show::find(outbox.store, case).await?;
    let about = CaseRef { account: found.account.clone(), case: found.id.clone() };
    let by = by(&said.by, found, outbox.store, opened.config()).await?;

    // Whoever runs the command has the case as it stands.
    let given = answering::Said { reply, by, channel: "the command line", seen: None, claim: None };
    let given = answering::give(&outbox, &about, &given, opened.config(), clock.now()).await?;
    let Opened::Here(plant, dirs) = &opened else {
        tell(&given, "; the functions of the deployment see it through")?;
        return Ok(Ended::Done);
    };
    tell(&given, if said.crm.is_some() { "" } else { "; the next `baton scan` tells the person responsible" })?;
    let pumped = take_effect(plant, dirs, said.crm.as_deref(), variables).await?;
    given_up(&pumped.buried);
    for reason in &pumped.waiting {
        say(&format!("a message waits for the next scan: {reason}"));
    }
    let refused = refused(plant, &about, number.filter(|_| matches!(answer, Answer::ConfirmUpdate))).await?;
    let is_done = pumped.buried.is_empty() && pumped.waiting.is_empty() && !refused;
    Ok(if is_done { Ended::Done } else { Ended::Look })
}

/// Whether an update, from 1, that was confirmed could not be written; says why.
async fn refused(plant: &Plant, about: &CaseRef, number: Option<u32>) -> Result<bool, Failure> {
    let Some(place) = number.and_then(|number| number.checked_sub(1)) else { return Ok(false) };
    let case = records::case(&plant.store, about).await?.map(|case| case.value);
    let proposal = case.as_ref().and_then(|case| case.proposals.get(place as usize));
    let Some(ProposalState::Refused { why, .. }) = proposal.map(|proposal| &proposal.state) else { return Ok(false) };
    say(&format!("it was not written: {}", cell(why.reveal())));
    Ok(true)
}

fn reply(answer: Answer, number: Option<u32>, said: &Said) -> Result<Reply, Failure> {
    let words = Personal::new(said.because.as_deref().unwrap_or_default());
    let nth = |what: &str| match number.and_then(|number| number.checked_sub(1)) {
        Some(place) => Ok(place),
        None => Err(Failure::new(format!("say which {what}, from 1; `baton show CASE` numbers them"))),
    };
    if number.is_some() && !matches!(answer, Answer::StepDone | Answer::ConfirmUpdate | Answer::RejectUpdate) {
        return Err(Failure::new("a number says which step or update is meant; this answer is about the whole case"));
    }
    Ok(match answer {
        Answer::GotIt => Reply::GotIt,
        Answer::Done => Reply::Done(words),
        Answer::NotAChange if words.is_blank() => {
            return Err(Failure::new("say why it is no change: --because TEXT"));
        }
        Answer::NotAChange => Reply::NotAChange(words),
        Answer::Later => Reply::Later(said.until.ok_or_else(|| Failure::new("say when to ask again: --until DATE"))?),
        Answer::HandTo => Reply::HandTo(taker(said)?),
        Answer::Confirm => Reply::Confirm,
        Answer::StepDone => Reply::StepDone(nth("step")?),
        Answer::ConfirmUpdate => Reply::ConfirmUpdate(nth("update")?),
        Answer::RejectUpdate => Reply::RejectUpdate(nth("update")?),
    })
}

/// Whoever takes it over, as far as was said; who that is, and whether it may be, is found out when the answer is given.
fn taker(said: &Said) -> Result<Recipient, Failure> {
    let to = said.to.as_deref().ok_or_else(|| Failure::new("say who takes it over: --to ADDRESS"))?;
    let name = Personal::new(said.name.as_deref().unwrap_or_default());
    Ok(Recipient { user: None, name, email: Personal::new(to), because: String::new(), zone: None })
}

/// Somebody named by an address is called as Baton knows that person.
async fn by(text: &str, case: Case, store: &dyn Store, config: &Config) -> Result<By, Failure> {
    if !text.contains('@') {
        return Ok(By::named(text));
    }
    let view = review::view(store, case).await?;
    let circle = Circle::of(&view.case, &view.deliveries, config);
    let known = circle.find(&Personal::new(text)).map(|known| known.name.reveal());
    Ok(By::known(known.unwrap_or(text), text))
}

/// `then` is what becomes of a case that goes on its way.
fn tell(given: &Given, then: &str) -> Result<(), Failure> {
    match given {
        Given::Taken { case, .. } => {
            let then = if case.state == State::Detected { then } else { "" };
            say(&format!("{} is {}{then}", case.id, case.state));
            Ok(())
        }
        Given::Again(case) => {
            let at = case.answers.last().map(|answered| answered.at.strftime("%Y-%m-%d %H:%M").to_string());
            say(&format!("{} is {}; the same was said on {}", case.id, case.state, cell(&at.unwrap_or_default())));
            Ok(())
        }
        Given::Refused(case, refused) => Err(Failure::new(format!("{}: {refused}", case.id))),
        Given::Changed(case) | Given::Used(case) => {
            Err(Failure::new(format!("{} was changed meanwhile: look at it with `baton show {}`", case.id, case.id)))
        }
        Given::Gone => Err(Failure::new("the case was erased meanwhile")),
    }
}

/// Sees through what follows: all of it where a CRM is named, else what can be done without reading one.
async fn take_effect(
    plant: &Plant,
    dirs: &Dirs,
    source: Option<&str>,
    variables: &Variables,
) -> Result<Pumped, Failure> {
    if let Some(source) = source {
        let source = Source::open(source, variables, &plant.config, &plant.clock, &dirs.outbox())?;
        return Ok(plant.pump(source.as_crm()).await?);
    }
    Ok(plant.pump_notices(&*log_of(plant, dirs).await?).await?)
}
