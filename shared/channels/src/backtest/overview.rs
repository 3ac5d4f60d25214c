//! The first look: the figures in sentences, in large numbers, and in one bar.

use maud::{Markup, html};

use crate::report::text::{count, counted, name};

use super::load::peak;
use super::page::View;
use super::verdicts::{Part, bar};
use super::{Backtest, percent, rate, span, words};

/// The headline: what matters most in bold, the rest behind it.
pub(super) fn summary(backtest: &Backtest) -> Markup {
    let sentences = words::headline(backtest);
    html! {
        p.summary {
            @for (i, sentence) in sentences.iter().enumerate() {
                @if i == 0 { strong { (name(sentence)) } } @else { " " (name(sentence)) }
            }
        }
    }
}

/// The numbers that decide, and what became of all changes.
pub(super) fn strip(view: &View<'_>) -> Markup {
    let figures = &view.figures;
    let Some(weekly) = figures.weekly(figures.alerts) else { return html! {} };
    let alerts = counted(figures.alerts, "alert", "alerts");
    html! {
        dl.strip {
            (number("alerts a week", &rate(weekly), &html! { (alerts) " in " (span(figures.weeks)) }))
            @if let Some(each) = figures.each() {
                (number("a week for each CSM", &rate(each), &html! {
                    (counted(figures.csms, "CSM", "CSMs"))
                    @if let Some((person, period, most)) = peak(&view.loads, &view.periods) {
                        ", at most " (rate(most)) ": " (name(person.name.reveal())) ", " (name(&period.when()))
                    }
                }))
            }
            @if let Some(held) = figures.weekly(figures.held) {
                (number("held a week", &rate(held), &html! { (count(figures.held)) " to be looked at by a person" }))
            }
            @if let Some(score) = &figures.score {
                @if let (Some(rate), Some((low, high))) = (score.precision().rate(), score.precision().interval()) {
                    (number("of the alerts were true", &percent(rate), &html! {
                        (counted(score.precision().of - score.precision().hits, "false alert", "false alerts"))
                        ", between " (percent(low)) " and " (percent(high)) " with 95 % confidence"
                    }))
                }
                @if let (Some(rate), Some((low, high))) = (score.recall().rate(), score.recall().interval()) {
                    (number("of the real changes were told in time", &percent(rate), &html! {
                        (count(score.missed.len())) " missed, between " (percent(low)) " and " (percent(high)) " with 95 % confidence"
                    }))
                }
            }
        }
        (outcomes(view))
    }
}

fn number(what: &str, number: &str, more: &Markup) -> Markup {
    html! { div { dt { (what) } dd.number { (number) } dd.detail { (more) } } }
}

/// One bar of all changes that were judged.
fn outcomes(view: &View<'_>) -> Markup {
    let figures = &view.figures;
    let parts = [
        Part { class: "alerted", what: "alerted", number: figures.alerts },
        Part { class: "held", what: "held for a person’s look", number: figures.held },
        Part { class: "silenced", what: "left silent", number: figures.silenced },
    ];
    let all: usize = parts.iter().map(|part| part.number).sum();
    if all == 0 {
        return html! {};
    }
    html! {
        figure.outcomes {
            figcaption { "What became of " (counted(all, "judged change", "judged changes")) }
            (bar(&parts, all as f64, all as f64))
            ul.key {
                @for part in &parts {
                    li { span.swatch.(part.class) {} (part.what) " " b { (count(part.number)) } span.soft { (percent(part.number as f64 / all as f64)) } }
                }
            }
        }
    }
}
