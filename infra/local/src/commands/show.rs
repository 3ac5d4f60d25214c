//! `baton show`: one case whole: what happened, how we know, how the account stands, the plan, and its story; or, with
//! `--explain`, how its confidence comes about.

use baton::review;
use channels::report::CaseView;
use domain::case::Case;
use domain::config::Config;
use domain::finding::{Bearing, Evidence};
use domain::notice::Progress;
use domain::ports::Store;
use domain::proposals;
use jiff::Timestamp;

use super::{Failure, open};
use crate::terminal::{cell, faint, heading, say};
use crate::{Ended, Format, Place};

pub(super) async fn run(place: &Place, case: &str, explained: bool, format: Format) -> Result<Ended, Failure> {
    let store = open(place).await?;
    let case = find(&*store, case).await?;
    let view = review::view(&*store, case).await?;
    match format {
        Format::Json => {
            say(&serde_json::json!({ "case": view.case, "timeline": view.timeline, "deliveries": view.deliveries })
                .to_string());
        }
        Format::Table if explained => explain(&view.case),
        Format::Table => tell(&view),
    }
    Ok(Ended::Done)
}

/// The one case whose id begins like this.
pub(super) async fn find(store: &dyn Store, id: &str) -> Result<Case, Failure> {
    let wanted = id.trim().to_ascii_uppercase();
    if wanted.is_empty() {
        return Err(Failure::new("name a case by its id, or the beginning of it; `baton cases` lists them"));
    }
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
        say(&format!("  {:<8} {}", evidence.bearing, fact(evidence)));
    }
    if let Some(plan) = &case.plan {
        say("");
        say(&format!("Plan: {} {}", cell_long(&plan.goal), faint(&format!("({})", plan.playbook))));
        for (i, step) in (0..).zip(&plan.steps) {
            let due = step.due.strftime("%a %-d %b");
            let done = if case.done_steps.contains(&i) { "✓" } else { " " };
            say(&format!(
                "{done} {}  {:<11} {:<8} {}  {}",
                i + 1,
                due.to_string(),
                step.who,
                cell_long(step.what.reveal()),
                faint(&cell(&step.why))
            ));
        }
    }
    tell_proposals(case);
    tell_answers(case);
    if !view.deliveries.is_empty() {
        say("");
        for delivery in &view.deliveries {
            let progress = match &delivery.progress {
                Progress::Due => "due".to_owned(),
                Progress::Sending { at, .. } => format!("being sent since {}", minute(*at)),
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

/// What may be written into the CRM, why, and how to decide about it.
fn tell_proposals(case: &Case) {
    let proposals = proposals::shown(case, &Config::shipped().calendar);
    if !proposals.is_empty() {
        say("");
        say("For the CRM: nothing is written before somebody confirms it");
    }
    for proposal in proposals {
        let nth = u64::from(proposal.number) + 1;
        let command = || format!("baton answer {} confirm-update {nth} | reject-update {nth} --by ADDRESS", case.id);
        let then = proposal.decided.map_or_else(command, |decided| cell_long(decided.reveal()));
        say(&format!("  {nth}  {}  {}", cell_long(proposal.what.reveal()), faint(&cell(proposal.why.reveal()))));
        say(&format!("     {then}"));
    }
}

/// Who said what, who has the case, and until when it rests.
fn tell_answers(case: &Case) {
    if case.answers.is_empty() {
        return;
    }
    say("");
    for answered in &case.answers {
        let (by, words) = (cell(answered.by.reveal()), cell_long(answered.words.reveal()));
        say(&format!("  {}  {by}: {words}", minute(answered.at)));
    }
    if let Some(assigned) = &case.assigned {
        say(&format!("  {} has the case now", cell(assigned.name.reveal())));
    }
    if let Some(day) = case.snoozed {
        say(&format!("  It rests until {day}"));
    }
}

/// A fact with its day, its weight and its source.
fn fact(evidence: &Evidence) -> String {
    let observed = || evidence.observed.map(|at| at.strftime("%Y-%m-%d").to_string());
    let day = evidence.happened.map(|day| day.to_string()).or_else(observed).unwrap_or_default();
    format!("{day:<10} {:>+5.1}  {}  {}", evidence.weight, cell_long(evidence.text.reveal()), faint(&evidence.source))
}

/// Every piece of evidence with its weight, how they add up, the threshold, and what was looked at and said nothing.
fn explain(case: &Case) {
    let finding = &case.finding;
    let (silent, weighed): (Vec<&Evidence>, Vec<&Evidence>) =
        finding.evidence.iter().partition(|evidence| evidence.bearing == Bearing::Silent);
    say(&heading(&format!("{} · {} · {} · {} % sure", case.id, finding.verdict, case.state, finding.percent())));
    say(&cell_long(finding.sentence.reveal()));
    say("");
    say("What was weighed, in log-odds: +2.2 makes nine in ten of an even chance, −2.2 one in ten.");
    say(&format!("  {:<9} {:<10} {:>+5.1}", "before", "any fact", finding.prior));
    for evidence in &weighed {
        say(&format!("  {:<9} {}", evidence.bearing, fact(evidence)));
    }
    let capped = if finding.percent() == 99 { ", and nothing is surer" } else { "" };
    let sum = finding.prior + weighed.iter().map(|evidence| evidence.weight).sum::<f64>();
    say(&format!(
        "  {:<9} {:<10} {sum:>+5.1}  {} % sure that it is {}{}",
        "sum",
        "",
        finding.percent(),
        finding.verdict,
        capped
    ));
    if case.threshold > 0.0 {
        let verdict = if finding.alerts(case.threshold) { "somebody is told" } else { "nobody is told" };
        let needed = (case.threshold / (1.0 - case.threshold)).ln();
        let threshold = case.threshold * 100.0;
        say(&format!("  {:<9} {:<10} {needed:>+5.1}  {threshold:.0} % are needed: {verdict}", "threshold", ""));
    }
    if !silent.is_empty() {
        say("");
        say("What was looked at and said nothing");
        for evidence in silent {
            say(&format!("  {:<9} {}", evidence.bearing, fact(evidence)));
        }
    }
    if !finding.settles.is_empty() {
        say("");
        say(&format!("What would settle it: {}", finding.settles));
    }
    say("");
    let because = Some(case.because.as_str()).filter(|because| *because != finding.settles);
    let because = because.map(|because| format!("{because} · ")).unwrap_or_default();
    say(&faint(&format!("{because}rules {} · configuration {} · {}", finding.rules, case.config, case.scan)));
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

fn cell_long(text: &str) -> String {
    channels::words::plain(text, 400)
}
