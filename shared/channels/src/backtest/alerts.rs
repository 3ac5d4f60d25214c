//! Every alert, folded behind its export.

use domain::finding::Verdict;
use maud::{Markup, html};

use crate::report::text::{counted, date, day, name};

use super::page::View;
use super::{Found, Mark, fact, verdicts, words};

/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        section.listing aria-labelledby="alerts" {
            h2 #alerts { "Every alert" }
            @if view.figures.alerts == 0 { p.nothing { "There would have been none." } }
            @else { p.lead { "Each as it would have been sent, by export; losses first." } }
            @for export in 1..view.backtest.exports.len() {
                @let alerts = alerts(view, export);
                @if !alerts.is_empty() {
                    details.group {
                        summary { span.number { (alerts.len()) } span.reason { (name(&words::said(view.backtest, export))) span.soft { " · " (kinds(&alerts)) } } }
                        (table(&alerts, view))
                    }
                }
            }
        }
    }
}

/// The alerts of an export with their places among the findings, in the order in which people want to read of them.
fn alerts<'a>(view: &View<'a>, export: usize) -> Vec<(usize, &'a Found)> {
    let findings = view.backtest.findings.iter().enumerate();
    let mut alerts: Vec<(usize, &Found)> = findings.filter(|(_, f)| f.export == export && f.is_alert()).collect();
    alerts.sort_by_key(|(_, found)| (found.finding.verdict, 100 - found.finding.percent()));
    alerts
}

/// `4 departed, 2 moved`
fn kinds(alerts: &[(usize, &Found)]) -> String {
    let of = |verdict: Verdict| alerts.iter().filter(|(_, found)| found.finding.verdict == verdict).count();
    let kinds = Verdict::ALL.into_iter().map(|verdict| (verdict, of(verdict))).filter(|(_, number)| *number > 0);
    kinds.map(|(verdict, number)| format!("{number} {verdict}")).collect::<Vec<_>>().join(", ")
}

fn table(alerts: &[(usize, &Found)], view: &View<'_>) -> Markup {
    html! {
        table.every {
            caption.unseen { (counted(alerts.len(), "alert", "alerts")) }
            thead {
                tr {
                    th scope="col" { "What" }
                    th scope="col" { "Who" }
                    th scope="col" { "Account, and who is told" }
                    th scope="col" { "Change, and the weightiest fact" }
                    th.right scope="col" { "Sure" }
                }
            }
            tbody {
                @for (i, found) in alerts {
                    tr {
                        td.verdict-cell { (verdicts::pill(found.finding.verdict)) (remarks(*i, found, view)) }
                        th.who scope="row" { (name(found.name.reveal())) }
                        td.account {
                            (name(&found.account_name))
                            span.soft.block { "to " @for (n, person) in found.told.iter().enumerate() { @if n > 0 { " and " } (name(person.name.reveal())) } }
                        }
                        td data-label="Change" { (fact::change(&found.finding)) span.soft.block { (fact::first(&found.finding)) } }
                        td.right data-label="Sure" { (found.finding.percent()) "\u{a0}%" }
                    }
                }
            }
        }
    }
}

/// What is known of it beside the judgement.
fn remarks(i: usize, found: &Found, view: &View<'_>) -> Markup {
    let mark = view.figures.score.as_ref().and_then(|score| score.marks.get(&i));
    html! {
        @if mark == Some(&Mark::False) { span.block.wrong { "false" } }
        @if matches!(mark, Some(Mark::Late(_))) { span.block.soft { "late" } }
        @if let Some(back) = found.taken_back { span.block.soft { "taken back " (name(&words::said(view.backtest, back))) } }
        @if let Some(touched) = found.touched { span.block.soft { "record changed " (date(day(touched))) } }
    }
}
