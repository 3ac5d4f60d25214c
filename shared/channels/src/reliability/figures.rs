//! The same figures as a table, to read and to copy.

use domain::calibration::{Bin, Calibration};
use maud::{Markup, html};

use super::scale::percent;
use crate::report::text::count;

/// One row a bin that holds any.
pub(super) fn table(calibration: &Calibration) -> Markup {
    html! {
        table.bins {
            thead { tr {
                th scope="col" { "confidence, %" }
                th.right scope="col" { "judged" }
                th.right scope="col" { "said, %" }
                th.right scope="col" { "right, %" }
                th.right scope="col" { "95 % interval" }
            } }
            tbody {
                @for bin in calibration.bins.iter().filter(|bin| bin.right.of > 0) { (row(bin)) }
            }
        }
    }
}

fn row(bin: &Bin) -> Markup {
    let shown = |share: Option<f64>| share.map(|share| format!("{:.1}", share * 100.0)).unwrap_or_default();
    let (low, high) = (bin.right.interval().map(|i| i.low), bin.right.interval().map(|i| i.high));
    html! {
        tr {
            th scope="row" { (percent(bin.from)) " to " (percent(bin.to)) }
            td.right { (count(bin.right.of)) }
            td.right { (shown(bin.mean)) }
            td.right { (shown(bin.right.value())) }
            td.right { (shown(low)) " to " (shown(high)) }
        }
    }
}
