//! The notices as their readers see them, each in a box whose styles stay inside.

use domain::notice::{Channel, Delivery, Notice, Progress};
use maud::{Markup, html};

use super::text::{moment, name};

/// Every delivery, folded behind its channel, reader and subject.
pub(super) fn all(deliveries: &[Delivery]) -> Markup {
    html! { @for delivery in deliveries { (one(delivery)) } }
}

fn one(delivery: &Delivery) -> Markup {
    let notice = &delivery.notice;
    html! {
        details.notice {
            summary {
                (delivery.channel) " to " (name(notice.recipient.name.reveal())) ", because " (name(&notice.recipient.because))
                span.soft { " · " (progress(&delivery.progress)) }
            }
            @match delivery.channel {
                Channel::Mail => {
                    p.subject { span.soft { "Subject: " } (name(notice.subject.reveal())) }
                    (boxed("The mail", &mail(notice)))
                }
                Channel::Slack => (boxed("The Slack message", &slack(delivery))),
                Channel::Crm => (boxed("The note in the CRM", &note(notice))),
            }
        }
    }
}

/// A shadow root: the message's styles stay inside and the page's outside, without script or frame.
fn boxed(label: &str, inside: &Markup) -> Markup {
    html! {
        div.box role="group" aria-label=(label) {
            div { template shadowrootmode="open" { (inside) } }
        }
    }
}

fn progress(progress: &Progress) -> Markup {
    html! {
        @match progress {
            Progress::Due => "waiting to be sent",
            Progress::Sent { at, .. } => { "sent " (moment(*at)) }
            Progress::Withheld { reason } => { "not sent: " (name(reason)) }
        }
    }
}

fn mail(notice: &Notice) -> Markup {
    note(notice)
}

fn slack(delivery: &Delivery) -> Markup {
    note(&delivery.notice)
}

fn note(notice: &Notice) -> Markup {
    html! {
        p { strong { (name(notice.headline.reveal())) } }
        @for step in &notice.steps { p { (name(step.what.reveal())) " – " (name(&step.who)) } }
        p { (name(&notice.footer)) }
    }
}
