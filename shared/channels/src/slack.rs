//! One notice as a Slack message in Block Kit. Text from outside stands only in `plain_text` objects, where Slack reads
//! no mention, link, emoji or formatting; `mrkdwn` holds our own words, dates and checked links.

mod blocks;
mod button;
pub mod dialog;
mod preview;
#[cfg(feature = "send")]
mod messenger;
#[cfg(feature = "send")]
mod find;
#[cfg(feature = "send")]
mod people;
#[cfg(feature = "send")]
mod interact;
#[cfg(feature = "send")]
mod examine;
#[cfg(feature = "send")]
mod pace;
#[cfg(feature = "send")]
mod api;
#[cfg(feature = "send")]
mod answer;
#[cfg(feature = "send")]
mod token;

use domain::Personal;
use domain::case::Case;
use domain::compose;
use domain::config::Config;
use domain::finding::Bearing;
use domain::notice::{Answer, Delivery};
use domain::ports::SlackMessage;
use serde_json::{Value, json};

use crate::sheet::{EvidenceLine, Link, ProposalLine, Sheet, StepLine};
use blocks::{Blocks, fit, mrkdwn, plain_text};

pub use button::{ButtonValue, CONFIRM_UPDATE, REJECT_UPDATE, action_id, answer_of};
#[cfg(feature = "send")]
pub use examine::SCOPES;
#[cfg(feature = "send")]
pub use messenger::{API, SlackMessenger};
#[cfg(feature = "send")]
pub use people::SlackPerson;
pub use preview::{STYLE, preview, preview_page};
#[cfg(feature = "send")]
pub use token::{BotToken, FixedToken, NoToken};

/// The most that evidence and remarks may take, so that they cannot push out the plan.
const EVIDENCE: usize = 2_000;
/// The most that the account's facts and its people may take.
const LIST: usize = 1_000;

/// The most that one list may take.
const SECTION: usize = 2_400;

/// The type of the metadata of every message.
const EVENT: &str = "baton_delivery";

/// The body of `chat.postMessage` without channel and thread, which the messenger adds, and a page that shows it. The buttons
/// carry `about`; without it they are only to be looked at.
pub fn message(delivery: &Delivery, about: Option<&ButtonValue>) -> SlackMessage {
    let sheet = Sheet::of(&delivery.notice);
    let payload = json!({
        "text": fallback(&sheet),
        "blocks": blocks(&sheet, delivery, about),
        "mrkdwn": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "metadata": metadata(delivery),
    });
    SlackMessage {
        delivery: delivery.id.clone(),
        to: Personal::new(delivery.notice.recipient.email.reveal()),
        thread: delivery.thread.clone(),
        preview: preview_page(&payload).into_string(),
        payload,
    }
}

/// A delivery as it reads now that its case has come this far, and the message that shows it: what is posted is changed into it.
pub fn refreshed(delivery: &Delivery, case: &Case, config: &Config) -> (Delivery, SlackMessage) {
    let fresh = Delivery { notice: compose::refreshed(&delivery.notice, case, config), ..delivery.clone() };
    let message = message(&fresh, Some(&ButtonValue::of(case)));
    (fresh, message)
}

/// What a notification and a screen reader say: what happened, how sure, and what has become of it, or what comes first.
fn fallback(sheet: &Sheet) -> String {
    let mut text = sheet.subject.clone();
    if let Some(sure) = &sheet.sure {
        text.push_str(&format!(" ({sure})"));
    }
    if let Some(standing) = &sheet.standing {
        text.push_str(&format!(". {standing}"));
    } else if let Some(step) = sheet.next_step() {
        text.push_str(&format!(". First: {} ({}, {})", step.what, step.who, step.due));
    }
    fit(&text, 1_000)
}

fn blocks(sheet: &Sheet, delivery: &Delivery, about: Option<&ButtonValue>) -> Vec<Value> {
    let mut blocks = Blocks::with_room_for_the_end();
    blocks.header(&sheet.subject);
    if let Some(standing) = &sheet.standing {
        blocks.standing(&format!("✓ {standing}"));
    }
    blocks.section(&headline(sheet));

    blocks.lines("How we know", EVIDENCE, sheet.evidence.iter().map(evidence));
    if let Some(account) = &sheet.account {
        let facts = (!account.facts.is_empty()).then(|| account.facts.join(" · "));
        blocks.lines("The account", LIST, std::iter::once(account.name.clone()).chain(facts));
    }
    blocks.lines("Who is left", LIST, sheet.people.iter().map(|(label, text)| format!("{label}: {text}")));
    // A section of its own, so that no list of people can push it out.
    blocks.lines("", LIST, sheet.warning.iter().map(|warning| format!("⚠ {warning}")));

    let steps = sheet.steps.iter().map(|step| (format!("{}. {}", step.number, step.what), step_context(step)));
    blocks.steps("The plan", sheet.goal.as_deref(), steps);
    blocks.lines("", EVIDENCE, sheet.remarks.iter().cloned());
    for section in &sheet.sections {
        blocks.lines(&section.title, SECTION, section.lines.iter().map(|line| format!("• {line}")));
    }
    for line in &sheet.proposals {
        blocks.proposal(&proposed(line), &proposal_context(line), &proposal_buttons(line, about));
    }

    if delivery.notice.case.is_some() {
        let buttons: Vec<_> = sheet.answers.iter().map(|answer| button(*answer, about)).collect();
        blocks.actions(&buttons, about.map_or(0, |about| about.revision));
    }
    blocks.end(links(&sheet.links), &sheet.footer, &rest(sheet, delivery))
}

fn headline(sheet: &Sheet) -> String {
    sheet.sure.iter().fold(sheet.headline.clone(), |headline, sure| format!("{headline}\n{sure}"))
}

fn evidence(line: &EvidenceLine) -> String {
    let bearing = match line.bearing {
        Bearing::For => "for",
        Bearing::Against => "against",
        Bearing::Silent => "silent",
    };
    match &line.day {
        Some(day) => format!("• {bearing}, {day}: {}", line.text),
        None => format!("• {bearing}: {}", line.text),
    }
}

/// Who, when, why; small, below the step.
fn step_context(step: &StepLine) -> Vec<Value> {
    let mut elements = vec![plain_text(&step.who, 150), mrkdwn(&format!("*{}*", step.due))];
    if !step.why.is_empty() {
        elements.push(plain_text(&step.why, 300));
    }
    elements
}

fn proposed(line: &ProposalLine) -> String {
    let head = if line.decided.is_some() { "For the CRM" } else { "Proposed for the CRM" };
    format!("{head}: {}", line.what)
}

/// What has become of it, or why it is proposed; small, below it.
fn proposal_context(line: &ProposalLine) -> Vec<Value> {
    let small_print = line.decided.as_ref().unwrap_or(&line.why);
    if small_print.is_empty() { Vec::new() } else { vec![plain_text(small_print, 400)] }
}

/// Only an open proposal can be decided; which one it is, the value says.
fn proposal_buttons(line: &ProposalLine, about: Option<&ButtonValue>) -> Vec<Value> {
    let button = |action: &str, label: &str| {
        let mut button = json!({"type": "button", "text": plain_text(label, 75), "action_id": action});
        if let Some(about) = about {
            button["value"] = about.part(line.number).into();
        }
        button
    };
    match line.decided {
        None => vec![button(CONFIRM_UPDATE, "Write it"), button(REJECT_UPDATE, "Leave it as it is")],
        Some(_) => Vec::new(),
    }
}

fn button(answer: Answer, about: Option<&ButtonValue>) -> Value {
    let label = plain_text(answer.label(), 75);
    let mut button = json!({"type": "button", "text": label, "action_id": action_id(answer)});
    if let Some(about) = about {
        button["value"] = about.to_string().into();
    }
    if answer == Answer::GotIt {
        button["style"] = json!("primary");
    }
    button
}

/// Web and mail addresses can be clicked in Slack, others only be read.
fn links(links: &[Link]) -> Vec<Value> {
    // A context block holds ten elements.
    links.iter().take(10).map(link).collect()
}

fn link(link: &Link) -> Value {
    match &link.target {
        // A target holds no `<`, `>` or `|`; a very long one would take the room of all others.
        Some(target) if !target.starts_with("file:") && target.len() <= 500 => {
            let label: String = link.label.chars().filter(|c| !"*_~`|<>&".contains(*c)).collect();
            mrkdwn(&format!("<{}|{}>", target.replace('&', "&amp;"), label.trim()))
        }
        _ => plain_text(&format!("{}: {}", link.label, link.address), 600),
    }
}

/// Where a reader finds what did not fit.
fn rest(sheet: &Sheet, delivery: &Delivery) -> String {
    match (sheet.links.first(), &delivery.notice.case) {
        (Some(link), _) => format!("The rest is here: {}", link.label),
        (None, Some(case)) => format!("The rest: baton show {case}"),
        (None, None) => "The rest is in the report.".to_owned(),
    }
}

/// Lets whoever looks into a delivery that may have been posted find the message, if there is one.
fn metadata(delivery: &Delivery) -> Value {
    let mut payload = json!({"delivery": delivery.id.as_str()});
    if let Some(case) = &delivery.notice.case {
        payload["case"] = json!(case.as_str());
    }
    json!({"event_type": EVENT, "event_payload": payload})
}

#[cfg(test)]
mod tests;
