//! Right and wrong, where somebody has said what really happened: a picture, and every mistake with its facts.

use maud::{Markup, html};

use crate::report::text::{count, counted, date, name, said};

use super::page::View;
use super::{Found, Mark, Outcome, Score, Share, Sighting, TrueChange, Truth, fact, percent, words};

/// The section; nothing where nobody knows what really happened.
pub(super) fn section(view: &View<'_>) -> Markup {
    let (Some(score), Some(truth)) = (&view.figures.score, &view.backtest.truth) else { return html! {} };
    html! {
        section.listing aria-labelledby="truth" {
            h2 #truth { "Right and wrong" }
            p.lead { (lead(score, truth)) }
            table.scales {
                caption.unseen { "Precision and recall" }
                tbody {
                    (scale("Alerts that were true", score.precision(), "precision"))
                    (scale("Real changes told in time", score.recall(), "recall"))
                }
            }
            (dots(score))
            (false_alerts(view, score))
            (missed(view, score, truth))
        }
    }
}

fn lead(score: &Score, truth: &Truth) -> String {
    let mut told = format!(
        "Laid beside {} that you say really happened. An alert of anything else counts as false, so where that list holds only \
         people who left, a promotion is a false alert too.",
        counted(score.changes, "change", "changes")
    );
    if truth.outside > 0 {
        told.push_str(&format!(
            " {} more lie outside the exports’ dates, or tell of the same contact and export once more, and are not counted.",
            count(truth.outside)
        ));
    }
    told
}

/// A share on a scale from nothing to all, with the reach of chance.
fn scale(what: &str, share: Share, word: &str) -> Markup {
    let (Some(rate), Some((low, high))) = (share.rate(), share.interval()) else { return html! {} };
    let at = |x: f64| format!("{:.2}", x * 100.0);
    html! {
        tr {
            th scope="row" { (what) span.soft.block { (word) } }
            td {
                svg.scale viewBox="0 0 100 6" width="100" height="6" preserveAspectRatio="none" aria-hidden="true" {
                    rect.track width="100" height="6" {}
                    rect.full width=(at(rate)) height="6" {}
                    rect.reach x=(at(low)) y="2" width=(at(high - low)) height="2" {}
                }
            }
            td.right { strong { (percent(rate)) } span.soft.block { (count(share.hits)) " of " (count(share.of)) } }
            td { span.soft { "between " (percent(low)) " and " (percent(high)) ", with 95 % confidence" } }
        }
    }
}

/// One dot an alert or a missed change: few mistakes must look like few.
fn dots(score: &Score) -> Markup {
    let parts = [
        ("true", "true alerts", score.precision().hits),
        ("false", "false alerts", score.precision().of - score.precision().hits),
        ("missed", "missed changes", score.missed.len()),
    ];
    let all: usize = parts.iter().map(|(_, _, number)| number).sum();
    if all == 0 {
        return html! {};
    }
    let each = all.div_ceil(1_500).max(1);
    let drawn = parts.iter().flat_map(|(class, _, number)| std::iter::repeat_n(*class, number.div_ceil(each)));
    html! {
        figure.field {
            div.dots role="img" aria-label={ @for (i, (_, what, number)) in parts.iter().enumerate() { @if i > 0 { ", " } (count(*number)) " " (what) } } {
                @for class in drawn { i class=(class) {} }
            }
            ul.key {
                @for (class, what, number) in parts { li { i.dot-key.(class) {} (what) " " b { (count(number)) } } }
                @if each > 1 { li { "one dot is about " (count(each)) } }
            }
        }
    }
}

fn false_alerts(view: &View<'_>, score: &Score) -> Markup {
    let wrong: Vec<&Found> = score
        .marks
        .iter()
        .filter(|(_, mark)| **mark == Mark::False)
        .map(|(i, _)| &view.backtest.findings[*i])
        .collect();
    html! {
        h3 { "False alerts " span.count { (count(wrong.len())) } }
        @if wrong.is_empty() { p.nothing { "None." } }
        @else {
            ul.mistakes {
                @for found in &wrong {
                    li {
                        details {
                            summary {
                                span.when { (name(&words::said(view.backtest, found.export))) }
                                span.what { strong { (name(found.name.reveal())) } ", " (name(&found.account_name)) ": " (found.finding.verdict) " " (fact::change(&found.finding)) }
                                span.sure { (found.finding.percent()) "\u{a0}%" }
                            }
                            p { (name(found.finding.sentence.reveal())) }
                            (fact::list(&found.finding))
                        }
                    }
                }
            }
        }
    }
}

fn missed(view: &View<'_>, score: &Score, truth: &Truth) -> Markup {
    let late = score.marks.iter().filter_map(|(i, mark)| match mark {
        Mark::Late(change) => Some((*change, Some(&view.backtest.findings[*i]))),
        Mark::InTime(_) | Mark::False => None,
    });
    let mut missed: Vec<(usize, Option<&Found>)> =
        score.missed.iter().map(|change| (*change, None)).chain(late).collect();
    missed.sort_by_key(|(change, _)| truth.changes[*change].due);
    html! {
        h3 { "Missed or late " span.count { (count(missed.len())) } }
        @if missed.is_empty() { p.nothing { "None." } }
        @else {
            ul.mistakes { @for (change, late) in &missed { (one_missed(view, &truth.changes[*change], *late)) } }
        }
    }
}

fn one_missed(view: &View<'_>, change: &TrueChange, late: Option<&Found>) -> Markup {
    let found = view
        .backtest
        .findings
        .iter()
        .find(|found| found.contact == change.contact && found.export == change.due && !found.is_alert());
    html! {
        li {
            details {
                summary {
                    span.when { (date(change.by)) }
                    span.what { (who(change, found.or(late))) (from_to(change)) }
                    span.sure { (what_became(view, change, found, late)) }
                }
                @if let Some(after) = change.after { p { "It happened after " (date(after)) " and by " (date(change.by)) "." } }
                @if let Some(found) = found.or(late) {
                    p { (name(found.finding.sentence.reveal())) }
                    (fact::list(&found.finding))
                } @else {
                    p { (said(&unseen(change))) }
                }
            }
        }
    }
}

fn who(change: &TrueChange, found: Option<&Found>) -> Markup {
    let seen = match (&change.sighting, found) {
        (_, Some(found)) => Some(&found.name),
        (Some(Sighting::Unwatched(name, _) | Sighting::Unchanged(name)), None) => Some(name),
        (Some(Sighting::Absent) | None, None) => None,
    };
    let seen = seen.filter(|name| !name.is_blank());
    html! {
        strong { @if let Some(seen) = seen { (name(seen.reveal())) } @else { "contact " (change.contact) } }
        @if let Some(found) = found { ", " (name(&found.account_name)) }
    }
}

fn from_to(change: &TrueChange) -> Markup {
    let parts: Vec<&str> =
        [change.from.reveal(), change.to.reveal()].into_iter().filter(|text| !text.is_empty()).collect();
    html! { @if !parts.is_empty() { ": really " (name(&parts.join(" → "))) } }
}

fn what_became(view: &View<'_>, change: &TrueChange, found: Option<&Found>, late: Option<&Found>) -> Markup {
    let outcome = found.map(|found| &found.outcome);
    html! {
        @match (late, outcome, &change.sighting) {
            (Some(late), _, _) => { "told late, " (name(&words::said(view.backtest, late.export))) }
            (None, Some(Outcome::Held(_)), _) => "held",
            (None, Some(_), _) => "left silent",
            (None, None, Some(Sighting::Absent)) => "not in the export",
            (None, None, Some(Sighting::Unwatched(..))) => "not watched",
            (None, None, _) => "not seen",
        }
    }
}

fn unseen(change: &TrueChange) -> String {
    match &change.sighting {
        Some(Sighting::Absent) => "The export holds no contact with this id.".to_owned(),
        Some(Sighting::Unwatched(_, why)) => format!("Nobody watches this contact: {why}."),
        Some(Sighting::Unchanged(_)) | None => {
            "Nothing that is watched in this record differs from the export before: the CRM did not know.".to_owned()
        }
    }
}
