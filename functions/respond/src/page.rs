//! The page behind a link: what happened, how the case stands, one question with a real button. No script, nothing fetched, and
//! nothing that acts by itself.

use std::sync::LazyLock;

use channels::sheet::Sheet;
use channels::words;
use data_encoding::BASE64;
use domain::case::{Answered, Case};
use domain::days::full_day;
use domain::notice::Delivery;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use links::Action;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::http::Response;

const STYLE: &str = include_str!("style.css");

/// Nothing but this one style sheet, and forms that come back here.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
});

/// What a page says above everything else.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// Nothing: it asks.
    None,
    /// The answer was taken.
    Taken(Option<Answered>),
    /// Its reader has said so before.
    Used(Answered),
    /// The case is not what the mail said.
    Changed,
    /// What was written cannot be taken.
    Wrong(String),
    /// This answer cannot be given any more.
    Cannot(String),
    /// The page was open for too long.
    Old,
    /// The form was not on a page of ours.
    Foreign,
    /// The link is cut, changed, or not from here.
    NotWhole,
    /// The link has ended.
    Expired,
    /// The case is no longer there.
    Gone,
    /// Too many links that are none.
    TooMany,
    /// Something did not work.
    TryAgain,
    /// No answers are taken here.
    NotHere,
}

impl Message {
    /// Whether the question is still open.
    pub(crate) fn asks_again(&self) -> bool {
        matches!(self, Self::None | Self::Wrong(_) | Self::Old)
    }

    fn text(&self, zone: &TimeZone) -> String {
        match self {
            Self::None => String::new(),
            Self::Taken(None) => "Taken.".to_owned(),
            Self::Taken(Some(answered)) => format!("Taken: {}.", words::plain(answered.words.reveal(), 400)),
            Self::Used(answered) => format!("Answered already: {}. This link does nothing more.", said(answered, zone)),
            Self::Changed => "Changed: review again. Since this mail was written the case has changed, so nothing was done.".to_owned(),
            Self::Wrong(why) => format!("Not yet: {}.", words::plain(why, 300)),
            Self::Cannot(why) => format!("Nothing was done: {}.", words::plain(why, 300)),
            Self::Old => "This page was open for too long, so nothing was done. Press the button once more.".to_owned(),
            Self::Foreign => "Nothing was done: the answer did not come from the page behind the link. Open the link in the mail and press its button.".to_owned(),
            Self::NotWhole => "Nothing was done: this link is not whole, or not from here. Open it from the mail itself.".to_owned(),
            Self::Expired => "Nothing was done: this link has expired. Links are good for three days; answer in Slack, or with baton answer.".to_owned(),
            Self::Gone => "Nothing was done: this case is no longer there.".to_owned(),
            Self::TooMany => "Too many attempts. Wait for ten minutes.".to_owned(),
            Self::TryAgain => "That did not work, and nothing was done. Try again in a minute.".to_owned(),
            Self::NotHere => "No answers from mails are taken here.".to_owned(),
        }
    }
}

/// A page about a case.
pub(crate) struct Page<'a> {
    pub delivery: &'a Delivery,
    /// As it stands now.
    pub case: &'a Case,
    pub message: &'a Message,
    pub zone: &'a TimeZone,
    /// The question: its answer, its link, and the seal of its form.
    pub asked: Option<(Action, &'a str, String)>,
    /// What else can be answered, with the links.
    pub choices: Vec<(Action, String)>,
    pub tomorrow: Option<Date>,
}

impl Page<'_> {
    pub(crate) fn response(&self, status: u16) -> Response {
        let sheet = Sheet::of(&self.delivery.notice);
        let body = html! {
            (message(self.message, self.zone))
            h1 { (sheet.headline) }
            @if let Some(sure) = &sheet.sure { p.soft { (sure) } }
            p { "This case is " strong { (self.case.state) } ": " (words::plain(&self.case.because, 300)) "." }
            @for answered in &self.case.answers { p.soft { (said(answered, self.zone)) } }
            @if let Some((action, token, seal)) = &self.asked { (self.form(*action, token, seal)) }
            (self.other_answers())
            (self.proposals())
            (facts(&sheet))
        };
        Response::html(status, &POLICY, document(&sheet.subject, &body, &sheet.footer).into_string())
    }

    fn form(&self, action: Action, token: &str, seal: &str) -> Markup {
        html! {
            form method="post" action="answer" {
                input type="hidden" name="l" value=(token);
                input type="hidden" name="seal" value=(seal);
                @match action {
                    Action::Open | Action::GotIt => {}
                    Action::Done => label { "What was done? (may stay empty)" textarea name="note" maxlength="1000" {} }
                    Action::NotAChange => label { "Why is it no change?" textarea name="reason" maxlength="1000" required {} }
                    Action::Later => label { "Ask me again on" input type="date" name="day" required min=[self.tomorrow.map(|day| day.to_string())]; }
                    Action::HandTo => {
                        label { "Who takes it?" input name="name" maxlength="100" required autocomplete="name"; }
                        label { "Their mail address" input type="email" name="email" maxlength="200" required autocomplete="email"; }
                    }
                }
                button type="submit" { (action.label()) }
            }
        }
    }

    fn other_answers(&self) -> Markup {
        let asked = self.asked.as_ref().map(|(action, ..)| *action);
        let others: Vec<_> = self.choices.iter().filter(|(action, _)| Some(*action) != asked).collect();
        html! {
            @if !others.is_empty() {
                nav aria-label="Other answers" {
                    @for (action, link) in others { a href={ "answer?l=" (link) } { (action.label()) } " " }
                }
            }
        }
    }

    /// Who confirms an update of the CRM must be known, and whoever has this link is not.
    fn proposals(&self) -> Markup {
        let open = self.case.proposals.iter().filter(|proposal| proposal.state.is_open()).count();
        html! {
            @if open > 0 {
                h2 { "Updates of the CRM" }
                p {
                    @if open == 1 { "One update waits" } @else { (open) " updates wait" }
                    " for somebody's word. It can be given in Slack alone, where it is sure who gives it: a mail may have been forwarded."
                }
            }
        }
    }
}

/// A page about nothing but what it says.
pub(crate) fn alone(status: u16, about: &Message) -> Response {
    let body = html! { h1 { "Baton" } (message(about, &TimeZone::UTC)) };
    Response::html(status, &POLICY, document("Baton", &body, "").into_string())
}

fn message(message: &Message, zone: &TimeZone) -> Markup {
    let (text, good) = (message.text(zone), matches!(message, Message::Taken(_)));
    html! { @if !text.is_empty() { p.say.good[good] role="status" { (text) } } }
}

/// `got it, said Robin Vale on 2 Nov 2026`
fn said(answered: &Answered, zone: &TimeZone) -> String {
    let (words, by) = (words::plain(answered.words.reveal(), 400), words::plain(answered.by.reveal(), 100));
    format!("{words}, said {by} on {}", full_day(answered.at.to_zoned(zone.clone()).date()))
}

fn facts(sheet: &Sheet) -> Markup {
    html! {
        @if !sheet.evidence.is_empty() {
            h2 { "How we know" }
            ul { @for line in &sheet.evidence {
                li { (line.bearing) @if let Some(day) = &line.day { ", " (day) } ": " (line.text) }
            } }
        }
        @if let Some(account) = &sheet.account { h2 { (account.name) } p { (account.facts.join(" · ")) } }
        @if !sheet.people.is_empty() || sheet.warning.is_some() {
            h2 { "Who is left" }
            ul { @for (label, text) in &sheet.people { li { (label) ": " (text) } } }
            @if let Some(warning) = &sheet.warning { p { strong { (warning) } } }
        }
        @if !sheet.steps.is_empty() {
            h2 { "The plan" }
            ol { @for step in &sheet.steps { li { (step.what) " " span.soft { (step.who) " · " (step.due) } } } }
        }
        @for remark in &sheet.remarks { p { (remark) } }
    }
}

fn document(title: &str, body: &Markup, end: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { "Baton" }
                main { (body) }
                @if !end.is_empty() { footer { (end) } }
            }
        }
    }
}
