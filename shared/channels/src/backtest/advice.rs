//! What to look at before switching Baton on, with the remedy; drawn from the figures alone.

use std::collections::BTreeMap;

use domain::finding::Verdict;
use maud::{Markup, html};

use crate::report::text::{count, counted, name};

use super::load::peak;
use super::page::View;
use super::{Found, Mark, percent, rate};

/// From so many alerts a week on for one person, alerts are no longer read one by one.
const MANY: f64 = 5.0;

/// The section; nothing where there is nothing to look at.
pub(super) fn section(view: &View<'_>) -> Markup {
    let items =
        [undated(view), same_company(view), busiest(view), unowned(view), gone(view), held(view), set_aside(view)];
    let items: Vec<Markup> = items.into_iter().flatten().collect();
    html! {
        @if !items.is_empty() {
            section.listing aria-labelledby="look" {
                h2 #look { "Before you switch it on" }
                ul.advice { @for item in &items { li { (item) } } }
            }
        }
    }
}

/// Rates hang on dates that nobody has told.
fn undated(view: &View<'_>) -> Option<Markup> {
    view.backtest.exports.iter().any(|export| !export.dated).then(|| {
        html! {
            strong { "Every rate on this page is a guess" }
            ": the folders’ names begin with no date, so each export was taken for a week after the one before. "
            "Name them such as 2026-11-02 and play them again."
        }
    })
}

/// Two names between which many people have “moved” may be of one company.
fn same_company(view: &View<'_>) -> Option<Markup> {
    let score = view.figures.score.as_ref();
    let counts = |i: &usize, found: &Found| {
        found.is_alert()
            && found.finding.verdict == Verdict::Moved
            && score.is_none_or(|score| score.marks.get(i) == Some(&Mark::False))
    };
    let findings = view.backtest.findings.iter().enumerate();
    let moved: Vec<&Found> = findings.filter(|(i, found)| counts(i, found)).map(|(_, found)| found).collect();
    let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for found in &moved {
        *pairs.entry((found.finding.from.reveal(), found.finding.to.reveal())).or_default() += 1;
    }
    let ((from, to), number) = pairs.into_iter().max_by_key(|(_, number)| *number)?;
    if number < 3 || number * 20 < moved.len() {
        return None;
    }
    let all = if score.is_some() { "false alerts of people who moved" } else { "alerts of people who moved" };
    Some(html! {
        strong { (count(number)) " of " (count(moved.len())) " " (all) } " are from " (name(from)) " to " (name(to))
        ". If these are one company, or one has become the other, write it under " code { "[companies] same" }
        " in a copy of the configuration, and play that with " code { "--against" } "."
    })
}

fn busiest(view: &View<'_>) -> Option<Markup> {
    let (person, period, a_week) = peak(&view.loads, &view.periods).filter(|(_, _, a_week)| *a_week >= MANY)?;
    Some(html! {
        strong { (name(person.name.reveal())) " would have had " (rate(a_week)) " alerts a week" } " " (name(&period.when()))
        ". A higher " code { "alert.threshold" } " or a " code { "watch.min_level" } " tells of fewer; "
        a href="#sure" { "how many fewer" } "."
    })
}

fn unowned(view: &View<'_>) -> Option<Markup> {
    let default = view.loads.iter().find(|load| load.person.id.is_none() && load.total > 0)?;
    Some(html! {
        strong { (counted(default.total, "alert goes", "alerts go")) " to the " (name(default.person.name.reveal())) }
        ": the exports name neither an active owner nor an active manager with a mail address for these accounts. "
        "Export User.csv with Email, IsActive and ManagerId, and name the CSM’s column under " code { "fields.csm" }
        " where the CSM is not the owner."
    })
}

fn gone(view: &View<'_>) -> Option<Markup> {
    let number = view.backtest.findings.iter().filter(|found| found.is_alert() && found.owned_before).count();
    (number > 0).then(|| {
        html! {
            strong { (counted(number, "alert is", "alerts are")) " of accounts that were gone by the export that told of them" }
            ": merged, deleted or left out of the export. They are counted for whoever owned the account in the export before."
        }
    })
}

fn held(view: &View<'_>) -> Option<Markup> {
    let weekly = view.figures.weekly(view.figures.held).filter(|_| view.figures.held > 0)?;
    Some(html! {
        strong { "Somebody must look at what is held" } ": " (counted(view.figures.held, "change", "changes")) ", " (rate(weekly))
        " a week; " a href="#held" { "what they are" } ". " code { "baton cases --in held" } " lists them once Baton runs, and " code { "baton answer" } " settles them."
    })
}

fn set_aside(view: &View<'_>) -> Option<Markup> {
    let rows = view.backtest.set_aside.len();
    let contacts: u64 = view.backtest.exports.iter().map(|export| export.contacts).sum();
    (rows > 0).then(|| {
        html! {
            strong { (counted(rows, "row or value", "rows or values")) " could not be read" } ", "
            (percent(rows as f64 / (contacts.max(1) as f64))) " of all contacts seen: " a href="#set-aside" { "which, and why" } "."
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Person, example};
    use super::*;
    use domain::Personal;

    #[test]
    fn rates_over_folders_without_a_date_are_said_to_be_a_guess() {
        let mut backtest = example::played(3);
        backtest.exports.iter_mut().for_each(|export| export.dated = false);
        assert!(section(&View::of(&backtest)).into_string().contains("is a guess"));
    }

    #[test]
    fn names_between_which_many_move_and_accounts_without_an_owner_are_pointed_out() {
        let mut backtest = example::played(3);
        assert_eq!(section(&View::of(&backtest)).into_string(), "");

        backtest.findings = (0..3).map(|_| example::alert("003A", 1)).collect();
        for found in &mut backtest.findings {
            (found.finding.from, found.finding.to) = (Personal::new("HP"), Personal::new("HPE"));
        }
        backtest.findings[0].told = vec![Person { id: None, name: Personal::new("default recipient") }];
        let told = section(&View::of(&backtest)).into_string();
        assert!(told.contains("3 of 3 alerts of people who moved") && told.contains("1 alert goes to the"), "{told}");

        let truth = example::truth(&backtest, &[("003A", "", "2026-02-01")]);
        backtest.truth = Some(truth);
        // Two of the three are false now, which are too few to say anything.
        assert!(!section(&View::of(&backtest)).into_string().contains("who moved"));
    }
}
