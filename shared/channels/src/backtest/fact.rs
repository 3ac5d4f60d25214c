//! The facts behind a judgement, one a line: which way each points, and where it was read.

use domain::finding::{Bearing, Finding};
use maud::{Markup, html};

use crate::report::contents::unknown;
use crate::report::text::{name, quoted};

/// All facts.
pub(super) fn list(finding: &Finding) -> Markup {
    html! {
        ul.evidence {
            @for fact in &finding.evidence {
                li class=(fact.bearing) {
                    span.sign { (sign(fact.bearing)) span.unseen { " " (fact.bearing) ": " } }
                    span { (quoted(&fact.text)) " " span.source { (name(&fact.source)) } }
                }
            }
        }
    }
}

/// The weightiest fact for it.
pub(super) fn first(finding: &Finding) -> Markup {
    html! { @if let Some(fact) = finding.evidence.first() { (name(fact.text.reveal())) } }
}

/// What was there before and what is there now.
pub(super) fn change(finding: &Finding) -> Markup {
    let (from, to) = (finding.from.reveal().trim(), finding.to.reveal().trim());
    html! {
        span.from-to {
            @if !from.is_empty() { (name(from)) }
            @if !from.is_empty() && !to.is_empty() { span.arrow { " → " } }
            @if !to.is_empty() { (name(to)) }
            @if from.is_empty() && to.is_empty() { (unknown()) }
        }
    }
}

fn sign(bearing: Bearing) -> &'static str {
    match bearing {
        Bearing::For => "+",
        Bearing::Against => "−",
        Bearing::Silent => "·",
    }
}
