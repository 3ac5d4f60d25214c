//! The figures of two configurations, each pair as numbers and as bars on one scale.

use domain::finding::Verdict;
use maud::{Markup, html};

use crate::report::text::{count, name};

use super::super::page::View;
use super::super::{Backtest, Figures, Score, percent, rate};

/// The table.
pub(super) fn table(view: &View<'_>, other: &Backtest) -> Markup {
    let (first, second) = (&view.figures, &Figures::of(other));
    html! {
        table.figures.compact {
            caption { "What each comes to" }
            thead {
                tr {
                    th scope="col" { "Figure" }
                    th.right scope="col" { (name(&view.backtest.config)) }
                    th.right scope="col" { (name(&other.config)) }
                    th.right scope="col" { "More or less" }
                }
            }
            tbody {
                @for line in lines(first, second, view.backtest.threshold, other.threshold) {
                    tr {
                        th scope="row" { (line.what) }
                        td.right data-label="First" { (line.first) (stripe(line.lengths[0])) }
                        td.right data-label="Second" { (line.second) (stripe(line.lengths[1])) }
                        td.right.soft data-label="Difference" { (line.more) }
                    }
                }
            }
        }
    }
}

/// One line of the comparison: what, in the first, in the second, and how much more in the second.
struct Line {
    what: String,
    first: String,
    second: String,
    more: String,
    /// How long the two bars are, of 100.
    lengths: [f64; 2],
}

impl Line {
    /// Two numbers and how they are said. Their bars share a scale, up to the larger one.
    fn new(what: &str, values: [Option<f64>; 2], say: impl Fn(f64) -> String) -> Self {
        let most = values.iter().flatten().copied().fold(f64::MIN_POSITIVE, f64::max);
        let [first, second] = values.map(|value| value.map(&say).unwrap_or_default());
        let lengths = values.map(|value| value.unwrap_or_default() / most * 100.0);
        Self { what: what.to_owned(), first, second, more: String::new(), lengths }
    }

    /// Two counts, and the difference.
    fn count(what: &str, first: usize, second: usize) -> Self {
        let values = [first, second].map(|number| Some(number as f64));
        Self { more: more(first, second), ..Self::new(what, values, |number| count(number as u64)) }
    }
}

fn lines(first: &Figures, second: &Figures, threshold: f64, other: f64) -> Vec<Line> {
    let of = |figures: &Figures, verdict: Verdict| {
        figures.verdicts.iter().find(|(v, _)| *v == verdict).map_or(0, |(_, number)| *number)
    };
    let each = [first.each(), second.each()];
    let mut lines = vec![
        Line { lengths: [0.0; 2], ..Line::new("Told from", [Some(threshold), Some(other)], percent) },
        Line::count("Alerts", first.alerts, second.alerts),
        Line::new("Alerts a week", [first.weekly(first.alerts), second.weekly(second.alerts)], rate),
        Line::new("A week for each CSM", each, rate),
    ];
    let verdicts = Verdict::ALL.into_iter().filter(|v| of(first, *v) + of(second, *v) > 0);
    lines.extend(verdicts.map(|v| Line::count(&format!("Alerts: {v}"), of(first, v), of(second, v))));
    lines.push(Line::count("Held for a person’s look", first.held, second.held));
    lines.push(Line::count("Left silent", first.silenced, second.silenced));
    if let (Some(a), Some(b)) = (&first.score, &second.score) {
        let wrong = |score: &Score| score.precision().of - score.precision().hits;
        lines.push(Line::new("Alerts that were true", [a, b].map(|score| score.precision().rate()), percent));
        lines.push(Line::count("False alerts", wrong(a), wrong(b)));
        lines.push(Line::new("Real changes told in time", [a, b].map(|score| score.recall().rate()), percent));
        lines.push(Line::count("Missed", a.missed.len(), b.missed.len()));
    }
    lines
}

fn more(first: usize, second: usize) -> String {
    match second.cmp(&first) {
        std::cmp::Ordering::Equal => "same".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", count(second - first)),
        std::cmp::Ordering::Less => format!("−{}", count(first - second)),
    }
}

fn stripe(length: f64) -> Markup {
    html! { @if length > 0.0 {
        svg.stripe viewBox="0 0 100 4" width="100" height="4" preserveAspectRatio="none" aria-hidden="true" {
            rect x=(format!("{:.1}", 100.0 - length)) width=(format!("{length:.1}")) height="4" {}
        }
    } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_counts_share_the_scale_of_their_bars() {
        let line = Line::count("Alerts", 40, 10);
        assert_eq!((line.lengths, line.more.as_str()), ([100.0, 25.0], "−30"));
        assert_eq!(Line::count("Alerts", 0, 0).lengths, [0.0, 0.0]);
    }
}
