//! `baton cases`: what there is, the newest first.

use baton::review;
use comfy_table::Table;
use domain::case::Case;
use domain::notice::{Delivery, Progress};
use jiff::civil::Date;

use super::{Failure, open};
use crate::terminal::{cell, say, table, verdict};
use crate::{Ended, Format, Place};

pub(super) async fn run(place: &Place, only: Option<&str>, format: Format) -> Result<Ended, Failure> {
    let store = open(place).await?;
    let mut cases = review::cases(&*store).await?;
    if let Some(only) = only {
        cases.retain(|case| case.state.to_string() == only);
    }
    let unknown = review::unknown(&*store).await?;
    match format {
        Format::Json => cases.iter().for_each(|case| say(&line(case, &unknown))),
        Format::Table if cases.is_empty() => say("There are no such cases."),
        Format::Table => {
            say(&table_of(&cases, jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()).to_string());
        }
    }
    if format == Format::Table {
        unknown.iter().for_each(doubt);
    }
    Ok(Ended::Done)
}

/// A case as JSON, with those of its notices of which nobody can tell whether they were sent.
fn line(case: &Case, unknown: &[Delivery]) -> String {
    let mut line = serde_json::to_value(case).unwrap_or_default();
    let unknown: Vec<_> = unknown.iter().filter(|delivery| delivery.notice.case.as_ref() == Some(&case.id)).collect();
    if !unknown.is_empty() {
        line["unknown"] = serde_json::json!(unknown);
    }
    line.to_string()
}

/// A notice that may have arrived, whichever case or scan it is about.
fn doubt(delivery: &Delivery) {
    let Progress::Unknown { reason, .. } = &delivery.progress else { return };
    let about = delivery.notice.case.as_ref().map_or("a scan", |case| case.as_str());
    let reader = cell(delivery.notice.recipient.name.reveal());
    let channel = delivery.channel;
    say(&format!("{about}: {channel} to {reader} may or may not have arrived, and is not sent again: {reason}"));
}

/// Cases at a glance.
pub(super) fn table_of(cases: &[Case], today: Date) -> Table {
    let mut rows = table(&["case", "what", "who and how", "account", "renewal", "value", "sure", "state"]);
    for case in cases {
        let context = case.context.as_ref();
        let renewal = context.and_then(|context| context.days_to_renewal(today)).map(|days| match days {
            0.. => format!("in {days} d"),
            _ => format!("{} d ago", -days),
        });
        rows.add_row([
            case.id.to_string(),
            verdict(case.finding.verdict).to_owned(),
            cell(&glance(case)),
            cell(&case.account_name),
            renewal.unwrap_or_default(),
            context.and_then(|c| c.value.as_ref()).map(|v| v.value.to_string()).unwrap_or_default(),
            format!("{} %", case.finding.percent()),
            case.state.to_string(),
        ]);
    }
    rows
}

/// Who, and from where to where.
fn glance(case: &Case) -> String {
    let (name, from, to) = (case.subject.name.reveal(), case.finding.from.reveal(), case.finding.to.reveal());
    use domain::finding::Verdict as V;
    match case.finding.verdict {
        V::Departed | V::Arrived | V::Away => format!("{name}, {}", case.subject.title),
        V::Moved => format!("{name} → {to}"),
        V::Promoted | V::Demoted | V::Reassigned => format!("{name}: {from} → {to}"),
        V::Replaced => format!("{from} → {to}"),
        V::Unclear | V::Cosmetic => format!("{name}, {}", case.subject.title),
    }
}
