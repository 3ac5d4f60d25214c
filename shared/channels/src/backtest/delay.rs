//! How soon somebody would have been told: from the record's own date of change, and from the truth.

use maud::{Markup, html};

use crate::report::text::{count, counted};

use super::page::View;
use super::verdicts::{Part, bar};
use super::{Mark, percent, rate};

/// Up to so many days, and how that is said.
const STEPS: [(i64, &str); 7] = [
    (0, "the same day"),
    (3, "1 to 3 days"),
    (7, "4 to 7 days"),
    (14, "8 to 14 days"),
    (30, "15 to 30 days"),
    (91, "1 to 3 months"),
    (i64::MAX, "longer"),
];

/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        section.listing aria-labelledby="soon" {
            h2 #soon { "How soon after the change" }
            (record(view))
            (against_truth(view))
            p.note {
                "These exports lie " strong { (distance(view)) } " apart, and what changed between two of them is seen at the later one. "
                "Switched on, Baton scans as often as its schedule says, each night for example: then nobody waits longer than a day "
                "after the CRM has learned of a change."
            }
        }
    }
}

/// Days from the last change of each alert's record, where it lies between the two exports.
fn days(view: &View<'_>) -> Vec<i64> {
    let mut days: Vec<i64> = Vec::new();
    for found in view.backtest.findings.iter().filter(|found| found.is_alert()) {
        let (Some(touched), Some(before)) = (found.touched, found.export.checked_sub(1)) else { continue };
        let day = crate::report::text::day(touched);
        let (from, to) = (view.backtest.exports[before].day(), view.backtest.exports[found.export].day());
        if day >= from && day <= to {
            days.push(i64::from((to - day).get_days()));
        }
    }
    days.sort_unstable();
    days
}

fn record(view: &View<'_>) -> Markup {
    let days = days(view);
    let Some(middle) = days.get(days.len() / 2).copied() else {
        return html! {
            p.lead {
                "No alert’s record says when it was changed (LastModifiedDate or SystemModstamp), so all that is known is that the change "
                "lies between two exports."
            }
        };
    };
    let same = days.iter().filter(|days| **days == 0).count();
    let bulk = same * 10 >= days.len() * 9 && view.figures.weeks > 2.0 * view.backtest.exports.len() as f64;
    let most = STEPS.iter().enumerate().map(|(i, _)| within(&days, i)).max().unwrap_or(1);
    html! {
        p.lead {
            "The CRM says when a record was last changed: " (count(days.len())) " of " (counted(view.figures.alerts, "alert", "alerts"))
            " have such a date since the export before. "
            @if bulk {
                (percent(same as f64 / days.len() as f64)) " of them carry the day of the export itself, as after a bulk update: it says little "
                "about when the change was entered."
            } @else if middle == 0 {
                "Half of them had been changed on the day of the export."
            } @else {
                "Half of them had stood in the CRM for " strong { (counted(middle.unsigned_abs() as usize, "day", "days")) } " or longer when the export showed them."
            }
        }
        @if !bulk {
        table.bars {
            caption { "Days from the record’s last change to the export that alerted" }
            tbody {
                @for (i, (_, said)) in STEPS.iter().enumerate() {
                    @let number = within(&days, i);
                    @if number > 0 || i < 5 {
                        tr {
                            th scope="row" { (said) }
                            td { (bar(&[Part { class: "alerted", what: said, number }], number as f64, most as f64)) }
                            td.right { (count(number)) }
                        }
                    }
                }
            }
        }
        }
    }
}

/// How many fall into a step.
fn within(days: &[i64], step: usize) -> usize {
    let above = step.checked_sub(1).map_or(-1, |before| STEPS[before].0);
    days.iter().filter(|days| **days > above && **days <= STEPS[step].0).count()
}

fn against_truth(view: &View<'_>) -> Markup {
    let (Some(score), Some(truth)) = (&view.figures.score, &view.backtest.truth) else { return html! {} };
    let behind = |(i, mark): (&usize, &Mark)| match mark {
        Mark::InTime(change) | Mark::Late(change) => {
            Some(view.backtest.findings[*i].export.saturating_sub(truth.changes[*change].due))
        }
        Mark::False => None,
    };
    let behind: Vec<usize> = score.marks.iter().filter_map(behind).collect();
    let first = behind.iter().filter(|exports| **exports == 0).count();
    html! {
        @if !behind.is_empty() {
            p.lead {
                strong { (count(first)) " of " (counted(behind.len(), "real change", "real changes")) }
                " that were told of were told at the first export that had to show them"
                @if first < behind.len() { ", the others up to " (counted(behind.iter().copied().max().unwrap_or_default(), "export", "exports")) " later" }
                "."
            }
        }
    }
}

/// The distance of two exports, in words.
fn distance(view: &View<'_>) -> String {
    let mut weeks: Vec<f64> = (1..view.backtest.exports.len()).map(|i| view.backtest.weeks(i - 1, i + 1)).collect();
    weeks.sort_by(f64::total_cmp);
    match weeks.get(weeks.len() / 2) {
        Some(weeks) if *weeks < 1.5 => counted((weeks * 7.0).round() as usize, "day", "days"),
        Some(weeks) => format!("{} weeks", rate(*weeks)),
        None => "nothing".to_owned(),
    }
}
