//! What was done to a case, as the audit chain has it.

use domain::audit::Entry;
use maud::{Markup, html};

use super::text::{counted, moment, name, quoted};

/// How much of a hash is shown: enough to compare by eye with `baton audit`.
const HASH: usize = 10;

/// The entries, folded away behind their number.
pub(super) fn entries(entries: &[Entry]) -> Markup {
    html! {
        details {
            summary {
                (counted(entries.len(), "entry", "entries")) " in the audit chain"
                @if let Some(last) = entries.last() { span.soft { ", the last " (moment(last.at)) } }
            }
            ol.timeline {
                @for entry in entries {
                    li {
                        p.when { (moment(entry.at)) }
                        div {
                            p { strong { (name(&entry.action)) } " by " (name(entry.actor.reveal())) }
                            @if !entry.grounds.is_blank() { div.soft { (quoted(&entry.grounds)) } }
                            p.hash { "entry " (entry.seq) " · " (entry.hash.chars().take(HASH).collect::<String>()) }
                        }
                    }
                }
            }
        }
    }
}
