//! What nobody would have been told of: held for a person's look, or left silent; why, how often, and three of each.

use maud::{Markup, html};

use crate::report::text::{count, counted, name, said};

use super::page::View;
use super::reasons::{self, Group};
use super::{Found, Outcome, fact, percent, rate, words};

/// So many examples of each reason.
const EXAMPLES: usize = 3;

/// The section of what is held.
pub(super) fn held(view: &View<'_>) -> Markup {
    let number = view.figures.held;
    html! {
        section.listing aria-labelledby="held" {
            h2 #held { "Held for a person’s look" }
            @if number == 0 {
                p.nothing { "Nothing would have been held." }
            } @else {
                p.lead {
                    (counted(number, "change is", "changes are")) " real, or may be, but not sure enough to disturb anybody: "
                    @if let Some(weekly) = view.figures.weekly(number) { strong { (rate(weekly)) " a week" } " " }
                    "for one person to look at. Under each reason stand the likeliest."
                }
                @for group in reasons::held(view.backtest) { (self::group(&group, number, view)) }
            }
        }
    }
}

/// The section of what is silent.
pub(super) fn silenced(view: &View<'_>) -> Markup {
    let number = view.figures.silenced;
    html! {
        section.listing aria-labelledby="silent" {
            h2 #silent { "Left silent, and why" }
            @if number == 0 {
                p.nothing { "Nothing was left silent." }
            } @else {
                p.lead {
                    (counted(number, "change", "changes")) " of records nobody would have been told of, "
                    (percent(share(number, view))) " of all. If Baton is wrong anywhere here, it is where it was least sure: "
                    "those stand under each reason, one of an account."
                }
                @for group in reasons::silenced(view.backtest) { (self::group(&group, number, view)) }
            }
        }
    }
}

fn share(number: usize, view: &View<'_>) -> f64 {
    number as f64 / view.backtest.findings.len().max(1) as f64
}

fn group(group: &Group<'_>, of: usize, view: &View<'_>) -> Markup {
    let number = group.changes.len();
    html! {
        details.group open {
            summary {
                span.number { (count(number)) }
                span.reason { (said(&group.reason)) }
                svg.share viewBox="0 0 100 4" width="100" height="4" preserveAspectRatio="none" aria-hidden="true" {
                    rect.track width="100" height="4" {}
                    rect.level width=((number * 100 / of.max(1)).max(1)) height="4" {}
                }
            }
            table.silenced {
                caption.unseen { "Examples: " (said(&group.reason)) }
                thead {
                    tr {
                        th scope="col" { "Who" }
                        th scope="col" { "Account" }
                        th scope="col" { "Before and now" }
                        th scope="col" { "Facts" }
                        th.right scope="col" { "Sure" }
                    }
                }
                tbody { @for found in group.changes.iter().take(EXAMPLES) { (example(found, view)) } }
            }
        }
    }
}

fn example(found: &Found, view: &View<'_>) -> Markup {
    let percent = found.finding.percent();
    html! {
        tr {
            th.who scope="row" { (name(found.name.reveal())) span.soft.block { (name(&words::said(view.backtest, found.export))) } }
            td.account { (name(&found.account_name)) }
            td data-label="Change" { (fact::change(&found.finding)) }
            td data-label="Facts" { (fact::list(&found.finding)) }
            td.right data-label="Sure" {
                (percent) "\u{a0}%"
                span.soft.block { @if matches!(found.outcome, Outcome::Held(_)) { "that it is real" } @else { "that it is nothing" } }
            }
        }
    }
}
