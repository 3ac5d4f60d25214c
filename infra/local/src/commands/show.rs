//! `baton show`: one case whole: what happened, how we know, how the account stands, the plan, and its story.

use baton::review;
use channels::report::CaseView;
use domain::case::Case;
use domain::notice::Progress;
use domain::ports::Store;
use jiff::Timestamp;

use super::{Failure, open};
use crate::terminal::{cell, faint, heading, say};
use crate::{Ended, Format, Place};

pub(super) async fn run(place: &Place, case: &str, format: Format) -> Result<Ended, Failure> {
    let store = open(place).await?;
    let case = find(&*store, case).await?;
    let view = review::view(&*store, case).await?;
    match format {
        Format::Json => {
            say(&serde_json::json!({ "case": view.case, "timeline": view.timeline, "deliveries": view.deliveries })
                .to_string());
        }
        Format::Table => tell(&view),
    }
    Ok(Ended::Done)
}

/// The one case whose id begins like this.
pub(super) async fn find(store: &dyn Store, id: &str) -> Result<Case, Failure> {
    let wanted = id.to_ascii_uppercase();
    let mut found: Vec<Case> =
        review::cases(store).await?.into_iter().filter(|case| case.id.as_str().starts_with(&wanted)).collect();
    match (found.pop(), found.len()) {
        (Some(case), 0) => Ok(case),
        (Some(_), more) => Err(Failure::new(format!("{} cases begin with {id}; write more of the id", more + 1))),
        (None, _) => Err(Failure::new(format!("there is no case {id}; `baton cases` lists them"))),
    }
}

fn tell(view: &CaseView) {
    let case = &view.case;
    say(&heading(&format!(
        "{} · {} · {} · {} % sure",
        case.id,
        case.finding.verdict,
        case.state,
        case.finding.percent()
    )));
    say(&cell_long(case.finding.sentence.reveal()));
    say(&faint(&format!(
        "{} · rules {} · configuration {} · {}",
        case.because, case.finding.rules, case.config, case.scan
    )));
    say("");
    for evidence in &case.finding.evidence {
        let observed = evidence.happened.or(evidence.observed).map(|at| at.strftime("%Y-%m-%d").to_string());
        say(&format!(
            "  {:<8} {:<10} {:>+5.1}  {}  {}",
            evidence.bearing,
            observed.unwrap_or_default(),
            evidence.weight,
            cell_long(evidence.text.reveal()),
            faint(&evidence.source)
        ));
    }
    if let Some(plan) = &case.plan {
        say("");
        say(&format!("Plan: {} {}", cell_long(&plan.goal), faint(&format!("({})", plan.playbook))));
        for (i, step) in plan.steps.iter().enumerate() {
            let due = step.due.strftime("%a %-d %b");
            say(&format!(
                "  {}  {:<11} {:<8} {}  {}",
                i + 1,
                due.to_string(),
                step.who,
                cell_long(step.what.reveal()),
                faint(&cell(&step.why))
            ));
        }
    }
    if !view.deliveries.is_empty() {
        say("");
        for delivery in &view.deliveries {
            let progress = match &delivery.progress {
                Progress::Due => "due".to_owned(),
                Progress::Sending { at } => format!("being sent since {}", minute(*at)),
                Progress::Sent { at, reference } => format!("sent {} as {reference}", minute(*at)),
                Progress::Unknown { at, reason } => {
                    format!("may or may not have arrived, tried {} and not sent again: {reason}", minute(*at))
                }
                Progress::Withheld { reason } => format!("withheld: {reason}"),
            };
            say(&format!("  {:<8} to {}: {progress}", delivery.channel, cell(delivery.notice.recipient.name.reveal())));
        }
    }
    say("");
    super::audit::tell(&view.timeline);
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

fn cell_long(text: &str) -> String {
    channels::words::plain(text, 400)
}
