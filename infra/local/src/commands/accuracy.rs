//! `baton accuracy`: how often Baton was right here, by what people have marked and answered.

use baton::review;
use comfy_table::Table;
use domain::Share;
use domain::accuracy::{Accuracy, Unmarked};
use domain::finding::Verdict;
use domain::marks;
use serde::Serialize;

use super::figures::{interval, share, tell_calibration};
use super::{Failure, open};
use crate::terminal::{cell, faint, figures, heading, say, table, verdict};
use crate::{Ended, Format, Place};

/// With fewer marks than this the interval is so wide that it is worth saying what more would do.
const FEW: u64 = 20;
/// How wide an interval people want: ±10 points.
const NARROW: f64 = 0.1;

pub(super) async fn run(place: &Place, format: Format) -> Result<Ended, Failure> {
    let store = open(place).await?;
    let accuracy = Accuracy::of(marks::all(&*store).await?, &review::cases(&*store).await?);
    match format {
        Format::Json => {
            let told = Told { more_marks: more(&accuracy), accuracy: &accuracy };
            say(&serde_json::to_string(&told).map_err(|e| Failure::new(e.to_string()))?);
        }
        Format::Table => tell(&accuracy),
    }
    Ok(Ended::Done)
}

/// The same for machines.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    accuracy: &'a Accuracy,
    /// How many more marks of alerts would narrow the interval to ±10 points, where there are few.
    more_marks: Option<u64>,
}

fn more(accuracy: &Accuracy) -> Option<u64> {
    accuracy.alerts.more_for(NARROW).filter(|_| accuracy.alerts.of < FEW)
}

fn tell(accuracy: &Accuracy) {
    if accuracy.marks() == 0 {
        say("Nobody has marked a case yet.");
        say(&left(accuracy.unmarked));
        return;
    }
    say(&heading(&precision(accuracy.alerts)));
    match more(accuracy) {
        Some(0) => say("The interval is within ±10 points."),
        Some(more) => {
            let marks = if more == 1 { "mark" } else { "marks" };
            say(&format!("{more} more {marks}, if the share stays, narrow the interval to ±10 points."));
        }
        None => {}
    }
    let Share { hits, of } = accuracy.held;
    if of > 0 {
        let (cases, true_ones) = (if of == 1 { "case that was" } else { "cases that were" }, were(hits));
        say(&format!("Of {of} marked {cases} held for review, {hits} {true_ones} true."));
    }
    if accuracy.from_answers > 0 {
        let answered = "from answers: not-a-change is wrong, done and confirm are right.";
        say(&faint(&format!("{} of these marks follow {answered}", accuracy.from_answers)));
    }
    if accuracy.alerts.of > 0 {
        say(&format!("{}\n\n{}\n", verdicts(accuracy), rules(accuracy)));
    }
    tell_calibration("Is confidence kept?", &accuracy.calibration, "marked");
    wrong(accuracy);
    say(&left(accuracy.unmarked));
}

fn precision(alerts: Share) -> String {
    let Share { hits, of } = alerts;
    match of {
        0 => "No alert is marked yet.".to_owned(),
        _ => format!(
            "Of {of} marked {} {hits} {} right: precision {}, 95 % interval {}",
            if of == 1 { "alert" } else { "alerts" },
            were(hits),
            share(alerts),
            interval(alerts)
        ),
    }
}

fn were(number: u64) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

fn verdicts(accuracy: &Accuracy) -> Table {
    let rows = Verdict::ALL.iter().filter_map(|v| Some((verdict(*v), *accuracy.verdicts.get(v)?)));
    shares("alerts by verdict", rows)
}

fn rules(accuracy: &Accuracy) -> Table {
    shares("alerts by rules", accuracy.rules.iter().map(|(rules, share)| (rules.as_str(), *share)))
}

fn shares<'a>(what: &str, shares: impl Iterator<Item = (&'a str, Share)>) -> Table {
    let mut rows = table(&[what, "marked", "right", "precision", "95 % interval"]);
    for (name, of_it) in shares {
        let Share { hits, of } = of_it;
        rows.add_row([name.to_owned(), of.to_string(), hits.to_string(), share(of_it), interval(of_it)]);
    }
    figures(rows, 1)
}

fn wrong(accuracy: &Accuracy) {
    if accuracy.wrong.is_empty() {
        return;
    }
    let mut rows = table(&["wrong", "when", "said", "sure", "because", "by"]);
    for mark in &accuracy.wrong {
        rows.add_row([
            mark.case.to_string(),
            mark.at.strftime("%Y-%m-%d").to_string(),
            verdict(mark.judged.verdict).to_owned(),
            format!("{:.0} %", mark.judged.confidence * 100.0),
            cell(mark.because.reveal()),
            mark.by.as_ref().map_or_else(|| "an answer".to_owned(), |by| cell(by.reveal())),
        ]);
    }
    say(&rows.to_string());
}

/// What is not marked yet, and how to mark it.
fn left(unmarked: Unmarked) -> String {
    let Unmarked { alerts, held } = unmarked;
    let how = "`baton mark CASE right|wrong --because TEXT` marks one, `baton cases` lists them";
    match alerts + held {
        0 => "No case waits for a mark.".to_owned(),
        _ => {
            let (told, waiting) =
                (if alerts == 1 { "alert" } else { "alerts" }, if held == 1 { "case" } else { "cases" });
            format!("Not marked: {alerts} {told} and {held} {waiting} held for review. {how}.")
        }
    }
}
