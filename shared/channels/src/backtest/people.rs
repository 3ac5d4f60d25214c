//! Alerts for each CSM a week: who would have been told how much, and when.

use maud::{Markup, html};

use crate::report::text::{count, counted, name};

use super::load::Load;
use super::page::View;
use super::periods::Period;
use super::rate;

/// More rows are folded: whoever has few alerts is not what the decision hangs on.
const SHOWN: usize = 30;

/// Up to so many alerts a week a cell has the shade of its place here.
const SHADES: [(f64, &str); 6] = [(0.1, "0.1"), (0.25, "¼"), (0.5, "½"), (1.0, "1"), (2.0, "2"), (5.0, "5")];

/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        section.listing aria-labelledby="people" {
            h2 #people { "Alerts for each CSM, a week" }
            @if view.periods.is_empty() || view.loads.is_empty() {
                p.nothing { "Nobody would have been told anything." }
            } @else {
                p.lead { (lead(view)) }
                (key())
                @let (first, rest) = view.loads.split_at(view.loads.len().min(SHOWN));
                (table(first, view))
                @if !rest.is_empty() {
                    details { summary { (counted(rest.len(), "more CSM", "more CSMs")) ", with fewer alerts" } (table(rest, view)) }
                }
                @if view.loads.iter().any(|load| load.person.id.is_none()) {
                    p.note {
                        "Alerts for the default recipient are of accounts whose owner and manager the export does not name, or who "
                        "are inactive. Export User.csv, and see the configuration’s fields.csm where the CSM is not the owner."
                    }
                }
            }
        }
    }
}

fn lead(view: &View<'_>) -> String {
    let weeks: Vec<f64> = view.periods.iter().map(|period| period.weeks).filter(|weeks| *weeks > 0.0).collect();
    let (least, most) = (weeks.iter().copied().fold(f64::MAX, f64::min), weeks.iter().copied().fold(0.0, f64::max));
    let length = if (most - least) < 1.0 { rate(most) } else { format!("{} to {}", rate(least), rate(most)) };
    let gathered = view.periods.iter().any(|period| period.gathered);
    let exports = if gathered { "the exports of that time" } else { "the export of that day" };
    let averaged = if most > 1.5 {
        format!(" A column stands for {length} weeks, and what it told of is spread evenly over them.")
    } else {
        String::new()
    };
    format!(
        "Each row is a person, each column what {exports} told of. The numbers are alerts a week.{averaged} \
         A move from one of your accounts to another is told to both owners."
    )
}

fn key() -> Markup {
    html! {
        ul.key.shades {
            li { "alerts a week, up to" }
            @for (i, (_, up_to)) in SHADES.iter().enumerate() { li { span.swatch.{ "s" (i + 1) } {} (up_to) } }
            li { span.swatch.{ "s" (SHADES.len() + 1) } {} "more" }
        }
    }
}

fn table(loads: &[Load<'_>], view: &View<'_>) -> Markup {
    let all: Vec<usize> = (0..view.periods.len()).map(|i| view.loads.iter().map(|load| load.cells[i]).sum()).collect();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Alerts a week by CSM and export" {
            table.heat {
                caption.unseen { "Alerts a week by CSM and export" }
                thead {
                    tr {
                        th scope="col" { "CSM" }
                        @for period in &view.periods { th.period scope="col" { (name(&period.name)) span.block { (name(&period.year)) } } }
                        th.right scope="col" { "A week" }
                        th.right scope="col" { "In all" }
                    }
                }
                tbody {
                    @for load in loads {
                        tr {
                            th.who scope="row" { (name(load.person.name.reveal())) }
                            @for (cell, period) in load.cells.iter().zip(&view.periods) { (cell_of(*cell, period, true)) }
                            (totals(load.total, view))
                        }
                    }
                }
                tfoot {
                    tr {
                        th.who scope="row" { "Everybody" }
                        @for (cell, period) in all.iter().zip(&view.periods) { (cell_of(*cell, period, false)) }
                        (totals(all.iter().sum(), view))
                    }
                }
            }
        }
    }
}

fn cell_of(alerts: usize, period: &Period, shaded: bool) -> Markup {
    let a_week = if period.weeks > 0.0 { alerts as f64 / period.weeks } else { 0.0 };
    let shade = SHADES.iter().position(|(up_to, _)| a_week <= *up_to).unwrap_or(SHADES.len()) + 1;
    let class = if shaded && alerts > 0 { format!("cell s{shade}") } else { "cell".to_owned() };
    let weeks = rate(period.weeks);
    html! {
        td class=(class) title={ (counted(alerts, "alert", "alerts")) " in " (weeks) " weeks" } {
            @if alerts == 0 { span.soft { "0" } } @else { (rate(a_week)) }
        }
    }
}

fn totals(total: usize, view: &View<'_>) -> Markup {
    html! {
        td.right.total { (view.figures.weekly(total).map(rate).unwrap_or_default()) }
        td.right { (count(total)) }
    }
}
