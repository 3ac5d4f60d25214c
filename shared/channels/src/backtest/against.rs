//! Two configurations side by side: their figures, and every contact that only one of them would have told of.

use std::collections::BTreeMap;

use domain::ContactId;
use domain::finding::Verdict;
use maud::{Markup, html};

use crate::report::text::{count, counted, name, said};

use super::page::View;
use super::{Against, Backtest, Figures, Found, Outcome, Score, percent, rate, verdicts, words};

/// The largest group is unfolded if it is no longer than this.
const SHOWN: usize = 20;

/// The section.
pub(super) fn section(view: &View<'_>, against: &Against) -> Markup {
    let other = &against.backtest;
    let (first, second) = (only(view.backtest, other), only(other, view.backtest));
    html! {
        section.listing aria-labelledby="against" {
            h2 #against { "Side by side" }
            p.lead {
                "The same exports with " strong { (name(&view.backtest.config)) } " and with " strong { (name(&other.config)) } ". "
                (counted(first.len(), "contact", "contacts")) " only the first would have told of, "
                (counted(second.len(), "contact", "contacts")) " only the second. Everything below this part is of the first."
            }
            (differences(view.backtest, against))
            (figures(view, other))
            (list("first", view.backtest, other, &first))
            (list("second", other, view.backtest, &second))
            (otherwise(view.backtest, other))
        }
    }
}

/// Contacts by export with what was found.
type Places<'a> = BTreeMap<(usize, &'a ContactId), &'a Found>;

fn places(backtest: &Backtest) -> Places<'_> {
    backtest.findings.iter().map(|found| ((found.export, &found.contact), found)).collect()
}

/// Alerts of one that the other does not give at the same export.
fn only<'a>(backtest: &'a Backtest, other: &'a Backtest) -> Vec<&'a Found> {
    let there = places(other);
    let told = |found: &&Found| there.get(&(found.export, &found.contact)).is_some_and(|found| found.is_alert());
    backtest.findings.iter().filter(|found| found.is_alert() && !told(found)).collect()
}

fn differences(first: &Backtest, against: &Against) -> Markup {
    html! {
        @if against.differences.is_empty() {
            p.note { "The two configurations differ in nothing that is set." }
        } @else {
            table.differences {
                caption { "What differs in the configurations" }
                thead { tr { th scope="col" { "Setting" } th scope="col" { (name(&first.config)) } th scope="col" { (name(&against.backtest.config)) } } }
                tbody {
                    @for difference in &against.differences {
                        tr {
                            th scope="row" { code { (name(&difference.key)) } }
                            td data-label="First" { code { (name(&difference.first)) } }
                            td data-label="Second" { code { (name(&difference.second)) } }
                        }
                    }
                }
            }
        }
    }
}

fn stripe(length: f64) -> Markup {
    html! { @if length > 0.0 {
        svg.stripe viewBox="0 0 100 4" width="100" height="4" preserveAspectRatio="none" aria-hidden="true" {
            rect x=(format!("{:.1}", 100.0 - length)) width=(format!("{length:.1}")) height="4" {}
        }
    } }
}

/// One line of the comparison: what, in the first, in the second, and how much more in the second.
struct Line {
    what: String,
    first: String,
    second: String,
    more: String,
    /// How long the two bars are, of 100.
    lengths: [f64; 2],
}

impl Line {
    /// Two numbers and how they are said. Their bars share a scale, up to the larger one.
    fn new(what: &str, values: [Option<f64>; 2], say: impl Fn(f64) -> String) -> Self {
        let most = values.iter().flatten().copied().fold(f64::MIN_POSITIVE, f64::max);
        let [first, second] = values.map(|value| value.map(&say).unwrap_or_default());
        let lengths = values.map(|value| value.unwrap_or_default() / most * 100.0);
        Self { what: what.to_owned(), first, second, more: String::new(), lengths }
    }

    /// Two counts, and the difference.
    fn count(what: &str, first: usize, second: usize) -> Self {
        let values = [first, second].map(|number| Some(number as f64));
        Self { more: more(first, second), ..Self::new(what, values, |number| count(number as u64)) }
    }
}

fn figures(view: &View<'_>, other: &Backtest) -> Markup {
    let (first, second) = (&view.figures, &Figures::of(other));
    html! {
        table.figures.compact {
            caption { "What each comes to" }
            thead {
                tr {
                    th scope="col" { "Figure" }
                    th.right scope="col" { (name(&view.backtest.config)) }
                    th.right scope="col" { (name(&other.config)) }
                    th.right scope="col" { "More or less" }
                }
            }
            tbody {
                @for line in lines(first, second, view.backtest.threshold, other.threshold) {
                    tr {
                        th scope="row" { (line.what) }
                        td.right data-label="First" { (line.first) (stripe(line.lengths[0])) }
                        td.right data-label="Second" { (line.second) (stripe(line.lengths[1])) }
                        td.right.soft data-label="Difference" { (line.more) }
                    }
                }
            }
        }
    }
}

fn lines(first: &Figures, second: &Figures, threshold: f64, other: f64) -> Vec<Line> {
    let of = |figures: &Figures, verdict: Verdict| {
        figures.verdicts.iter().find(|(v, _)| *v == verdict).map_or(0, |(_, number)| *number)
    };
    let each = [first.each(), second.each()];
    let mut lines = vec![
        Line { lengths: [0.0; 2], ..Line::new("Told from", [Some(threshold), Some(other)], percent) },
        Line::count("Alerts", first.alerts, second.alerts),
        Line::new("Alerts a week", [first.weekly(first.alerts), second.weekly(second.alerts)], rate),
        Line::new("A week for each CSM", each, rate),
    ];
    let verdicts = Verdict::ALL.into_iter().filter(|v| of(first, *v) + of(second, *v) > 0);
    lines.extend(verdicts.map(|v| Line::count(&format!("Alerts: {v}"), of(first, v), of(second, v))));
    lines.push(Line::count("Held for a person’s look", first.held, second.held));
    lines.push(Line::count("Left silent", first.silenced, second.silenced));
    if let (Some(a), Some(b)) = (&first.score, &second.score) {
        let wrong = |score: &Score| score.precision().of - score.precision().hits;
        lines.push(Line::new("Alerts that were true", [a, b].map(|score| score.precision().rate()), percent));
        lines.push(Line::count("False alerts", wrong(a), wrong(b)));
        lines.push(Line::new("Real changes told in time", [a, b].map(|score| score.recall().rate()), percent));
        lines.push(Line::count("Missed", a.missed.len(), b.missed.len()));
    }
    lines
}

fn more(first: usize, second: usize) -> String {
    match second.cmp(&first) {
        std::cmp::Ordering::Equal => "same".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", count(second - first)),
        std::cmp::Ordering::Less => format!("−{}", count(first - second)),
    }
}

/// What one would have told of and the other not, by the reason of the other.
fn list(which: &str, told: &Backtest, silent: &Backtest, alerts: &[&Found]) -> Markup {
    let there = places(silent);
    let mut groups: BTreeMap<String, Vec<&Found>> = BTreeMap::new();
    for found in alerts {
        groups.entry(why_not(found, silent, &there)).or_default().push(found);
    }
    let mut groups: Vec<(String, Vec<&Found>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, alerts)| std::cmp::Reverse(alerts.len()));
    html! {
        h3 { "Only the " (which) " would have told of " span.count { (count(alerts.len())) } }
        @if alerts.is_empty() { p.nothing { "None." } }
        @else { p.note { (worth(told, alerts)) "The reasons are those for which " (name(&silent.config)) " would not have told." } }
        @for (n, (why, alerts)) in groups.iter().enumerate() {
            details.group open[n == 0 && alerts.len() <= SHOWN] {
                summary {
                    span.number { (count(alerts.len())) }
                    span.reason { (said(why)) @if told.truth.is_some() { span.soft { " · " (true_ones(told, alerts)) } } }
                }
                (rows(told, silent, alerts, &there))
            }
        }
    }
}

/// How many of these were true, where that is known.
fn worth(told: &Backtest, alerts: &[&Found]) -> String {
    if told.truth.is_none() { String::new() } else { format!("{}. ", true_ones(told, alerts)) }
}

fn true_ones(told: &Backtest, alerts: &[&Found]) -> String {
    let Some(score) = told.truth.as_ref().map(|truth| Score::of(told, truth)) else { return String::new() };
    let places: BTreeMap<(usize, &ContactId), usize> =
        told.findings.iter().enumerate().map(|(i, found)| ((found.export, &found.contact), i)).collect();
    let is_true = |found: &&&Found| places.get(&(found.export, &found.contact)).is_some_and(|i| score.is_true(*i));
    let right = alerts.iter().filter(is_true).count();
    format!("{} of them true, {} false", count(right), count(alerts.len() - right))
}

fn rows(told: &Backtest, silent: &Backtest, alerts: &[&Found], there: &Places<'_>) -> Markup {
    html! {
        table.only {
            thead {
                tr {
                    th scope="col" { "Export" }
                    th scope="col" { "Who" }
                    th scope="col" { "Account" }
                    th scope="col" { "Told" }
                    th scope="col" { "With " (name(&silent.config)) }
                }
            }
            tbody {
                @for found in alerts {
                    tr {
                        td.when data-label="Export" { (name(&words::said(told, found.export))) }
                        th.who scope="row" { (name(found.name.reveal())) }
                        td.account { (name(&found.account_name)) }
                        td data-label="Told" { (verdicts::pill(found.finding.verdict)) " " (super::fact::change(&found.finding)) span.soft { " " (found.finding.percent()) "\u{a0}%" } }
                        td data-label="There" {
                            @match there.get(&(found.export, &found.contact)) {
                                Some(other) => { (name(other.finding.sentence.reveal())) span.soft { " " (other.finding.verdict) ", " (other.finding.percent()) "\u{a0}%" } }
                                None => { span.soft { "not judged" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the other configuration made of the same contact at the same export.
fn why_not(found: &Found, silent: &Backtest, there: &Places<'_>) -> String {
    let elsewhere = || silent.findings.iter().find(|other| other.contact == found.contact && other.is_alert());
    match there.get(&(found.export, &found.contact)) {
        Some(Found { outcome: Outcome::Held(_), finding, .. }) if finding.confidence < silent.threshold => {
            format!("held: less sure than the {} it asks for", percent(silent.threshold))
        }
        Some(Found { outcome: Outcome::Held(reason), .. }) => format!("held: {reason}"),
        Some(Found { outcome: Outcome::Silenced(reason), .. }) => format!("left silent: {reason}"),
        Some(Found { outcome: Outcome::Alert, .. }) => "told as well".to_owned(),
        None => match elsewhere() {
            Some(other) => format!("told at another export: {}", words::said(silent, other.export)),
            None => "not judged: the contact or its account is not watched".to_owned(),
        },
    }
}

/// What both would have told of, but not as the same.
fn otherwise(first: &Backtest, second: &Backtest) -> Markup {
    let there = places(second);
    let differs = |found: &&Found| {
        let other = there.get(&(found.export, &found.contact)).filter(|other| other.is_alert());
        found.is_alert() && other.is_some_and(|other| other.finding.verdict != found.finding.verdict)
    };
    let number = first.findings.iter().filter(differs).count();
    html! {
        @if number > 0 {
            p.note { (counted(number, "contact", "contacts")) " both would have told of, but as something else." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_contact_that_only_one_tells_of_says_what_the_other_made_of_it() {
        let (mut first, mut second) = (example::played(3), example::played(3));
        first.findings = ["003A", "003B", "003C", "003D"].map(|contact| example::alert(contact, 1)).to_vec();
        second.findings = vec![
            example::alert("003A", 1),
            example::found("003B", 1, Verdict::Unclear, Outcome::Held("real, but unclear".to_owned())),
            example::alert("003D", 2),
        ];
        let against = Against { backtest: second, differences: Vec::new() };
        let page = section(&View::of(&first), &against).into_string();
        let (first, second) = page.split_once("Only the second").unwrap();
        assert!(!first.contains(">003A<"), "{first}");
        assert!(first.contains("held: real, but unclear") && first.contains("not judged: the contact"), "{first}");
        assert!(first.contains("told at another export: 1 Mar 2026") && second.contains("1 Feb 2026"));
    }

    #[test]
    fn what_one_tells_of_alone_says_how_much_of_it_is_true() {
        let (mut first, second) = (example::played(3), example::played(3));
        first.findings = ["003A", "003B"].map(|contact| example::alert(contact, 1)).to_vec();
        first.truth = Some(example::truth(&first, &[("003B", "", "2026-02-01")]));
        let against = Against { backtest: second, differences: Vec::new() };
        let page = section(&View::of(&first), &against).into_string();
        assert!(page.contains("1 of them true, 1 false"), "{page}");
    }

    #[test]
    fn two_counts_share_the_scale_of_their_bars() {
        let line = Line::count("Alerts", 40, 10);
        assert_eq!((line.lengths, line.more.as_str()), ([100.0, 25.0], "−30"));
        assert_eq!(Line::count("Alerts", 0, 0).lengths, [0.0, 0.0]);
    }
}
