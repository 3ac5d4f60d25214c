//! `baton brake`: what a stopped scan has held goes on its way, or is dismissed.

use baton::plant::Pumped;
use baton::review;
use domain::MessageId;
use domain::audit::Note;
use domain::case::{Case, State};
use domain::handler::{HandlerError, Outbox, again_and_again};
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{Expect, Index};
use domain::records::{self, Absence, CASES, Change, Loaded, Ruling, absence_key, scan_partition};
use jiff::Timestamp;

use super::acting::Opened;
use super::connections::Source;
use super::scan::given_up;
use super::{Failure, Variables, clock};
use crate::terminal::say;
use crate::{Acting, Brake, Ended};

/// How often something is written anew that a function has written meanwhile.
const MOST_TRIES: u32 = 6;

pub(super) async fn run(
    acting: &Acting,
    what: Brake,
    scan: &str,
    source: Option<&str>,
    variables: &Variables,
) -> Result<Ended, Failure> {
    let clock = clock(None);
    let opened = Opened::open(acting, clock.clone(), variables).await?;
    let reader = match (&opened, what, source) {
        (Opened::Here(plant, dirs), Brake::Release, Some(source)) => {
            Some((plant, Source::open(source, variables, &plant.config, &clock, &dirs.outbox())?))
        }
        (Opened::Here(..), Brake::Release, None) => {
            return Err(Failure::new("name the CRM with --crm, such as export:DIR: the accounts are read from it"));
        }
        (Opened::Here(..), Brake::Discard, _) | (Opened::There(_), ..) => None,
    };
    settle(&opened.outbox(), what, scan, clock.now()).await?;
    let pumped = match &reader {
        Some((plant, source)) => plant.pump(source.as_crm()).await?,
        None => Pumped::default(),
    };
    given_up(&pumped.buried);
    for reason in &pumped.waiting {
        say(&format!("a message waits for the next scan: {reason}"));
    }
    Ok(if pumped.buried.is_empty() && pumped.waiting.is_empty() { Ended::Done } else { Ended::Look })
}

/// Releases or dismisses everything that the brake holds of a scan, and says how much that was.
async fn settle(outbox: &Outbox<'_>, what: Brake, scan: &str, now: Timestamp) -> Result<(), Failure> {
    let found = records::all::<Case>(outbox.store, Index::Secondary, CASES, "").await?;
    let held: Vec<CaseRef> = found
        .iter()
        .map(|found| &found.value)
        .filter(|case| is_held_by(case, scan))
        .map(|case| CaseRef { account: case.account.clone(), case: case.id.clone() })
        .collect();
    let missing = rule(outbox, scan, what, now).await?;
    if held.is_empty() && missing.is_none() {
        return Err(Failure::new(format!(
            "the brake holds nothing of scan {scan}; `baton cases --in held` lists what is held"
        )));
    }
    for about in &held {
        again_and_again(MOST_TRIES, async || go_on(outbox, about, scan, what, now).await).await?;
    }
    tell(what, held.len(), missing);
    Ok(())
}

fn is_held_by(case: &Case, scan: &str) -> bool {
    case.state == State::Held && case.brake.as_ref().is_some_and(|brake| brake.as_str() == scan)
}

/// Records what the person says of the contacts that the scan missed. Returns how many those are, if it is open.
async fn rule(outbox: &Outbox<'_>, scan: &str, what: Brake, now: Timestamp) -> Result<Option<u64>, Failure> {
    let scans = review::scans(outbox.store).await?;
    let Some(record) = scans.iter().find(|record| record.scan.as_str() == scan) else { return Ok(None) };
    let key = absence_key(&record.system);
    let Some(Loaded { value: mut absence, version }) = records::read::<Absence>(outbox.store, &key).await? else {
        return Ok(None);
    };
    let Some(missing) = absence.missing.get(&record.scan).copied() else { return Ok(None) };
    let (ruling, grounds) = match what {
        Brake::Release => (Ruling::Released, "a person says that they were deleted"),
        Brake::Discard => (Ruling::Discarded, "a person says that nobody need be told"),
    };
    absence.ruling = Some((ruling, missing));
    let trail = records::trail(outbox.store, &scan_partition(&record.system)).await?;
    let mut change = Change::new(None, trail, now);
    change.put(key, &absence, Expect::Version(version)).note(Note {
        actor: "the command line".to_owned(),
        action: "absence settled".to_owned(),
        case: None,
        grounds: format!("{missing} missing contacts: {grounds}"),
    });
    outbox.commit(change, now).await?;
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
        say(&format!("{missing} contacts are missing: the next scan {then}, if they still are"));
    }
}

async fn go_on(
    outbox: &Outbox<'_>,
    about: &CaseRef,
    scan: &str,
    what: Brake,
    now: Timestamp,
) -> Result<(), HandlerError> {
    let Some((case, trail)) = records::case_and_trail(outbox.store, about).await? else { return Ok(()) };
    if !is_held_by(&case.value, scan) {
        return Ok(());
    }
    let (next, because) = match what {
        Brake::Release => (State::Detected, "released: a person says the findings are true"),
        Brake::Discard => (State::Dismissed, "discarded: a person says the findings are not true"),
    };
    let moved = case.value.become_state(next, because, now)?;
    let mut change = Change::new(None, trail, now);
    change.case(&moved, Expect::Version(case.version)).note(Note {
        actor: "the command line".to_owned(),
        action: next.to_string(),
        case: Some(moved.id.clone()),
        grounds: because.to_owned(),
    });
    if next == State::Detected {
        let id = MessageId::of(&["enrich", about.case.as_str(), "released"]);
        change.send(Message::new(id, Body::Enrich(about.clone())));
    }
    outbox.commit(change, now).await?;
    Ok(())
}
