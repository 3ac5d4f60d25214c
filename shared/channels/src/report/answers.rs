//! What people have said to a case, who has it now, and what is proposed to be written into the CRM.

use domain::case::{Answered, Case, Proposal, ProposalState};
use domain::proposals;
use maud::{Markup, html};

use super::text::{date, moment, name, quoted, said};

/// Who said what and when, the first first; then who has it now and until when it rests.
pub(super) fn all(case: &Case) -> Markup {
    html! {
        @if !case.answers.is_empty() { ol.timeline { @for answered in &case.answers { (one(answered)) } } }
        @if let Some(assigned) = &case.assigned { p { (name(assigned.name.reveal())) " has the case now." } }
        @if let Some(day) = case.snoozed { p { "It rests until " (date(day)) "." } }
    }
}

fn one(answered: &Answered) -> Markup {
    html! {
        li {
            p.when { (moment(answered.at)) }
            div {
                p { strong { (name(answered.by.reveal())) } }
                div.soft { (quoted(&answered.words)) }
            }
        }
    }
}

/// Each proposal with its reason and what has become of it.
pub(super) fn proposals(case: &Case) -> Markup {
    html! {
        ol.steps {
            @for proposal in &case.proposals {
                li {
                    p.due { (standing(proposal)) }
                    div {
                        div.what { (said(&proposals::in_words(case, proposal))) }
                        div.soft { (quoted(&proposal.why)) }
                    }
                }
            }
        }
    }
}

fn standing(proposal: &Proposal) -> Markup {
    html! {
        @match &proposal.state {
            ProposalState::Open => "waits for a person",
            ProposalState::Confirmed { by, at } => { "confirmed by " (name(by.reveal())) ", " (moment(*at)) }
            ProposalState::Rejected { by, at } => { "rejected by " (name(by.reveal())) ", " (moment(*at)) }
            ProposalState::Written { at } => { "written " (moment(*at)) }
            ProposalState::Refused { why, at } => { "not written " (moment(*at)) ": " (said(why.reveal())) }
            ProposalState::Outdated { now } => { "not written: it holds " (name(now.reveal())) " by now" }
        }
    }
}
