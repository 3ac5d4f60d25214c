//! `baton scan`: one scheduled scan, pumped until every queue is empty.

use std::collections::BTreeMap;
use std::path::PathBuf;

use baton::plant::{Plant, Pumped};
use baton::review;
use domain::ScanId;
use domain::config::Config;
use domain::ports::{Crm, SetAside};
use domain::records::{Heard, ScanRecord};
use envelope::{Pass, ScanRequested};
use jiff::Timestamp;

use super::connections::{Sending, Source};
use super::{Failure, Variables, clock, follow_up};
use crate::terminal::{faint, heading, progress, say, table};
use crate::{Ended, Format};

/// What to scan, and where everything goes.
pub(super) struct Scan {
    pub source: String,
    pub state: PathBuf,
    pub outbox: PathBuf,
    pub config: Config,
    pub now: Option<Timestamp>,
    pub shadow: bool,
    pub pass: Pass,
    pub mail: Option<PathBuf>,
    pub people: Option<String>,
}

pub(super) async fn run(scan: Scan, variables: &Variables, format: Format) -> Result<Ended, Failure> {
    let clock = clock(scan.now);
    let source = Source::open(&scan.source, variables, &scan.config, &clock, &scan.outbox)?;
    let crm = source.as_crm();
    let inbox = scan.mail.as_deref().map(super::inbox).transpose()?;
    let asked = scan.people.as_deref().map(|source| super::people(source, &scan.config, variables)).transpose()?;
    let (people, mut aside) = asked.map_or((None, Vec::new()), |(people, aside)| (Some(people), aside));
    let sending = Sending::open(&scan.config, variables)?;
    let plant = Plant::open(&scan.state, &scan.outbox, scan.config, clock)?;
    let plant = sending.over(plant.hearing(inbox, people));
    let mut for_the_scan = None;
    let (record, mut pumped) =
        through(&plant, crm, scan.shadow, scan.pass, &mut || for_the_scan = source.requests()).await?;
    let mut followed = None;
    if !scan.shadow {
        let (report, after) = follow_up::through(&plant, crm).await?;
        followed = follow_up::in_words(&report);
        pumped.handled += after.handled;
        pumped.waiting.extend(after.waiting);
        pumped.buried.extend(after.buried);
    }
    let requests = for_the_scan.zip(source.requests());
    aside.extend(crm.set_aside());
    match format {
        Format::Json => {
            let (given_up, waiting) = (&pumped.buried, &pumped.waiting);
            let requests = requests.map(|(scan, all)| serde_json::json!({ "scan": scan, "all": all }));
            let told = serde_json::json!({
                "scan": record, "set_aside": aside, "given_up": given_up, "waiting": waiting, "requests": requests,
            });
            say(&told.to_string());
        }
        Format::Table => {
            tell(&record, &scan.source, &pumped, &aside, &scan.outbox);
            followed.iter().for_each(|line| say(line));
            if let Some((scan, all)) = requests {
                let (system, rest) = (crm.system(), all.saturating_sub(scan));
                say(&faint(&format!("{system}: {scan} requests for the scan, {rest} for what followed.")));
            }
        }
    }
    let through = pumped.buried.is_empty() && pumped.waiting.is_empty();
    Ok(if aside.is_empty() && through { Ended::Done } else { Ended::Look })
}

/// Takes up what was left behind, scans, and sees everything through; `scanned` is called between the scan and what follows.
pub(super) async fn through(
    plant: &Plant,
    crm: &dyn Crm,
    shadow: bool,
    pass: Pass,
    scanned: &mut dyn FnMut(),
) -> Result<(ScanRecord, Pumped), Failure> {
    let at = plant.clock.now();
    // One that was left unfinished at the same time is this one.
    let scan = unused_id(at, &review::scans(&plant.store).await?)?;
    let mut pumped = plant.pump(crm).await?;
    let bar = progress();
    let record =
        plant.scan(crm, ScanRequested { scan, at, shadow, pass }, &|contacts| bar.set_position(contacts)).await?;
    bar.finish_and_clear();
    scanned();
    let after = plant.pump(crm).await?;
    pumped.handled += after.handled;
    pumped.waiting.extend(after.waiting);
    pumped.buried.extend(after.buried);
    Ok((record, pumped))
}

/// The scan's name. A second export in the same second, or one taken for the same time, is another scan.
fn unused_id(at: Timestamp, scans: &[ScanRecord]) -> Result<ScanId, Failure> {
    let name = format!("scan-{}", at.strftime("%Y%m%dT%H%M%SZ"));
    let before = scans.iter().filter(|record| record.scan.as_str().starts_with(&name)).count();
    let id = if before == 0 { name } else { format!("{name}-{}", before + 1) };
    ScanId::parse(&id).map_err(|e| Failure::new(e.to_string()))
}

fn tell(record: &ScanRecord, source: &str, pumped: &Pumped, aside: &[SetAside], outbox: &std::path::Path) {
    let mut line = format!(
        "{} contacts, {} first seen, {} changed: {} alerted, {} held for review, {} silenced",
        record.contacts, record.first_seen, record.changed, record.alerted, record.held, record.silenced
    );
    if let Some(touched) = record.touched {
        line.push_str(&format!(" ({touched} contacts were changed since the last scan and looked at)"));
    }
    if record.shadow {
        line.push_str(" (in shadow: nobody was told)");
    }
    say(&heading(&line));
    tell_heard(&record.heard);
    if let Some(saw) = &record.brake {
        let told = if record.shadow { "" } else { "; the administrator was told how to go on" };
        say(&format!("The brake stopped this scan: {saw}. Everything is held{told}."));
        let scan = record.scan.as_str();
        say(&format!(
            "`baton brake release {scan} --crm {source}` lets it go on, `baton brake discard {scan} --crm {source}` dismisses it."
        ));
    }
    if pumped.recovered > 0 {
        say(&format!("{} messages that an earlier run had left waiting were taken up first.", pumped.recovered));
    }
    left_over(pumped);
    set_aside(aside);
    if record.alerted > 0 && !record.shadow {
        say(&format!("What went out as files (mails, Slack messages, the CRM log) is in {}", outbox.display()));
    }
    if record.alerted + record.held > 0 {
        say(&faint("`baton cases` lists them, `baton show CASE` shows one, `baton report --out FILE` draws them all."));
    }
}

/// Prints what was not seen through.
pub(super) fn left_over(pumped: &Pumped) {
    given_up(&pumped.buried);
    for (reason, count) in tally(&pumped.waiting) {
        say(&format!("{count} messages wait for the next run: {reason}"));
    }
}

/// Prints why messages were given up.
pub(super) fn given_up(reasons: &[String]) {
    for reason in reasons {
        say(&format!("Given up: {reason} (see `baton dead-letters`)"));
    }
}

/// Says what came in beside the CRM.
fn tell_heard(heard: &Heard) {
    if heard.mails > 0 {
        say(&format!("Mails read: {}; what they say of people: {}.", heard.mails, heard.facts));
    }
    if heard.asked > 0 {
        say(&format!("People asked about: {}; with a known job: {}.", heard.asked, heard.found));
    }
    if let Some(unasked) = &heard.unasked {
        say(&format!("Left unasked: {unasked}"));
    }
}

/// Each reason once, with how often it stands there.
fn tally(reasons: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    reasons.iter().for_each(|reason| *counts.entry(reason.as_str()).or_default() += 1);
    counts
}

/// Prints the rows that were set aside.
pub(super) fn set_aside(aside: &[SetAside]) {
    if aside.is_empty() {
        return;
    }
    say(&format!("{} rows or values were set aside; everything else was read:", aside.len()));
    let mut rows = table(&["file", "row", "column", "reason"]);
    for row in aside.iter().take(20) {
        rows.add_row([
            row.file.clone(),
            row.row.to_string(),
            row.column.clone().unwrap_or_default(),
            crate::terminal::cell(&row.reason),
        ]);
    }
    say(&rows.to_string());
    if aside.len() > 20 {
        say(&format!("… and {} more; --format json lists them all", aside.len() - 20));
    }
}
