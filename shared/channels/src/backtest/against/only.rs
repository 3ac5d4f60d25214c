//! What only one of two configurations would have told of, by the reason of the other, and how much of it was true.

use std::collections::BTreeMap;

use domain::ContactId;
use maud::{Markup, html};

use crate::report::text::{count, name, said};

use super::super::{Backtest, Found, Outcome, Score, fact, percent, verdicts, words};
use super::{Places, places};

/// The largest group is unfolded if it is no longer than this.
const SHOWN: usize = 20;

/// What one would have told of and the other not, by the reason of the other.
pub(super) fn list(which: &str, told: &Backtest, silent: &Backtest, alerts: &[&Found]) -> Markup {
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
                        td data-label="Told" { (verdicts::pill(found.finding.verdict)) " " (fact::change(&found.finding)) span.soft { " " (found.finding.percent()) "\u{a0}%" } }
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
