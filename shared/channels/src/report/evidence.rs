//! How we know: each fact with its source, its weight and its three times, which are never mixed.

use domain::days::full_day;
use domain::finding::{Bearing, Evidence, Finding};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

use crate::words::plain;

use super::contents::unknown;
use super::text::{moment, name, quoted};

/// The evidence as a table: what speaks for it first, what says nothing last.
pub(super) fn table(finding: &Finding) -> Markup {
    if finding.evidence.is_empty() {
        return html! { p.nothing { "No evidence was recorded." } };
    }
    let of = |bearing: Bearing| finding.evidence.iter().filter(move |e| e.bearing == bearing);
    let rows = of(Bearing::For).chain(of(Bearing::Against)).chain(of(Bearing::Silent));
    html! {
        @if !finding.from.is_blank() && !finding.to.is_blank() {
            p.change {
                span.unseen { "before: " } del dir="auto" { (plain(finding.from.reveal(), 200)) }
                span.arrow aria-hidden="true" { " → " }
                span.unseen { "; now: " } ins dir="auto" { (plain(finding.to.reveal(), 200)) }
            }
        }
        table.evidence {
            caption {
                "Weight: log-odds the fact adds to the judgement. They begin at " (weight(finding.prior)) " and come to "
                (weight(sum(finding))) ", which is " (finding.percent()) " %."
            }
            thead {
                tr {
                    th scope="col" { "Speaks" }
                    th scope="col" { "Fact and source" }
                    th.right scope="col" { "Weight" }
                    th scope="col" { "Happened" }
                    th scope="col" { "Observed" }
                    th scope="col" { "Recorded" }
                }
            }
            tbody { @for evidence in rows { (row(evidence)) } }
        }
        @if !finding.settles.is_empty() { p.missing { "Not settled: " (finding.settles) "." } }
    }
}

/// What the facts come to, with what is known before any.
fn sum(finding: &Finding) -> f64 {
    finding.prior + finding.evidence.iter().map(|fact| fact.weight).sum::<f64>()
}

fn row(evidence: &Evidence) -> Markup {
    html! {
        tr class=(evidence.bearing) {
            td.bearing { span.sign aria-hidden="true" { (sign(evidence.bearing)) } (evidence.bearing) }
            th.fact scope="row" { (quoted(&evidence.text)) span.source { (name(&evidence.source)) } }
            td.right data-label="Weight" { (weight(evidence.weight)) }
            td data-label="Happened" { (day(evidence.happened)) }
            td data-label="Observed" { (time(evidence.observed)) }
            td data-label="Recorded" { (time(evidence.recorded)) }
        }
    }
}

fn sign(bearing: Bearing) -> &'static str {
    match bearing {
        Bearing::For => "+",
        Bearing::Against => "−",
        Bearing::Silent => "·",
    }
}

fn weight(weight: f64) -> String {
    if weight == 0.0 || !weight.is_finite() {
        return "0".to_owned();
    }
    format!("{}{:.1}", if weight > 0.0 { "+" } else { "−" }, weight.abs())
}

fn day(on: Option<Date>) -> Markup {
    on.map_or_else(unknown, |day| html! { time datetime=(day) { (full_day(day)) } })
}

fn time(at: Option<Timestamp>) -> Markup {
    at.map_or_else(unknown, moment)
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn what_speaks_for_it_stands_first_and_a_time_nobody_knows_is_said_to_be_unknown() {
        let mut finding = example::case("a fact").finding;
        finding.evidence.reverse();
        finding.evidence[0].happened = Some(jiff::civil::date(2026, 10, 30));

        let page = table(&finding).into_string();
        let place = |bearing: &str| page.find(&format!("tr class=\"{bearing}\"")).unwrap();
        assert!(place("for") < place("against") && place("against") < place("silent"));
        assert!(page.contains("30 Oct 2026") && page.contains("not known"));
        assert!(page.contains("+3.2") && page.contains("−1.0"));
    }
}
