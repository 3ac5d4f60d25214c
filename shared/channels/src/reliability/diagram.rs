//! One reliability diagram: the line that confidence promises, what was kept of it in each bin, and the counts below.

use domain::calibration::{Bin, Calibration, EDGES};
use maud::{Markup, html};

use super::scale::{SIDE, STEP, percent, place};
use crate::report::text::count;

/// Room for the labels of the axes, and for the bars below.
const LEFT: f64 = 64.0;
const TOP: f64 = 10.0;
const RIGHT: f64 = 14.0;
const LABELS: f64 = 66.0;
const BARS: f64 = 84.0;

/// The drawing. `name` says of what it is to those who do not see it.
pub(super) fn draw(name: &str, calibration: &Calibration) -> Markup {
    let (width, height) = (LEFT + SIDE + RIGHT, TOP + SIDE + LABELS + BARS);
    html! {
        svg viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(in_words(name, calibration)) {
            g transform={ "translate(" (LEFT) " " (TOP) ")" } {
                (axes())
                line.promise x1="0" y1=(SIDE) x2=(SIDE) y2="0" {}
                @for bin in &calibration.bins { (kept(bin)) }
                g transform={ "translate(0 " (SIDE + LABELS) ")" } { (counts(calibration)) }
            }
        }
    }
}

fn axes() -> Markup {
    html! {
        rect.field x="0" y="0" width=(SIDE) height=(SIDE) {}
        @for edge in EDGES {
            @let at = place(edge);
            line.grid x1=(px(at)) y1="0" x2=(px(at)) y2=(SIDE) {}
            line.grid x1="0" y1=(px(SIDE - at)) x2=(SIDE) y2=(px(SIDE - at)) {}
            text.tick x=(px(at)) y=(SIDE + 19.0) text-anchor="middle" { (percent(edge)) }
            text.tick x="-8" y=(px(SIDE - at + 4.5)) text-anchor="end" { (percent(edge)) }
        }
        text.axis x=(SIDE / 2.0) y=(SIDE + 42.0) text-anchor="middle" { "confidence said, %" }
        text.axis x=(-SIDE / 2.0) y="-46" text-anchor="middle" transform="rotate(-90)" { "right, %" }
    }
}

/// What was right in one bin, where its mean confidence stands.
fn kept(bin: &Bin) -> Markup {
    let (Some(mean), Some(right), Some(interval)) = (bin.mean, bin.right.value(), bin.right.interval()) else {
        return html! {};
    };
    let x = place(mean);
    let (low, high) = (SIDE - place(interval.low), SIDE - place(interval.high));
    html! {
        g {
            title { (kept_in_words(bin, mean, right)) }
            line.whisker x1=(px(x)) y1=(px(low)) x2=(px(x)) y2=(px(high)) {}
            @for y in [low, high] { line.whisker x1=(px(x - 4.0)) y1=(px(y)) x2=(px(x + 4.0)) y2=(px(y)) {} }
            circle class=(if bin.is_kept() { "point" } else { "point off" }) cx=(px(x)) cy=(px(SIDE - place(right))) r="5.5" {}
        }
    }
}

/// How many judgements each bin holds.
fn counts(calibration: &Calibration) -> Markup {
    let most = calibration.bins.iter().map(|bin| bin.right.of).max().unwrap_or(1).max(1) as f64;
    let room = BARS - 24.0;
    html! {
        line.base x1="0" y1=(BARS - 2.0) x2=(SIDE) y2=(BARS - 2.0) {}
        @for (i, bin) in calibration.bins.iter().enumerate().filter(|(_, bin)| bin.right.of > 0) {
            @let tall = (bin.right.of as f64 / most * room).max(1.5);
            @let x = STEP * i as f64;
            rect.count x=(px(x + 6.0)) y=(px(BARS - 2.0 - tall)) width=(px(STEP - 12.0)) height=(px(tall)) {}
            text.tick x=(px(x + STEP / 2.0)) y=(px(BARS - 7.0 - tall)) text-anchor="middle" { (count(bin.right.of)) }
        }
        text.axis x=(-BARS / 2.0) y="-46" text-anchor="middle" transform="rotate(-90)" { "judgements" }
    }
}

fn in_words(name: &str, calibration: &Calibration) -> String {
    let bins = calibration.bins.iter().filter_map(|bin| Some(kept_in_words(bin, bin.mean?, bin.right.value()?)));
    format!("{name}: {}.", bins.collect::<Vec<_>>().join("; "))
}

fn kept_in_words(bin: &Bin, mean: f64, right: f64) -> String {
    format!("{:.1} % said, {:.1} % right, of {}", mean * 100.0, right * 100.0, count(bin.right.of))
}

fn px(at: f64) -> String {
    format!("{at:.1}")
}
