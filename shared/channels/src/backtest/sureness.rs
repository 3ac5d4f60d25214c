//! How sure the judgement was: alerts and held changes by confidence, and what another threshold would have told.

use maud::{Markup, html};

use crate::report::text::count;

use super::page::View;
use super::{Found, Outcome, Share, percent, rate};

/// The width of a column, in percent.
const STEP: usize = 5;

/// One column: what was as sure as `from` percent, up to the next.
#[derive(Default)]
struct Column {
    from: usize,
    parts: [usize; 3],
}

/// What a column is made of, from the ground up.
const PARTS: [(&str, &str); 3] = [("alerted", "alert"), ("false-alert", "false alert"), ("held", "held")];

/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        section.listing aria-labelledby="sure" {
            h2 #sure { "How sure it was, and where the threshold lies" }
            @if view.figures.alerts + view.figures.held == 0 {
                p.nothing { "There was nothing to be sure of." }
            } @else {
                p.lead {
                    "Confidence is how likely the judgement is right. From " strong { (percent(view.backtest.threshold)) }
                    " on somebody is told; what is less sure is held."
                }
                (histogram(view))
                (thresholds(view))
            }
        }
    }
}

fn columns(view: &View<'_>) -> Vec<Column> {
    let place = |found: &Found| ((found.finding.confidence * 100.0 + 1e-9).clamp(0.0, 99.0) as usize) / STEP;
    let shown =
        || view.backtest.findings.iter().enumerate().filter(|(_, f)| !matches!(f.outcome, Outcome::Silenced(_)));
    // Some room below the threshold, or it would stand at the edge.
    let lowest = (view.backtest.threshold * 100.0) as usize / STEP;
    let first = shown().map(|(_, found)| place(found)).min().unwrap_or(lowest).min(lowest.saturating_sub(2));
    let mut columns: Vec<Column> =
        (first..100 / STEP).map(|place| Column { from: place * STEP, parts: [0; 3] }).collect();
    for (i, found) in shown() {
        let is_false = view.figures.score.as_ref().is_some_and(|score| !score.is_true(i));
        let part = if !found.is_alert() { 2 } else { usize::from(is_false) };
        columns[place(found) - first].parts[part] += 1;
    }
    columns
}

fn histogram(view: &View<'_>) -> Markup {
    let columns = columns(view);
    let most = columns.iter().map(|column| column.parts.iter().sum()).max().unwrap_or(1).max(1);
    let (left, right) = (columns.first().map_or(0, |column| column.from) as f64, 100.0);
    let threshold = (view.backtest.threshold * 100.0 - left) / (right - left) * 100.0;
    let height = |number: usize| format!("height:{:.2}%", number as f64 / most as f64 * 100.0);
    html! {
        figure.sureness {
            ul.key {
                @for (i, (class, what)) in PARTS.iter().enumerate() {
                    @if columns.iter().any(|column| column.parts[i] > 0) {
                        li { span.swatch.(class) {} (if *what == "alert" && view.figures.score.is_some() { "true alert" } else { what }) }
                    }
                }
            }
            div.histogram role="img" aria-label=(described(&columns, view)) {
                @for column in &columns {
                    @let all: usize = column.parts.iter().sum();
                    div.column {
                        span.top { @if all > 0 { (count(all)) } }
                        div.stack style=(height(all)) {
                            @for (i, (class, _)) in PARTS.iter().enumerate().rev() {
                                @if column.parts[i] > 0 { span.seg.(class) style={ "flex-grow:" (column.parts[i]) } {} }
                            }
                        }
                        span.from { (column.from) }
                    }
                }
                div.threshold style={ "left:" (format!("{threshold:.2}")) "%" } { span { "told from " (percent(view.backtest.threshold)) } }
            }
            figcaption { "How sure, in percent" }
        }
    }
}

fn described(columns: &[Column], view: &View<'_>) -> String {
    let filled = columns.iter().filter(|column| column.parts.iter().sum::<usize>() > 0);
    let said: Vec<String> = filled
        .map(|column| {
            let parts = PARTS.iter().zip(column.parts).filter(|(_, number)| *number > 0);
            let parts: Vec<String> = parts.map(|((_, what), number)| format!("{number} {what}")).collect();
            format!("{} to {} %: {}", column.from, column.from + STEP, parts.join(", "))
        })
        .collect();
    format!("Changes by confidence, told from {} on. {}.", percent(view.backtest.threshold), said.join("; "))
}

/// What other thresholds would have told.
fn thresholds(view: &View<'_>) -> Markup {
    let now = view.backtest.threshold;
    let score = view.figures.score.as_ref();
    html! {
        table.thresholds.compact {
            caption { "What another threshold would have told: about, below the one in force; --against plays it exactly." }
            thead {
                tr {
                    th scope="col" { "Told from" }
                    th.right scope="col" { "Alerts" }
                    th.right scope="col" { "A week" }
                    th.right scope="col" { "Held" }
                    @if score.is_some() { th.right scope="col" { "True" } th.right scope="col" { "Real changes told" } }
                }
            }
            tbody {
                @for (threshold, told) in steps(view) {
                    tr.now[threshold == now] {
                        th scope="row" { (percent(threshold)) @if threshold == now { span.soft { " in force" } } }
                        td.right data-label="Alerts" { (count(told.len())) }
                        td.right data-label="A week" { (view.figures.weekly(told.len()).map(rate).unwrap_or_default()) }
                        td.right data-label="Held" { (count(view.figures.alerts + view.figures.held - told.len())) }
                        @if let Some(score) = score {
                            @let right = told.iter().filter(|i| is_true(**i, view)).count();
                            td.right data-label="True" { (Share { hits: right, of: told.len() }.rate().map(percent).unwrap_or_default()) }
                            td.right data-label="Told" { (Share { hits: right, of: score.changes }.rate().map(percent).unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

/// Thresholds, each with what would have been told; those that tell the same as one nearer to the one in force are left out.
fn steps(view: &View<'_>) -> Vec<(f64, Vec<usize>)> {
    let now = view.backtest.threshold;
    let told = |threshold: f64| (threshold, told_from(threshold, view));
    let mut steps = vec![told(now)];
    for threshold in [0.7, 0.6, 0.5].into_iter().filter(|threshold| *threshold < now) {
        let told = told(threshold);
        if steps.first().is_none_or(|(_, nearer)| nearer.len() != told.1.len()) {
            steps.insert(0, told);
        }
    }
    for threshold in [0.8, 0.85, 0.9, 0.95].into_iter().filter(|threshold| *threshold > now) {
        let told = told(threshold);
        if steps.last().is_none_or(|(_, nearer)| nearer.len() != told.1.len()) {
            steps.push(told);
        }
    }
    steps
}

/// Places of what would have been told from this confidence on.
fn told_from(threshold: f64, view: &View<'_>) -> Vec<usize> {
    let findings = view.backtest.findings.iter().enumerate();
    let told =
        findings.filter(|(_, f)| !matches!(f.outcome, Outcome::Silenced(_)) && f.finding.confidence >= threshold);
    told.map(|(i, _)| i).collect()
}

/// Whether there is a real change behind it: what is held has no mark of its own.
fn is_true(i: usize, view: &View<'_>) -> bool {
    let (Some(score), Some(truth)) = (&view.figures.score, &view.backtest.truth) else { return false };
    let found = &view.backtest.findings[i];
    let missed = || score.missed.iter().map(|change| &truth.changes[*change]);
    score.is_true(i) || (!found.is_alert() && missed().any(|c| c.contact == found.contact && c.due == found.export))
}

#[cfg(test)]
mod tests {
    use super::super::{Backtest, example};
    use super::*;

    fn played(confidences: &[f64]) -> Backtest {
        let mut backtest = example::played(3);
        for confidence in confidences {
            let mut found = example::alert("003A", 1);
            found.finding.confidence = *confidence;
            if *confidence < backtest.threshold {
                found.outcome = Outcome::Held(String::new());
            }
            backtest.findings.push(found);
        }
        backtest
    }

    #[test]
    fn only_thresholds_that_change_something_are_shown_and_the_one_in_force_always_is() {
        let backtest = played(&[0.55, 0.8, 0.92]);
        let steps = steps(&View::of(&backtest));
        let numbers: Vec<(f64, usize)> = steps.iter().map(|(threshold, told)| (*threshold, told.len())).collect();
        assert_eq!(numbers, [(0.5, 3), (0.75, 2), (0.85, 1), (0.95, 0)]);
    }

    #[test]
    fn every_change_that_was_not_silent_stands_in_a_column() {
        let backtest = played(&[0.0, 0.749, 0.75, 1.0]);
        let columns = columns(&View::of(&backtest));
        let at = |from: usize| columns.iter().find(|column| column.from == from).unwrap().parts;
        assert_eq!((at(0), at(70)), ([0, 0, 1], [0, 0, 1]));
        assert_eq!((at(75), at(95), columns.len()), ([1, 0, 0], [1, 0, 0], 20));
    }
}
