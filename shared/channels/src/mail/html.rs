//! The mail's HTML part. Styles stand inline, because some mail programs drop the rest; the style sheet adds what only
//! it can: dark mode and narrow screens. No image, no script, nothing fetched, no link but the checked ones.

use domain::finding::Bearing;
use domain::notice::Notice;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::sheet::{AccountLines, EvidenceLine, Link, ListLines, ProposalLine, Sheet, StepLine};

/// Dark mode and narrow screens for [`html_body`]; a page that embeds notices includes it once.
pub const STYLE: &str = include_str!("style.css");

const PAGE: &str = "margin:0;padding:0;background:#f4f4f1";
const CARD: &str = "box-sizing:border-box;width:100%;max-width:600px;margin:0 auto;padding:28px 32px;border-radius:10px;\
    background:#ffffff;color:#1d1d1b;text-align:left;overflow-wrap:anywhere;word-break:break-word;\
    font:15px/1.5 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const HEADLINE: &str = "margin:0;font-size:20px;line-height:1.35;font-weight:600;letter-spacing:-0.01em";
const STANDING: &str = "margin:0 0 10px;font-size:14px;line-height:1.4;font-weight:600;color:#5c5c57";
const SURE: &str = "margin:6px 0 0;font-size:14px;font-weight:600;color:#5c5c57";
const LABEL: &str = "margin:22px 0 0;font-size:13px;line-height:1.4;font-weight:600;color:#5c5c57";
const TABLE: &str = "width:100%;border-collapse:collapse;border-spacing:0";
const SIDE: &str = "width:48px;padding:6px 14px 0 0;vertical-align:top;font-size:13px;line-height:1.5;color:#5c5c57";
const ROLE: &str = "width:112px;padding:3px 12px 0 0;vertical-align:top;color:#5c5c57";
const CELL: &str = "padding:5px 0 0;vertical-align:top";
const PERSON: &str = "padding:3px 0 0;vertical-align:top";
const NUMBER: &str = "width:12px;padding:8px 12px 0 0;vertical-align:top;color:#5c5c57";
const STEP: &str = "padding:8px 0 0;vertical-align:top";
const TEXT: &str = "margin:4px 0 0";
const LINES: &str = "margin:4px 0 0;padding:0 0 0 18px";
const LINE: &str = "margin:3px 0 0;padding:0";
const SMALL: &str = "font-size:13px;line-height:1.45;color:#5c5c57";
const WARNING: &str =
    "margin:10px 0 0;padding:7px 12px;border-left:3px solid #b7791f;background:#fdf6e7;color:#5f3f0a;font-weight:600";
const RULE: &str = "margin:22px 0 0;padding:14px 0 0;border-top:1px solid #e3e3de";
const COMMAND: &str = "font:12px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:#1d1d1b";
const BUTTON: &str = "display:inline-block;margin:0 6px 8px 0;padding:9px 14px;border:1px solid #c9c9c3;border-radius:6px;\
    background:#ffffff;color:#1d1d1b;font-size:14px;line-height:1.3;font-weight:600;text-decoration:none";
const FIRST_BUTTON: &str = "display:inline-block;margin:0 6px 8px 0;padding:9px 14px;border:1px solid #1a5aa8;\
    border-radius:6px;background:#1a5aa8;color:#ffffff;font-size:14px;line-height:1.3;font-weight:600;text-decoration:none";
const LINK: &str = "color:#1a5aa8;text-decoration:underline";

/// The notice, for embedding in a page that includes [`STYLE`].
pub fn html_body(notice: &Notice) -> Markup {
    card(&Sheet::of(notice))
}

/// The notice as a page of its own.
pub fn page(notice: &Notice) -> Markup {
    page_of(&Sheet::of(notice))
}

pub(super) fn page_of(sheet: &Sheet) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                title { (sheet.subject) }
                style { (PreEscaped(STYLE)) }
            }
            body.baton-page style=(PAGE) {
                div style="display:none;max-height:0;overflow:hidden;mso-hide:all" { (preheader(sheet)) }
                table.baton-outer role="presentation" style=(TABLE) {
                    tr { td.baton-margin style="padding:24px 12px" { (card(sheet)) } }
                }
            }
        }
    }
}

/// The line that mail programs show beside the subject.
fn preheader(sheet: &Sheet) -> String {
    let first = sheet.next_step().map(|step| format!("First: {} ({}, {})", step.what, step.who, step.due));
    sheet.sure.iter().cloned().chain(first).collect::<Vec<_>>().join(". ")
}

fn card(sheet: &Sheet) -> Markup {
    html! {
        div.baton-card style=(CARD) {
            @if let Some(standing) = &sheet.standing { p.baton-soft style=(STANDING) { (standing) } }
            h1.baton-ink style=(HEADLINE) { (sheet.headline) }
            @if let Some(sure) = &sheet.sure { p.baton-soft style=(SURE) { (sure) } }
            @if !sheet.evidence.is_empty() { (evidence(&sheet.evidence)) }
            @if let Some(account) = &sheet.account { (self::account(account)) }
            @if !sheet.people.is_empty() || sheet.warning.is_some() { (people(sheet)) }
            @if !sheet.steps.is_empty() || sheet.goal.is_some() { (plan(sheet)) }
            @for remark in &sheet.remarks { p style="margin:12px 0 0" { (remark) } }
            @for section in &sheet.sections { (list(section)) }
            @if !sheet.proposals.is_empty() { (proposals(&sheet.proposals)) }
            @if !sheet.buttons.is_empty() { (buttons(&sheet.buttons)) }
            (end(sheet))
        }
    }
}

fn evidence(lines: &[EvidenceLine]) -> Markup {
    html! {
        (label("How we know"))
        table role="presentation" style=(TABLE) {
            @for line in lines {
                tr {
                    td.baton-soft style=(SIDE) {
                        (bearing(line.bearing))
                        @if let Some(day) = &line.day { br; (unbroken(day)) }
                    }
                    td style=(CELL) { (line.text) }
                }
            }
        }
    }
}

fn bearing(bearing: Bearing) -> Markup {
    let (class, color) = match bearing {
        Bearing::For => ("baton-for", "#1f6b3f"),
        Bearing::Against => ("baton-against", "#a2361f"),
        Bearing::Silent => ("baton-soft", "#5c5c57"),
    };
    html! { b class=(class) style={ "font-weight:600;color:" (color) } { (bearing) } }
}

fn account(account: &AccountLines) -> Markup {
    html! {
        (label(&account.name))
        @if !account.facts.is_empty() {
            p style=(TEXT) {
                @for (index, fact) in account.facts.iter().enumerate() {
                    @if index > 0 { " · " }
                    (fact)
                }
            }
        }
    }
}

fn people(sheet: &Sheet) -> Markup {
    html! {
        (label("Who is left"))
        table role="presentation" style=(TABLE) {
            @for (label, text) in &sheet.people {
                tr {
                    td.baton-soft style=(ROLE) { (label) ":" }
                    td style=(PERSON) { (text) }
                }
            }
        }
        @if let Some(warning) = &sheet.warning { p.baton-warning style=(WARNING) { (warning) } }
    }
}

fn plan(sheet: &Sheet) -> Markup {
    html! {
        (label("The plan"))
        @if let Some(goal) = &sheet.goal { p style=(TEXT) { (goal) } }
        table role="presentation" style=(TABLE) {
            @for line in &sheet.steps { (step(line)) }
        }
    }
}

fn step(line: &StepLine) -> Markup {
    html! {
        tr {
            td.baton-soft style=(NUMBER) { (line.number) }
            td style=(STEP) {
                (line.what)
                div.baton-soft style=(SMALL) {
                    (line.who) " · " b.baton-ink style="font-weight:600;color:#1d1d1b" { (unbroken(&line.due)) }
                    @if !line.why.is_empty() { " · " (line.why) }
                }
            }
        }
    }
}

fn list(section: &ListLines) -> Markup {
    html! {
        (label(&section.title))
        ul style=(LINES) {
            @for line in &section.lines { li style=(LINE) { (line) } }
        }
    }
}

fn proposals(lines: &[ProposalLine]) -> Markup {
    html! {
        (label("For the CRM"))
        @for line in lines {
            p style=(TEXT) {
                (line.what)
                span.baton-soft style=(SMALL) {
                    @if let Some(decided) = &line.decided { " · " (decided) }
                    @else if !line.why.is_empty() { " · " (line.why) }
                }
            }
            @if let Some(command) = &line.command {
                p.baton-soft style={ "margin:2px 0 0;" (SMALL) } {
                    "Nothing is written before somebody confirms it: " code.baton-ink style=(COMMAND) { (command) }
                }
            }
        }
    }
}

/// Each leads to a page with a real button: what a scanner follows changes nothing.
fn buttons(buttons: &[Link]) -> Markup {
    html! {
        p style="margin:22px 0 0" {
            @for (index, button) in buttons.iter().enumerate() {
                @if let Some(target) = &button.target {
                    @if index == 0 { a.baton-first href=(target) style=(FIRST_BUTTON) { (button.label) } }
                    @else { a.baton-button href=(target) style=(BUTTON) { (button.label) } }
                    " "
                }
            }
        }
    }
}

fn end(sheet: &Sheet) -> Markup {
    html! {
        div.baton-rule style=(RULE) {
            @if let Some(command) = &sheet.command {
                p.baton-soft style={ "margin:0 0 8px;" (SMALL) } {
                    "Answer: " code.baton-ink style=(COMMAND) { (command) }
                }
            }
            @if !sheet.links.is_empty() {
                p style="margin:0;font-size:14px" {
                    @for (index, link) in sheet.links.iter().enumerate() {
                        @if index > 0 { " · " }
                        (place(link))
                    }
                }
            }
            p.baton-soft style={ "margin:8px 0 0;" (SMALL) } { (sheet.footer) }
        }
    }
}

fn place(link: &Link) -> Markup {
    match &link.target {
        Some(target) => html! { a.baton-link href=(target) style=(LINK) { (link.label) } },
        None => html! { (link.label) ": " (link.address) },
    }
}

fn label(text: &str) -> Markup {
    html! { h2.baton-soft style=(LABEL) { (text) } }
}

/// A date stays on one line.
fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}
