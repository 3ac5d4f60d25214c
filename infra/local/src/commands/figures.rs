//! Shares, their intervals and calibration as the tables of several commands show them.

use comfy_table::Table;
use domain::Share;
use domain::calibration::{Bin, Calibration};

use crate::terminal::{faint, figures, heading, say, table};

/// `0.967`, and a dash where nothing was counted.
pub(super) fn share(share: Share) -> String {
    share.value().map_or_else(|| "–".to_owned(), figure)
}

/// `0.941 to 0.982`: where the true share lies with 95 % confidence.
pub(super) fn interval(share: Share) -> String {
    share.interval().map(|i| format!("{} to {}", figure(i.low), figure(i.high))).unwrap_or_default()
}

/// Three decimals.
fn figure(value: f64) -> String {
    format!("{value:.3}")
}

/// Says what confidence has promised and what was kept of it, one row for each bin that holds any of `what`.
pub(super) fn tell_calibration(title: &str, calibration: &Calibration, what: &str) {
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), figure);
    let (error, brier) = (shown(calibration.error), shown(calibration.brier));
    say(&heading(&format!("{title} calibration error {error} · Brier score {brier}")));
    say(&bins(calibration, what).to_string());
    if !calibration.bins.iter().all(Bin::is_kept) {
        say(&faint("!  what was said lies outside the interval of what was right"));
    }
}

fn bins(calibration: &Calibration, what: &str) -> Table {
    let mut rows = table(&["confidence", what, "said", "right", "95 % interval"]);
    for bin in calibration.bins.iter().filter(|bin| bin.right.of > 0) {
        let off = if bin.is_kept() { ' ' } else { '!' };
        rows.add_row([
            format!("{:.2} to {:.2}", bin.from, bin.to),
            bin.right.of.to_string(),
            bin.mean.map(figure).unwrap_or_default(),
            share(bin.right),
            format!("{} {off}", interval(bin.right)),
        ]);
    }
    figures(rows, 1)
}
