//! Where a probability stands on either axis: each bin is as wide as any other, and within it the scale is even.

use domain::calibration::EDGES;

/// The side of the square, and the width of one bin, in the drawing's units.
pub(super) const SIDE: f64 = 400.0;
pub(super) const STEP: f64 = SIDE / (EDGES.len() - 1) as f64;

/// The distance from zero of a probability, 0 to [`SIDE`].
pub(super) fn place(probability: f64) -> f64 {
    let p = probability.clamp(0.0, 1.0);
    let bin = EDGES[1..EDGES.len() - 1].partition_point(|edge| *edge <= p);
    let (from, to) = (EDGES[bin], EDGES[bin + 1]);
    STEP * (bin as f64 + (p - from) / (to - from))
}

/// `0.9` as `90`, `0.955` as `95.5`.
pub(super) fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    if (percent - percent.round()).abs() < 1e-9 { format!("{percent:.0}") } else { format!("{percent:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_stands_one_step_further() {
        for (i, edge) in EDGES.iter().enumerate() {
            assert!((place(*edge) - STEP * i as f64).abs() < 1e-9, "{edge}");
        }
        assert_eq!(place(0.25), STEP / 2.0);
        assert_eq!((place(-1.0), place(2.0)), (0.0, SIDE));
    }

    #[test]
    fn percentages_carry_no_more_than_they_have() {
        assert_eq!(
            (percent(0.9), percent(0.955), percent(1.0)),
            ("90".to_owned(), "95.5".to_owned(), "100".to_owned())
        );
    }
}
