//! The list of cases, the most urgent first, and the list of those held for review.

use domain::case::{Case, State};
use jiff::civil::Date;
use maud::{Markup, html};

use super::text::{counted, date, day, distance, name, said};
use super::{CaseView, Report};

/// Held cases, and all others, both the most urgent first.
pub(super) fn order(report: &Report) -> (Vec<&CaseView>, Vec<&CaseView>) {
    let mut views: Vec<&CaseView> = report.cases.iter().collect();
    views.sort_by_key(|view| urgency(&view.case, day(report.made)));
    views.into_iter().partition(|view| view.case.state == State::Held)
}

/// The heading of the cases and the table that leads to each.
pub(super) fn cases(open: &[&CaseView], report: &Report) -> Markup {
    html! {
        section.listing aria-labelledby="cases" {
            h2 #cases { "Cases" }
            @if open.is_empty() {
                p.nothing {
                    "There are no cases to act on. "
                    @if report.scans.is_empty() { "Nothing has been scanned yet." }
                    @else if report.cases.is_empty() { "Nothing that was scanned needs anybody’s attention." }
                    @else { "What was found is held for review, below." }
                }
            } @else {
                (table(open, day(report.made)))
            }
        }
    }
}

/// The heading of the held cases, with why each is held.
pub(super) fn held(held: &[&CaseView]) -> Markup {
    html! {
        section.listing aria-labelledby="held" {
            h2 #held { "Held for review" }
            p.lead {
                (counted(held.len(), "change waits", "changes wait"))
                " for a person to look: not certain enough for an alert, or stopped by the brake. Nobody has been told."
            }
            ul.why {
                @for view in held {
                    li {
                        a href={ "#" (view.case.id) } { (name(view.case.subject.name.reveal())) } ", " (name(&view.case.account_name))
                        span.soft { " – " (said(&view.case.because)) }
                    }
                }
            }
        }
    }
}

/// What is open before what is closed, losses before the rest, near renewals before far ones, sure before unsure.
fn urgency(case: &Case, today: Date) -> (bool, bool, i32, i64, u8, String) {
    let days = case.context.as_ref().and_then(|context| context.days_to_renewal(today));
    let near = match days {
        Some(days) if days >= 0 => days,
        Some(_) => i32::MAX - 1,
        None => i32::MAX,
    };
    let value = case.context.as_ref().and_then(|c| c.value.as_ref()).map_or(0, |value| value.value.units());
    let sure = 100 - case.finding.percent();
    (case.state.is_final(), !case.finding.verdict.is_loss(), near, value.saturating_neg(), sure, case.id.to_string())
}

fn table(views: &[&CaseView], today: Date) -> Markup {
    html! {
        table.cases {
            caption { "The most urgent first: open before closed, losses before other changes, near renewals before far ones." }
            thead {
                tr {
                    th scope="col" { "What" }
                    th scope="col" { "Who" }
                    th scope="col" { "Account" }
                    th scope="col" { "Renewal" }
                    th.right scope="col" { "Value" }
                    th.right scope="col" { "Sure" }
                    th scope="col" { "State" }
                }
            }
            tbody { @for view in views { (row(&view.case, today)) } }
        }
    }
}

fn row(case: &Case, today: Date) -> Markup {
    let context = case.context.as_ref();
    html! {
        tr.done[case.state.is_final()] {
            td.verdict-cell { (verdict(case)) }
            th.who scope="row" {
                a href={ "#" (case.id) } { (name(case.subject.name.reveal())) }
                @if !case.subject.title.is_empty() { span.soft.block { (name(&case.subject.title)) } }
            }
            td.account { (name(&case.account_name)) }
            td data-label="Renewal" {
                @if let Some(renewal) = context.and_then(|c| c.renewal.as_ref()) {
                    (distance((renewal.value - today).get_days())) span.soft.block { (date(renewal.value)) }
                } @else { (unknown()) }
            }
            td.right data-label="Value" {
                @if let Some(value) = context.and_then(|c| c.value.as_ref()) { (value.value) } @else { (unknown()) }
            }
            td.right data-label="Sure" { (case.finding.percent()) " %" }
            td data-label="State" { (case.state) @if case.shadow { span.soft.block { "shadow" } } }
        }
    }
}

/// The verdict as a label; losses are filled, all others outlined.
pub(super) fn verdict(case: &Case) -> Markup {
    html! { span.verdict.loss[case.finding.verdict.is_loss()] { (case.finding.verdict) } }
}

/// A dash that is also said.
pub(crate) fn unknown() -> Markup {
    html! { span.soft { span aria-hidden="true" { "–" } span.unseen { "not known" } } }
}

#[cfg(test)]
mod tests {
    use domain::finding::Verdict;
    use jiff::civil::date;

    use super::super::example;
    use super::*;

    #[test]
    fn what_cannot_wait_comes_first() {
        let case = |name: &str, verdict, renewal: Date, state| {
            let mut case = example::case(name);
            case.finding.verdict = verdict;
            case.state = state;
            if let Some(fact) = case.context.as_mut().and_then(|context| context.renewal.as_mut()) {
                fact.value = renewal;
            }
            example::view(case, name)
        };
        let mut report = example::report("");
        report.cases = vec![
            case("closed", Verdict::Departed, date(2026, 11, 23), State::Closed),
            case("promoted", Verdict::Promoted, date(2026, 11, 23), State::Notified),
            case("renewed already", Verdict::Departed, date(2026, 11, 1), State::Notified),
            case("far", Verdict::Moved, date(2027, 6, 1), State::Notified),
            case("near", Verdict::Departed, date(2026, 12, 1), State::Notified),
            case("held", Verdict::Unclear, date(2026, 12, 1), State::Held),
        ];

        let (held, open) = order(&report);
        let names =
            |views: &[&CaseView]| -> Vec<String> { views.iter().map(|v| v.case.account_name.clone()).collect() };
        assert_eq!(names(&open), ["near", "far", "renewed already", "promoted", "closed"]);
        assert_eq!(names(&held), ["held"]);
    }
}
