//! The document around the parts: head, landmarks, order of the sections, footer.

use maud::{Markup, html};

use super::text::moment;
use super::{Report, case, contents, overview, scans, silenced, style};
use crate::frame::{document, mark};

/// The whole document.
pub(super) fn page(report: &Report) -> Markup {
    let (held, open) = contents::order(report);
    let body = html! {
        a.skip href="#main" { "Skip to the cases" }
        (masthead(report, open.len(), held.len()))
        main #main tabindex="-1" {
            (contents::cases(&open, report))
            @for view in &open { (case::section(view, report.made)) }
            @if !held.is_empty() {
                (contents::held(&held))
                @for view in &held { (case::section(view, report.made)) }
            }
            (silenced::section(&report.silenced))
            (scans::set_aside(&report.set_aside))
            (scans::scans(&report.scans))
        }
        (footer(report))
    };
    document(&report.title, &[style::SHEET], &body)
}

fn masthead(report: &Report, open: usize, held: usize) -> Markup {
    html! {
        header.masthead #top {
            p.brand { (mark()) "Baton" }
            h1 dir="auto" { (report.title) }
            (overview::summary(report))
            nav aria-label="Parts of the report" {
                ul {
                    li { a href="#cases" { "Cases" } " " span.count { (open) } }
                    @if held > 0 { li { a href="#held" { "Held for review" } " " span.count { (held) } } }
                    li { a href="#silenced" { "Not alerted" } " " span.count { (report.silenced.len()) } }
                    @if !report.set_aside.is_empty() {
                        li { a href="#set-aside" { "Set aside" } " " span.count { (report.set_aside.len()) } }
                    }
                    li { a href="#scans" { "Scans" } " " span.count { (report.scans.len()) } }
                }
            }
            (overview::pictures(report))
        }
    }
}

fn footer(report: &Report) -> Markup {
    html! {
        footer.colophon {
            p {
                "Made " (moment(report.made)) ". All times are UTC. "
                "Confidence is how likely the judgement is right; nothing is shown as certain. "
                "This file holds personal data: pass it on only to people who may see the CRM."
            }
            p { a href="#top" { "Back to the top" } }
        }
    }
}
