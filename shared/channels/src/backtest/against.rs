//! Two configurations side by side: their figures, and every contact that only one of them would have told of.

mod figures;
mod only;

use std::collections::BTreeMap;

use domain::ContactId;
use maud::{Markup, html};

use crate::report::text::{counted, name};

use super::page::View;
use super::{Against, Backtest, Found};

/// The section.
pub(super) fn section(view: &View<'_>, against: &Against) -> Markup {
    let other = &against.backtest;
    let (first, second) = (alone(view.backtest, other), alone(other, view.backtest));
    html! {
        section.listing aria-labelledby="against" {
            h2 #against { "Side by side" }
            p.lead {
                "The same exports with " strong { (name(&view.backtest.config)) } " and with " strong { (name(&other.config)) } ". "
                (counted(first.len(), "contact", "contacts")) " only the first would have told of, "
                (counted(second.len(), "contact", "contacts")) " only the second. Everything below this part is of the first."
            }
            (differences(view.backtest, against))
            (figures::table(view, other))
            (only::list("first", view.backtest, other, &first))
            (only::list("second", other, view.backtest, &second))
            (otherwise(view.backtest, other))
        }
    }
}

/// Contacts by export with what was found.
type Places<'a> = BTreeMap<(usize, &'a ContactId), &'a Found>;

fn places(backtest: &Backtest) -> Places<'_> {
    backtest.findings.iter().map(|found| ((found.export, &found.contact), found)).collect()
}

/// Alerts of one that the other does not give at the same export.
fn alone<'a>(backtest: &'a Backtest, other: &'a Backtest) -> Vec<&'a Found> {
    let there = places(other);
    let told = |found: &&Found| there.get(&(found.export, &found.contact)).is_some_and(|found| found.is_alert());
    backtest.findings.iter().filter(|found| found.is_alert() && !told(found)).collect()
}

fn differences(first: &Backtest, against: &Against) -> Markup {
    html! {
        @if against.differences.is_empty() {
            p.note { "The two configurations differ in nothing that is set." }
        } @else {
            table.differences {
                caption { "What differs in the configurations" }
                thead { tr { th scope="col" { "Setting" } th scope="col" { (name(&first.config)) } th scope="col" { (name(&against.backtest.config)) } } }
                tbody {
                    @for difference in &against.differences {
                        tr {
                            th scope="row" { code { (name(&difference.key)) } }
                            td data-label="First" { code { (name(&difference.first)) } }
                            td data-label="Second" { code { (name(&difference.second)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What both would have told of, but not as the same.
fn otherwise(first: &Backtest, second: &Backtest) -> Markup {
    let there = places(second);
    let differs = |found: &&Found| {
        let other = there.get(&(found.export, &found.contact)).filter(|other| other.is_alert());
        found.is_alert() && other.is_some_and(|other| other.finding.verdict != found.finding.verdict)
    };
    let number = first.findings.iter().filter(differs).count();
    html! {
        @if number > 0 {
            p.note { (counted(number, "contact", "contacts")) " both would have told of, but as something else." }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::finding::Verdict;

    use super::super::{Outcome, example};
    use super::*;

    #[test]
    fn a_contact_that_only_one_tells_of_says_what_the_other_made_of_it() {
        let (mut first, mut second) = (example::played(3), example::played(3));
        first.findings = ["003A", "003B", "003C", "003D"].map(|contact| example::alert(contact, 1)).to_vec();
        second.findings = vec![
            example::alert("003A", 1),
            example::found("003B", 1, Verdict::Unclear, Outcome::Held("real, but unclear".to_owned())),
            example::alert("003D", 2),
        ];
        let against = Against { backtest: second, differences: Vec::new() };
        let page = section(&View::of(&first), &against).into_string();
        let (first, second) = page.split_once("Only the second").unwrap();
        assert!(!first.contains(">003A<"), "{first}");
        assert!(first.contains("held: real, but unclear") && first.contains("not judged: the contact"), "{first}");
        assert!(first.contains("told at another export: 1 Mar 2026") && second.contains("1 Feb 2026"));
    }

    #[test]
    fn what_one_tells_of_alone_says_how_much_of_it_is_true() {
        let (mut first, second) = (example::played(3), example::played(3));
        first.findings = ["003A", "003B"].map(|contact| example::alert(contact, 1)).to_vec();
        first.truth = Some(example::truth(&first, &[("003B", "", "2026-02-01")]));
        let against = Against { backtest: second, differences: Vec::new() };
        let page = section(&View::of(&first), &against).into_string();
        assert!(page.contains("1 of them true, 1 false"), "{page}");
    }
}
