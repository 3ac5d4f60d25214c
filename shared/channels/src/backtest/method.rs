//! How it was counted, and the exports in numbers.

use maud::{Markup, html};

use crate::report::text::{count, name};

use super::page::View;
use super::{Found, Outcome, percent, rate, words};

/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    let backtest = view.backtest;
    let rules = backtest.findings.first().map(|found| found.finding.rules.as_str());
    html! {
        section.listing aria-labelledby="method" {
            h2 #method { "How it was counted" }
            ul.method {
                li { "The exports were scanned one after another, as if each scan had run on its day, by the same code that judges when it is switched on"
                    @if let Some(rules) = rules { " (rules " (name(rules)) ")" } ". The first is what the others are compared with and alerts nobody." }
                li { "A rate a week is a number divided by the weeks between two exports; what one export told of is spread evenly over the weeks before it." }
                li { "The CSM of an account is whom Baton would tell: the mapped CSM or the owner, else the owner’s manager, else the default recipient, as "
                    "the export of that day says; where that no longer holds the account, as the export before it says. Counted are those who own an account in which anything changed." }
                li { "The brake, which stops a scan that would alert on too much at once, was off: exports far apart differ more than two nights do." }
                li { "Somebody is told from a confidence of " (percent(backtest.threshold)) " on (alert.threshold in the configuration)." }
            }
            table.exports.compact {
                caption { "The exports" }
                thead {
                    tr {
                        th scope="col" { "Export" }
                        @for head in ["Weeks since", "Contacts", "Changed", "Alerts", "Held", "Silent"] { th.right scope="col" { (head) } }
                    }
                }
                tbody { @for i in 0..backtest.exports.len() { (line(view, i)) } }
            }
        }
    }
}

fn line(view: &View<'_>, i: usize) -> Markup {
    let (backtest, export) = (view.backtest, &view.backtest.exports[i]);
    let number = |which: fn(&Found) -> bool| {
        count(backtest.findings.iter().filter(|found| found.export == i && which(found)).count())
    };
    let since = if i == 0 { "first".to_owned() } else { rate(backtest.weeks(i - 1, i + 1)) };
    html! {
        tr {
            th scope="row" { (name(&words::said(backtest, i))) }
            td.right data-label="Weeks since" { (since) }
            td.right data-label="Contacts" { (count(export.contacts)) }
            td.right data-label="Changed" { (count(export.changed)) }
            td.right data-label="Alerts" { (number(Found::is_alert)) }
            td.right data-label="Held" { (number(|found| matches!(found.outcome, Outcome::Held(_)))) }
            td.right data-label="Silent" { (number(|found| matches!(found.outcome, Outcome::Silenced(_)))) }
        }
    }
}
