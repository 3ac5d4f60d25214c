//! The document around the parts: head, landmarks, order of the sections, footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::text::moment;
use super::{Report, case, contents, overview, scans, silenced, style};

/// Nothing may be fetched, run, framed or sent; only the styles in the file itself apply.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

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
    document(&report.title, style::SHEET, &body)
}

/// A document that stands alone, with one style sheet of ours.
pub(crate) fn document(title: &str, sheet: &'static str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(sheet)) }
            }
            body { (body) }
        }
    }
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

/// A baton, passed on.
pub(crate) fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" {
            line.baton x1="4.5" y1="15.5" x2="15.5" y2="4.5" {}
            line.band x1="8.6" y1="11.4" x2="11.4" y2="8.6" {}
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
