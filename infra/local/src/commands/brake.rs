//! `baton brake`: what a stopped scan has held goes on its way, or is dismissed.

use baton::adapters::Database;
use baton::plant::{Plant, Pumped};
use baton::review;
use domain::MessageId;
use domain::audit::Note;
use domain::case::{Case, State};
use domain::config::Config;
use domain::messages::{Body, CaseRef, Message};
use domain::ports::Expect;
use domain::records::{self, Absence, Change, Loaded, Ruling, absence_key, account_partition, scan_partition};

use super::connections::{Sending, Source};
use super::scan::given_up;
use super::{Failure, Variables, clock};
use crate::terminal::say;
use crate::{Brake, Dirs, Ended};

pub(super) async fn run(
    dirs: &Dirs,
    what: Brake,
    scan: &str,
    source: Option<&str>,
    config: Config,
    variables: &Variables,
) -> Result<Ended, Failure> {
    Database::read(dirs.state())?;
    let clock = clock(None);
    let outbox = dirs.outbox();
    let reader = match (what, source) {
        (Brake::Release, Some(source)) => Some(Source::open(source, variables, &config, &clock, &outbox)?),
        (Brake::Release, None) => {
            return Err(Failure::new("name the CRM with --crm, such as export:DIR: the accounts are read from it"));
        }
        (Brake::Discard, _) => None,
    };
    let sending = Sending::open(&config, variables)?;
    let plant = sending.over(Plant::open(dirs.state(), &outbox, config, clock)?);
    let held: Vec<Case> =
        review::cases(&plant.store).await?.into_iter().filter(|case| is_held_by(case, scan)).collect();
    let missing = rule(&plant, scan, what).await?;
    if held.is_empty() && missing.is_none() {
        return Err(Failure::new(format!(
            "the brake holds nothing of scan {scan}; `baton cases --in held` lists what is held"
        )));
    }
    for case in &held {
        go_on(&plant, case, what).await?;
    }
    let pumped = match reader {
        Some(reader) => plant.pump(reader.as_crm()).await?,
        None => Pumped::default(),
    };
    tell(what, held.len(), missing);
    given_up(&pumped.buried);
    for reason in &pumped.waiting {
        say(&format!("a message waits for the next scan: {reason}"));
    }
    Ok(if pumped.buried.is_empty() && pumped.waiting.is_empty() { Ended::Done } else { Ended::Look })
}

fn is_held_by(case: &Case, scan: &str) -> bool {
    case.state == State::Held && case.brake.as_ref().is_some_and(|brake| brake.as_str() == scan)
}

/// Records what the person says of the contacts that the scan missed. Returns how many those are, if it is open.
async fn rule(plant: &Plant, scan: &str, what: Brake) -> Result<Option<u64>, Failure> {
    let scans = review::scans(&plant.store).await?;
    let Some(record) = scans.iter().find(|record| record.scan.as_str() == scan) else { return Ok(None) };
    let key = absence_key(&record.system);
    let Some(Loaded { value: mut absence, version }) = records::read::<Absence>(&plant.store, &key).await? else {
        return Ok(None);
    };
    let Some(missing) = absence.missing.get(&record.scan).copied() else { return Ok(None) };
    let (ruling, grounds) = match what {
        Brake::Release => (Ruling::Released, "a person says that they were deleted"),
        Brake::Discard => (Ruling::Discarded, "a person says that nobody need be told"),
    };
    absence.ruling = Some((ruling, missing));
    let now = plant.clock.now();
    let trail = records::trail(&plant.store, &scan_partition(&record.system)).await?;
    let mut change = Change::new(None, trail, now);
    change.put(key, &absence, Expect::Version(version)).note(Note {
        actor: "the command line".to_owned(),
        action: "absence settled".to_owned(),
        case: None,
        grounds: format!("{missing} missing contacts: {grounds}"),
    });
    plant.outbox().commit(change, now).await?;
    Ok(Some(missing))
}

fn tell(what: Brake, cases: usize, missing: Option<u64>) {
    let (done, then) = match what {
        Brake::Release => ("released", "judges them as deleted"),
        Brake::Discard => ("dismissed", "marks them as deleted and tells nobody"),
    };
    if cases > 0 {
        say(&format!("{cases} cases were {done}"));
    }
    if let Some(missing) = missing {
        say(&format!("{missing} contacts are missing: the next `baton scan` {then}, if they still are"));
    }
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
