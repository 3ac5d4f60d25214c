//! The notices as their readers see them, each in a box whose styles stay inside.

use domain::notice::{Channel, Delivery, Progress};
use maud::{Markup, PreEscaped, html};

use super::text::{moment, name, said};
use crate::{mail, slack};

/// Every delivery, folded behind its channel and reader.
pub(super) fn all(deliveries: &[Delivery]) -> Markup {
    html! { @for delivery in deliveries { (one(delivery)) } }
}

fn one(delivery: &Delivery) -> Markup {
    let reader = &delivery.notice.recipient;
    html! {
        details.notice {
            summary {
                (channel(delivery.channel)) " to " (name(reader.name.reveal()))
                span.soft { " · " (name(&reader.because)) " · " (progress(&delivery.progress)) }
            }
            @match delivery.channel {
                Channel::Mail => {
                    p.subject { span.soft { "Subject: " } (said(delivery.notice.subject.reveal())) }
                    (boxed("mail", "The mail", mail::STYLE, &mail::html_body(&delivery.notice)))
                }
                Channel::Slack => {
                    (boxed("slack", "The Slack message", slack::STYLE, &slack::preview(&slack::message(delivery, None).payload)))
                }
                Channel::Crm => { pre.box.note dir="auto" { (mail::text_body(&delivery.notice)) } }
            }
        }
    }
}

/// A shadow root: the message's styles stay inside and the page's outside, without script or frame.
fn boxed(kind: &str, label: &str, style: &str, inside: &Markup) -> Markup {
    html! {
        div.box.(kind) role="group" aria-label=(label) {
            div.shadow {
                template shadowrootmode="open" {
                    style { (PreEscaped(style)) }
                    (inside)
                }
            }
        }
    }
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Slack => "Slack message",
        Channel::Mail => "Mail",
        Channel::Crm => "Note in the CRM",
    }
}

fn progress(progress: &Progress) -> Markup {
    html! {
        @match progress {
            Progress::Due => "waiting to be sent",
            Progress::Sending { at, .. } => { "being sent since " (moment(*at)) }
            Progress::Sent { at, .. } => { "sent " (moment(*at)) }
            Progress::Unknown { at, reason } => {
                strong { "may or may not have arrived" } ", tried " (moment(*at)) " and not sent again: " (said(reason))
            }
            Progress::Withheld { reason } => { "not sent: " (said(reason)) }
        }
    }
}
