//! One case as a section: what happened and how sure, how we know, how the account stands, who is left, what to do.

use domain::case::Case;
use jiff::Timestamp;
use maud::{Markup, html};

use super::text::{day, moment, name, said, sentence_case};
use super::{CaseView, account, answers, contents, evidence, plan, previews, stakeholders, timeline};

/// The section, reachable by the case's id.
pub(super) fn section(view: &CaseView, made: Timestamp) -> Markup {
    let case = &view.case;
    html! {
        article.case id=(case.id) aria-labelledby={ "h-" (case.id) } tabindex="-1" {
            (head(case))
            (part("How we know", &evidence::table(&case.finding)))
            @if let Some(context) = &case.context {
                (part("How the account stands", &account::facts(context, day(made))))
                (part("Who is left", &stakeholders::figure(case, context, day(made))))
            }
            @if let Some(plan) = &case.plan { (part("What to do", &plan::steps(plan, &case.done_steps))) }
            @if !case.proposals.is_empty() { (part("For the CRM", &answers::proposals(case))) }
            @if !case.answers.is_empty() || case.assigned.is_some() || case.snoozed.is_some() {
                (part("What people said", &answers::all(case)))
            }
            @if !view.timeline.is_empty() { (part("What was done", &timeline::entries(&view.timeline))) }
            @if !view.deliveries.is_empty() { (part("What was sent", &previews::all(&view.deliveries))) }
            p.back { a href="#cases" { "All cases" } }
        }
    }
}

fn head(case: &Case) -> Markup {
    html! {
        header {
            p.eyebrow {
                (contents::verdict(case)) " "
                span.account { (name(&case.account_name)) } " "
                span.soft { "case " (case.id) } " "
                span.soft { (state(case)) @if case.shadow { ", in shadow: nobody is told" } }
            }
            h3 id={ "h-" (case.id) } { (said(case.finding.sentence.reveal())) }
            (sure(case))
            @if !case.because.is_empty() {
                p.because {
                    strong { (sentence_case(&case.state.to_string())) ": " }
                    (said(&case.because))
                }
            }
        }
    }
}

fn state(case: &Case) -> Markup {
    html! {
        (case.state)
        @if let Some((_, at)) = case.history.last() { " since " (moment(*at)) }
    }
}

fn sure(case: &Case) -> Markup {
    let percent = case.finding.percent();
    html! {
        p.sure {
            svg viewBox="0 0 100 6" width="100" height="6" preserveAspectRatio="none" aria-hidden="true" {
                rect.track width="100" height="6" rx="3" {}
                rect.level width=(percent) height="6" rx="3" {}
            }
            strong { (percent) " % sure" }
            " " span.soft { "rules " (case.finding.rules) ", configuration " (case.config) }
        }
    }
}

fn part(heading: &str, body: &Markup) -> Markup {
    html! {
        section.part {
            h4 { (heading) }
            div.body { (body) }
        }
    }
}
