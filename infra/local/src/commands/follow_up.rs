//! `baton follow-up`: whatever time asks for, once: reminders, escalations, steps that are due, digests, and what waited for the
//! end of quiet hours. To be run every quarter of an hour, as the steward is on AWS.

use baton::adapters::{Database, NoCrm};
use baton::plant::{Plant, Pumped};
use baton::review;
use crm::CrmFiles;
use domain::config::Config;
use domain::ports::Crm;
use jiff::Timestamp;
use steward::{Followed, NotAsked, OfCrm, Report};

use super::connections::{Sending, Source};
use super::{Failure, Variables, clock, scan};
use crate::terminal::say;
use crate::{Dirs, Ended, Format};

pub(super) async fn run(
    dirs: &Dirs,
    source: Option<&str>,
    config: Config,
    now: Option<Timestamp>,
    variables: &Variables,
    format: Format,
) -> Result<Ended, Failure> {
    Database::read(dirs.state())?;
    let clock = clock(now);
    let source = source.map(|source| Source::open(source, variables, &config, &clock, &dirs.outbox())).transpose()?;
    let sending = Sending::open(&config, variables)?;
    let plant = sending.over(Plant::open(dirs.state(), &dirs.outbox(), config, clock)?);
    let (report, pumped) = match &source {
        Some(source) => through(&plant, source.as_crm()).await?,
        None => without_a_crm(&plant, dirs).await?,
    };
    match format {
        Format::Json => {
            let Report { released, followed, digests, unacknowledged, .. } = &report;
            let Followed { reminders, escalations, steps } = followed;
            let (given_up, waiting) = (&pumped.buried, &pumped.waiting);
            let told = serde_json::json!({
                "released": released, "reminders": reminders, "escalations": escalations, "steps": steps, "digests": digests,
                "unacknowledged": unacknowledged, "given_up": given_up, "waiting": waiting,
            });
            say(&told.to_string());
        }
        Format::Table => {
            say(&in_words(&report).unwrap_or_else(|| "Nothing is due.".to_owned()));
            scan::left_over(&pumped);
        }
    }
    Ok(if pumped.buried.is_empty() && pumped.waiting.is_empty() { Ended::Done } else { Ended::Look })
}

/// Takes up what was left behind, lets the steward look, and sees everything through. What the steward could do is seen through
/// though something else failed.
pub(super) async fn through(plant: &Plant, crm: &dyn Crm) -> Result<(Report, Pumped), Failure> {
    let report = plant.steward(&OfCrm(crm)).await;
    let pumped = plant.pump(crm).await?;
    done(report, pumped)
}

/// The same without reading a CRM: what needs one stays where it is.
async fn without_a_crm(plant: &Plant, dirs: &Dirs) -> Result<(Report, Pumped), Failure> {
    let log = log_of(plant, dirs).await?;
    let report = plant.steward(&NotAsked).await;
    let pumped = plant.pump_notices(&*log).await?;
    done(report, pumped)
}

fn done(report: Report, pumped: Pumped) -> Result<(Report, Pumped), Failure> {
    match &report.failed {
        Some(failed) => Err(Failure::new(failed.to_string())),
        None => Ok((report, pumped)),
    }
}

/// Where notes go while no CRM is named: into the file that a scan of an export has begun. Where there is no such file, the log is
/// kept in a CRM that was not named, and waits for a run that names it.
pub(super) async fn log_of(plant: &Plant, dirs: &Dirs) -> Result<Box<dyn Crm>, Failure> {
    let outbox = dirs.outbox();
    if !outbox.join("crm/Task.csv").is_file() {
        return Ok(Box::new(NoCrm));
    }
    let scans = review::scans(&plant.store).await?;
    let system = scans.last().map_or("salesforce", |scan| scan.system.as_str());
    Ok(Box::new(CrmFiles::new(&outbox.join("crm"), system)))
}

/// What was done, in one line; nothing where nothing was.
pub(super) fn in_words(report: &Report) -> Option<String> {
    let Followed { reminders, escalations, steps } = report.followed;
    let counts = [
        (report.released, "held over quiet hours and sent now"),
        (reminders, "reminded"),
        (escalations, "escalated"),
        (steps, "told of a step that is due"),
        (report.digests, "sent a digest"),
    ];
    let parts: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    (!parts.is_empty()).then(|| format!("Followed up: {}.", parts.join(", ")))
}
