//! What was not alerted, and why: hundreds of rows, so grouped by reason, each group folded behind its number.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Silenced;
use super::text::{counted, date, day, name, quoted, said};

/// The section. Groups of one are shown together, or the list would be as long as the table.
pub(super) fn section(silenced: &[Silenced]) -> Markup {
    let (groups, single) = by_reason(silenced);
    html! {
        section.listing aria-labelledby="silenced" {
            h2 #silenced { "What was not alerted, and why" }
            @if silenced.is_empty() {
                p.nothing { "Nothing was left silent." }
            } @else {
                p.lead {
                    (counted(silenced.len(), "change was", "changes were"))
                    " judged and left silent. If one of them should have been told, this is where to find it."
                }
                @for (reason, rows) in &groups { (group(&said(reason), rows, silenced.len(), false)) }
                @if !single.is_empty() {
                    (group(&html! { "Other reasons, one change each" }, &single, silenced.len(), true))
                }
            }
        }
    }
}

type Group<'a> = (&'a str, Vec<&'a Silenced>);

fn by_reason(silenced: &[Silenced]) -> (Vec<Group<'_>>, Vec<&Silenced>) {
    let mut reasons: BTreeMap<&str, Vec<&Silenced>> = BTreeMap::new();
    for row in silenced {
        reasons.entry(row.reason.reveal()).or_default().push(row);
    }
    let (mut groups, single): (Vec<_>, Vec<_>) = reasons.into_iter().partition(|(_, rows)| rows.len() > 1);
    if groups.is_empty() && single.len() == 1 {
        return (single, Vec::new());
    }
    groups.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    (groups, single.into_iter().flat_map(|(_, rows)| rows).collect())
}

fn group(reason: &Markup, rows: &[&Silenced], of: usize, with_reason: bool) -> Markup {
    html! {
        details.group {
            summary {
                span.number { (rows.len()) }
                span.reason { (reason) }
                svg.share viewBox="0 0 100 4" width="100" height="4" preserveAspectRatio="none" aria-hidden="true" {
                    rect.track width="100" height="4" {}
                    rect.level width=((rows.len() * 100 / of.max(1)).max(1)) height="4" {}
                }
            }
            table.silenced {
                caption.unseen { "Left silent: " (reason) }
                thead {
                    tr {
                        th scope="col" { "Who" }
                        th scope="col" { "Account" }
                        th scope="col" { "Before" }
                        th scope="col" { "Now" }
                        @if with_reason { th scope="col" { "Why silent" } }
                        th scope="col" { "Judged" }
                    }
                }
                tbody { @for row in rows { (line(row, with_reason)) } }
            }
        }
    }
}

fn line(row: &Silenced, with_reason: bool) -> Markup {
    let percent = (row.confidence * 100.0).round().clamp(0.0, 99.0) as u8;
    html! {
        tr {
            th.who scope="row" { (name(row.contact.reveal())) }
            td.account { (name(&row.account)) }
            td data-label="Before" { (name(row.from.reveal())) }
            td data-label="Now" { (name(row.to.reveal())) }
            @if with_reason { td data-label="Why silent" { (quoted(&row.reason)) } }
            td data-label="Judged" { (row.verdict) ", " (percent) " %" span.soft.block { (date(day(row.at))) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Personal;

    use super::super::example;
    use super::*;

    #[test]
    fn silent_changes_are_grouped_by_reason_the_most_frequent_first() {
        let row = |reason: &str| Silenced { reason: Personal::new(reason), ..example::report("").silenced.remove(0) };
        let rows = [row("rare"), row("often"), row("alone"), row("often"), row("rare"), row("often")];

        let page = section(&rows).into_string();
        let place = |text: &str| page.find(text).unwrap();
        assert!(place("often") < place("rare") && place("rare") < place("Other reasons, one change each"));
        assert!(page.contains("6 changes were judged"));
        assert_eq!(page.matches("<details").count(), 3);
    }
}
