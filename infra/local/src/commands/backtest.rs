//! `baton backtest`: dated exports, oldest first, in shadow: what would have been alerted, and when.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use baton::adapters::Database;
use baton::plant::Plant;
use baton::review;
use domain::config::Config;
use domain::finding::Finding;
use domain::ports::{Crm, FixedClock, SetAside};
use domain::{Personal, ScanId};
use envelope::{Pass, ScanRequested};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::scan::set_aside;
use super::{Failure, crm};
use crate::terminal::{cell, heading, say, table, verdict};
use crate::{Ended, Format};

/// One finding, as a line.
#[derive(Serialize)]
struct Line<'a> {
    export: &'a str,
    contact: &'a str,
    account: &'a str,
    verdict: domain::finding::Verdict,
    from: &'a Personal,
    to: &'a Personal,
    confidence: f64,
    alert: bool,
    sentence: &'a Personal,
    evidence: &'a [domain::finding::Evidence],
    rules: &'a str,
}

pub(super) async fn run(config: &Config, exports: &[PathBuf], format: Format) -> Result<Ended, Failure> {
    // The brake would stop a scan after a gap of half a year; here the question is what would have been said.
    let mut config = config.clone();
    config.brake.share = 1.0;
    let mut database = Some(Database::in_memory()?);
    let outbox = tempfile::tempdir().map_err(|e| Failure::new(e.to_string()))?;
    let mut plant: Option<Plant> = None;
    let mut ended = Ended::Done;
    for (i, dir) in exports.iter().enumerate() {
        let at = time_of(dir, i)?;
        let name = dir.file_name().map_or_else(|| dir.display().to_string(), |n| n.to_string_lossy().into_owned());
        let clock = Arc::new(FixedClock(at));
        let running = match (plant.take(), database.take()) {
            (Some(running), _) => running.at(clock),
            (None, Some(database)) => Plant::over(database, outbox.path(), config.clone(), clock),
            (None, None) => return Err(Failure::new("the backtest has lost its state")),
        };
        let reader = crm(&format!("export:{}", dir.display()), &config, at, outbox.path())?;
        let scan = ScanId::parse(&format!("backtest-{i:06}")).map_err(|e| Failure::new(e.to_string()))?;
        let request = ScanRequested { scan: scan.clone(), at, shadow: true, pass: Pass::Full };
        let record = running.scan(&reader, request, &|_| {}).await?;
        let told = tell(&running, &scan, at, &name, format, config.threshold).await?;
        if format == Format::Table {
            say(&heading(&format!(
                "{name}: {} contacts, {} changed, {told} would have been alerted, {} held, {} silenced",
                record.contacts, record.changed, record.held, record.silenced
            )));
        }
        let aside = reader.set_aside();
        if !aside.is_empty() {
            ended = Ended::Look;
        }
        match format {
            Format::Json => aside.iter().for_each(|row| remark(&name, row)),
            Format::Table => set_aside(&aside),
        }
        plant = Some(running);
    }
    Ok(ended)
}

/// Says of a row that it was set aside, in one line beside the findings.
fn remark(export: &str, row: &SetAside) {
    let column = row.column.as_ref().map(|column| format!(", column {column}")).unwrap_or_default();
    let reason = channels::words::plain(&row.reason, 300);
    let _ = writeln!(anstream::stderr(), "set aside: {export}/{}, row {}{column}: {reason}", row.file, row.row);
}

/// Prints the findings of one scan; returns how many would have been told.
async fn tell(
    plant: &Plant,
    scan: &ScanId,
    at: Timestamp,
    export: &str,
    format: Format,
    threshold: f64,
) -> Result<usize, Failure> {
    let mut told = 0;
    let mut rows = table(&["what", "who", "from", "to", "sure"]);
    let cases: Vec<_> = review::cases(&plant.store).await?.into_iter().filter(|case| case.scan == *scan).collect();
    for case in &cases {
        let alert = case.finding.alerts(threshold);
        told += usize::from(alert);
        if format == Format::Json {
            line(export, case.subject.contact.as_str(), case.account.as_str(), &case.finding, alert);
        } else if alert {
            let finding = &case.finding;
            rows.add_row([
                verdict(finding.verdict).to_owned(),
                cell(case.subject.name.reveal()),
                cell(finding.from.reveal()),
                cell(finding.to.reveal()),
                format!("{} %", finding.percent()),
            ]);
        }
    }
    if format == Format::Json {
        for quiet in review::silenced(&plant.store).await?.iter().filter(|quiet| quiet.at == at) {
            line(export, quiet.contact.as_str(), quiet.account.as_str(), &quiet.finding, false);
        }
    } else if told > 0 {
        say(&rows.to_string());
    }
    Ok(told)
}

fn line(export: &str, contact: &str, account: &str, finding: &Finding, alert: bool) {
    let Finding { verdict, confidence, sentence, from, to, evidence, rules, .. } = finding;
    let line = Line {
        export,
        contact,
        account,
        verdict: *verdict,
        from,
        to,
        confidence: *confidence,
        alert,
        sentence,
        evidence,
        rules,
    };
    say(&serde_json::to_string(&line).unwrap_or_default());
}

/// The date in a directory's name; without one, a week after the export before.
fn time_of(dir: &Path, place: usize) -> Result<Timestamp, Failure> {
    let name = dir.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if let Ok(at) = format!("{}T07:00:00Z", name.get(..10).unwrap_or_default()).parse() {
        return Ok(at);
    }
    let weeks = i64::try_from(place).unwrap_or_default();
    Timestamp::UNIX_EPOCH.checked_add((weeks * 168).hours()).map_err(|e| Failure::new(e.to_string()))
}
