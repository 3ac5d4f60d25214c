//! What the alerts are about: a stacked bar for each stretch of time, and the verdicts in numbers.

use domain::finding::Verdict;
use maud::{Markup, html};

use crate::report::text::{count, counted, name};

use super::page::View;
use super::periods::Period;
use super::{Found, Outcome, percent, rate};

/// One part of a stacked bar.
pub(super) struct Part {
    /// Its class, which gives the colour.
    pub class: &'static str,
    /// What it counts.
    pub what: &'static str,
    /// How many.
    pub number: usize,
}

/// A stacked bar: `whole` of a full width of `most`. A number stands in its part where there is room for it.
pub(super) fn bar(parts: &[Part], whole: f64, most: f64) -> Markup {
    let all: usize = parts.iter().map(|part| part.number).sum();
    let width =
        |number: usize| if all == 0 || most <= 0.0 { 0.0 } else { number as f64 / all as f64 * whole / most * 100.0 };
    html! {
        div.bar-line {
            @for part in parts.iter().filter(|part| part.number > 0) {
                @let wide = width(part.number);
                span.seg.(part.class) style={ "width:" (format!("{wide:.3}")) "%" } title={ (part.what) ": " (count(part.number)) } {
                    @if wide >= 7.0 { span aria-hidden="true" { (count(part.number)) } }
                    span.unseen { (part.what) " " (count(part.number)) ", " }
                }
            }
        }
    }
}

/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        section.listing aria-labelledby="over-time" {
            h2 #over-time { "What happened, over time" }
            @if view.figures.alerts + view.figures.held == 0 {
                p.nothing { "There was nothing to tell of." }
            } @else {
                p.lead { "Each bar is what was found up to that day. Its length is changes a week; the numbers in it are changes." }
                (key(view))
                table.bars {
                    caption.unseen { "Changes by verdict, for each export" }
                    thead.unseen { tr { th scope="col" { "Up to" } th scope="col" { "Changes" } th scope="col" { "Alerts a week" } } }
                    tbody {
                        @let most = view.periods.iter().map(|period| weekly(view, period)).fold(0.0, f64::max);
                        @for period in &view.periods { (line(view, period, most)) }
                    }
                }
                (numbers(view))
            }
        }
    }
}

fn key(view: &View<'_>) -> Markup {
    html! {
        ul.key {
            @for (verdict, _) in &view.figures.verdicts { li { span.swatch.(class(*verdict)) {} (verdict) } }
            @if view.figures.held > 0 { li { span.swatch.held {} "held for a person’s look" } }
        }
    }
}

fn line(view: &View<'_>, period: &Period, most: f64) -> Markup {
    let within = |found: &&Found| period.holds(found.export);
    let found = || view.backtest.findings.iter().filter(within);
    let mut parts: Vec<Part> = view
        .figures
        .verdicts
        .iter()
        .map(|(verdict, _)| Part {
            class: class(*verdict),
            what: class(*verdict),
            number: found().filter(|found| found.is_alert() && found.finding.verdict == *verdict).count(),
        })
        .collect();
    let alerts: usize = parts.iter().map(|part| part.number).sum();
    let held = found().filter(|found| matches!(found.outcome, Outcome::Held(_))).count();
    parts.push(Part { class: "held", what: "held", number: held });
    html! {
        tr {
            th scope="row" { (name(&period.full())) }
            td { (bar(&parts, weekly(view, period), most)) }
            td.right { (rate(per_week(alerts, period))) span.soft { " a week" } }
        }
    }
}

/// Alerts and held changes a week.
fn weekly(view: &View<'_>, period: &Period) -> f64 {
    let shown = |found: &&Found| period.holds(found.export) && !matches!(found.outcome, Outcome::Silenced(_));
    per_week(view.backtest.findings.iter().filter(shown).count(), period)
}

fn per_week(number: usize, period: &Period) -> f64 {
    if period.weeks > 0.0 { number as f64 / period.weeks } else { 0.0 }
}

fn numbers(view: &View<'_>) -> Markup {
    let score = view.figures.score.as_ref();
    html! {
        table.verdicts.compact {
            caption { "The alerts by what happened" }
            thead {
                tr {
                    th scope="col" { "What" }
                    th.means scope="col" { "Means" }
                    th.right scope="col" { "Alerts" }
                    th.right scope="col" { "A week" }
                    th.right scope="col" { "Sure (median)" }
                    @if score.is_some() { th.right scope="col" { "True" } }
                }
            }
            tbody {
                @for (verdict, number) in &view.figures.verdicts {
                    tr {
                        th scope="row" { (pill(*verdict)) }
                        td.means data-label="Means" { (meaning(*verdict)) }
                        td.right data-label="Alerts" { (count(*number)) }
                        td.right data-label="A week" { (view.figures.weekly(*number).map(rate).unwrap_or_default()) }
                        td.right data-label="Sure" { (middle(view, *verdict)) "\u{a0}%" }
                        @if let Some(score) = score {
                            @let of = |i: &usize| view.backtest.findings[*i].finding.verdict == *verdict;
                            @let right = score.marks.keys().filter(|i| of(i) && score.is_true(**i)).count();
                            td.right data-label="True" { (count(right)) span.soft { ", " (percent(right as f64 / (*number).max(1) as f64)) } }
                        }
                    }
                }
            }
        }
        @if score.is_none() {
            p.note {
                "Whether they are right only you can say: read some under " a href="#alerts" { "every alert" } ", or give what really happened "
                "with --truth, and this page counts false and missed ones."
            }
        }
        @if view.figures.taken_back > 0 {
            p.note {
                (counted(view.figures.taken_back, "alert was", "alerts were")) " taken back by a later export: the record became what it had been "
                "before. Baton says so by itself, in the same thread."
            }
        }
    }
}

/// The verdict as a label; losses are filled, all others outlined.
pub(super) fn pill(verdict: Verdict) -> Markup {
    html! { span.verdict.loss[verdict.is_loss()] { (verdict) } }
}

/// The confidence of the alert in the middle.
fn middle(view: &View<'_>, verdict: Verdict) -> u8 {
    let of = view.backtest.findings.iter().filter(|found| found.is_alert() && found.finding.verdict == verdict);
    let mut percents: Vec<u8> = of.map(|found| found.finding.percent()).collect();
    percents.sort_unstable();
    percents.get(percents.len() / 2).copied().unwrap_or_default()
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Departed => "departed",
        Verdict::Moved => "moved",
        Verdict::Replaced => "replaced",
        Verdict::Promoted => "promoted",
        Verdict::Demoted => "demoted",
        Verdict::Reassigned => "reassigned",
        Verdict::Arrived => "arrived",
        Verdict::Away => "away",
        Verdict::Unclear => "unclear",
        Verdict::Cosmetic => "cosmetic",
    }
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Departed => "gone, nobody knows where to",
        Verdict::Moved => "now at another company",
        Verdict::Replaced => "the record now names another person",
        Verdict::Promoted => "same company, higher level",
        Verdict::Demoted => "same company, lower level",
        Verdict::Reassigned => "same company and level, another role",
        Verdict::Arrived => "a new or returned key contact",
        Verdict::Away => "away for long, and expected back",
        Verdict::Unclear => "real, but wants a human look",
        Verdict::Cosmetic => "only written another way",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bar_fill_its_share_of_the_width() {
        let parts =
            [Part { class: "moved", what: "moved", number: 3 }, Part { class: "held", what: "held", number: 1 }];
        let drawn = bar(&parts, 2.0, 4.0).into_string();
        assert!(drawn.contains("width:37.500%") && drawn.contains("width:12.500%"), "{drawn}");
        assert!(!bar(&parts, 0.0, 0.0).into_string().contains("NaN"));
    }
}
