//! `baton brake`: what a stopped scan has held goes on its way, or is dismissed.

use std::path::Path;

use baton::plant::Plant;
use baton::review;
use domain::MessageId;
use domain::audit::Note;
use domain::case::{Case, State};
use domain::config::Config;
use domain::messages::{Body, CaseRef, Message};
use domain::ports::Expect;
use domain::records::{self, Change, account_partition};

use super::{Failure, clock, crm};
use crate::terminal::say;
use crate::{Brake, Ended};

pub(super) async fn run(
    state: &Path,
    what: Brake,
    scan: &str,
    source: Option<&str>,
    config: Config,
) -> Result<Ended, Failure> {
    let clock = clock(None);
    let outbox = state.join("outbox");
    let reader = match (what, source) {
        (Brake::Release, Some(source)) => Some(crm(source, &config, clock.now(), &outbox)?),
        (Brake::Release, None) => {
            return Err(Failure::new("name the export with --crm export:DIR: the accounts are read from it"));
        }
        (Brake::Discard, _) => None,
    };
    let plant = Plant::open(state, &outbox, config, clock)?;
    let held: Vec<Case> =
        review::cases(&plant.store).await?.into_iter().filter(|case| is_held_by(case, scan)).collect();
    if held.is_empty() {
        return Err(Failure::new(format!(
            "the brake holds nothing of scan {scan}; `baton cases --in held` lists what is held"
        )));
    }
    for case in &held {
        go_on(&plant, case, what).await?;
    }
    if let Some(reader) = reader {
        plant.pump(&reader).await?;
        say(&format!("{} cases were released", held.len()));
    } else {
        say(&format!("{} cases were dismissed", held.len()));
    }
    Ok(Ended::Done)
}

fn is_held_by(case: &Case, scan: &str) -> bool {
    case.state == State::Held && case.scan.as_str() == scan && case.because.starts_with("held by the brake")
}

async fn go_on(plant: &Plant, case: &Case, what: Brake) -> Result<(), Failure> {
    let now = plant.clock.now();
    let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
    let Some(loaded) = records::case(&plant.store, &about).await? else { return Ok(()) };
    let (next, because) = match what {
        Brake::Release => (State::Detected, "released: a person says the findings are true"),
        Brake::Discard => (State::Dismissed, "discarded: a person says the findings are not true"),
    };
    let moved = loaded.value.become_state(next, because, now).map_err(|e| Failure::new(e.to_string()))?;
    let trail = records::trail(&plant.store, &account_partition(&about.account)).await?;
    let mut change = Change::new(None, trail, now);
    change.case(&moved, Expect::Version(loaded.version)).note(Note {
        actor: "the command line".to_owned(),
        action: next.to_string(),
        case: Some(moved.id.clone()),
        grounds: because.to_owned(),
    });
    if next == State::Detected {
        change.send(Message::new(MessageId::of(&["enrich", about.case.as_str(), "released"]), Body::Enrich(about)));
    }
    plant.outbox().commit(change, now).await?;
    Ok(())
}
