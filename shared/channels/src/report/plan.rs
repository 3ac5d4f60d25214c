//! What to do and by when: the goal, who could take over, and the dated steps.

use std::collections::BTreeSet;

use domain::context::Candidate;
use domain::plan::{Plan, Step};
use maud::{Markup, html};

use super::text::{name, quoted, said, weekday};

/// The plan. A plan of no steps says so.
pub(super) fn steps(plan: &Plan, done: &BTreeSet<u32>) -> Markup {
    html! {
        p.goal { (said(&plan.goal)) }
        p.soft {
            "Playbook “" (name(&plan.playbook)) "”"
            @if !plan.because.is_empty() { ", because " (said(&plan.because.join("; "))) }
            "."
        }
        @if !plan.candidates.is_empty() { (candidates(&plan.candidates)) }
        @if plan.steps.is_empty() { p.nothing { "The playbook asks for no step." } }
        @else { ol.steps { @for (place, step) in (0..).zip(&plan.steps) { (one(step, done.contains(&place))) } } }
    }
}

fn candidates(candidates: &[Candidate]) -> Markup {
    html! {
        h5 { "Who could take over, the best first" }
        ol.candidates {
            @for candidate in candidates {
                li {
                    strong { (name(candidate.name.reveal())) }
                    @if !candidate.title.is_empty() { ", " (name(&candidate.title)) }
                    @if !candidate.reasons.is_empty() { span.soft { " – " (said(&candidate.reasons.join("; "))) } }
                }
            }
        }
    }
}

fn one(step: &Step, done: bool) -> Markup {
    html! {
        li {
            p.due { (weekday(step.due)) }
            div {
                div.what { (quoted(&step.what)) }
                p.soft { @if done { strong { "done" } " · " } span.assignee { (step.who) } @if !step.why.is_empty() { " · " (said(&step.why)) } }
            }
        }
    }
}
