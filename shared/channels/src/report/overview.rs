//! The first look: what the report holds, in two sentences and two small pictures.

use domain::finding::Verdict;
use domain::notice::{Delivery, Progress};
use maud::{Markup, html};

use super::text::{count, counted, date, day, distance, name};
use super::{CaseView, Report};
use domain::records::ScanRecord;

/// The numbers in words.
pub(super) fn summary(report: &Report) -> Markup {
    let sum = |of: fn(&ScanRecord) -> u64| report.scans.iter().map(of).sum::<u64>();
    html! {
        p.summary {
            @match (report.scans.iter().map(|s| s.at).min(), report.scans.iter().map(|s| s.at).max()) {
                (Some(first), Some(last)) => {
                    (counted(report.scans.len(), "scan", "scans")) " of " (systems(&report.scans)) ", "
                    @if day(first) == day(last) { "on " (date(day(last))) }
                    @else { (date(day(first))) " to " (date(day(last))) }
                    ", found " strong { (counted(sum(|s| s.changed) as usize, "changed contact", "changed contacts")) } ". "
                    strong { (counted(sum(|s| s.alerted) as usize, "change was", "changes were")) " worth an alert" } ", "
                    (count(sum(|s| s.held))) " " (if sum(|s| s.held) == 1 { "is" } else { "are" }) " held for review, and "
                    (count(sum(|s| s.silenced))) " stayed silent, each with its reason. "
                }
                _ => "No scan has been recorded yet. "
            }
            (nearest(report))
            (doubtful(report))
        }
    }
}

/// Cases by verdict, and what became of the changes.
pub(super) fn pictures(report: &Report) -> Markup {
    let total: u64 = report.scans.iter().map(|s| s.alerted + s.held + s.silenced).sum();
    if total == 0 && report.cases.is_empty() {
        return html! {};
    }
    html! {
        div.pictures {
            @if total > 0 { (outcomes(&report.scans)) }
            @if !report.cases.is_empty() { (verdicts(&report.cases)) }
        }
    }
}

fn systems(scans: &[ScanRecord]) -> String {
    let mut systems: Vec<&str> = scans.iter().map(|scan| scan.system.as_str()).collect();
    systems.sort_unstable();
    systems.dedup();
    systems.join(", ")
}

/// The open loss whose account renews next, if there is one.
fn nearest(report: &Report) -> Markup {
    let today = day(report.made);
    let losses =
        report.cases.iter().map(|view| &view.case).filter(|c| c.finding.verdict.is_loss() && !c.state.is_final());
    let next = losses
        .filter_map(|case| Some((case.context.as_ref()?.days_to_renewal(today).filter(|days| *days >= 0)?, case)))
        .min_by_key(|(days, _)| *days);
    html! {
        @if let Some((days, case)) = next {
            "The account that lost somebody and renews next is "
            a href={ "#" (case.id) } { (name(&case.account_name)) } ", " (distance(days)) "."
        }
    }
}

/// The cases with a notice of which nobody can tell whether it arrived: somebody should ask.
fn doubtful(report: &Report) -> Markup {
    let is_unknown = |delivery: &Delivery| matches!(delivery.progress, Progress::Unknown { .. });
    let cases: Vec<&CaseView> = report.cases.iter().filter(|view| view.deliveries.iter().any(is_unknown)).collect();
    html! {
        @if !cases.is_empty() {
            " " strong { "Nobody can tell whether every notice arrived" } " of "
            @for (i, view) in cases.iter().enumerate() {
                @if i > 0 { ", " }
                a href={ "#" (view.case.id) } { (name(view.case.subject.name.reveal())) }
            }
            "; ask their readers."
        }
    }
}

const WIDE: usize = 400;

/// One dot a change, so that the few that matter are seen among the many that do not.
fn outcomes(scans: &[ScanRecord]) -> Markup {
    let sum = |of: fn(&ScanRecord) -> u64| scans.iter().map(of).sum::<u64>();
    let parts = [("alerted", sum(|s| s.alerted)), ("held", sum(|s| s.held)), ("silenced", sum(|s| s.silenced))];
    let total: u64 = parts.iter().map(|(_, n)| n).sum();
    let each = total.div_ceil(250).max(1);
    let dots: Vec<&str> =
        parts.iter().flat_map(|(kind, n)| std::iter::repeat_n(*kind, n.div_ceil(each) as usize)).collect();
    let (columns, step) = (25, WIDE / 25);
    let height = dots.len().div_ceil(columns) * step;
    let words = format!(
        "Of {} judged changes {} were alerted, {} held and {} silenced.",
        count(total),
        count(parts[0].1),
        count(parts[1].1),
        count(parts[2].1)
    );
    html! {
        figure {
            figcaption { "What became of the changes" @if each > 1 { span.soft { " · one dot is about " (count(each)) } } }
            svg viewBox={ "0 0 " (WIDE) " " (height) } role="img" aria-label=(words) {
                @for (i, kind) in dots.iter().enumerate() {
                    @let (x, y) = (i % columns * step + step / 2, i / columns * step + step / 2);
                    circle class={ "dot " (kind) } cx=(x) cy=(y) r=(if *kind == "silenced" { "2.4" } else { "5" }) {}
                }
            }
            ul.key aria-hidden="true" {
                @for (kind, number) in parts {
                    li {
                        svg viewBox="0 0 12 12" width="12" height="12" {
                            circle class={ "dot " (kind) } cx="6" cy="6" r=(if kind == "silenced" { "2.4" } else { "5" }) {}
                        }
                        (kind) " " b { (count(number)) }
                    }
                }
            }
        }
    }
}

fn verdicts(cases: &[CaseView]) -> Markup {
    let number = |verdict| cases.iter().filter(|view| view.case.finding.verdict == verdict).count();
    let rows: Vec<(Verdict, usize)> =
        Verdict::ALL.into_iter().map(|v| (v, number(v))).filter(|(_, number)| *number > 0).collect();
    let most = rows.iter().map(|(_, number)| *number).max().unwrap_or(1);
    let words: Vec<String> = rows.iter().map(|(verdict, number)| format!("{verdict} {number}")).collect();
    let (step, left) = (24, 92);
    html! {
        figure {
            figcaption { "Cases by what happened" span.soft { " · solid: a loss" } }
            svg viewBox={ "0 0 " (WIDE) " " (rows.len() * step) } role="img" aria-label={ "Cases by verdict: " (words.join(", ")) "." } {
                @for (i, (verdict, number)) in rows.iter().enumerate() {
                    @let length = (number * (WIDE - left - 40) / most).max(3);
                    text.label x=(left - 10) y=(i * step + 16) text-anchor="end" { (verdict) }
                    rect class=(if verdict.is_loss() { "bar loss" } else { "bar" }) x=(left) y=(i * step + 5) width=(length) height=(step - 10) rx="2" {}
                    text.number x=(left + length + 8) y=(i * step + 16) { (number) }
                }
            }
        }
    }
}
