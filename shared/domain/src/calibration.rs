//! Is confidence what it says? Of the findings at 0.9, nine in ten should be right.

use serde::Serialize;

use crate::Share;

/// Where one bin ends and the next begins. They are finer towards the top, because that is where the judgement works and
/// where the difference between 0.95 and 0.99 is one of five times as many mistakes.
pub const EDGES: [f64; 9] = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0];

/// How confidence compares with what was right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// One for each step of [`EDGES`], the lowest first.
    pub bins: Vec<Bin>,
    /// How many were judged, and how many of them rightly.
    pub right: Share,
    /// Expected calibration error: how far confidence and share lie apart, the mean over the bins by their counts, 0 to 1.
    pub error: Option<f64>,
    /// Brier score: the mean square of what confidence was off by, 0 (always sure and right) to 1.
    pub brier: Option<f64>,
}

/// Those whose confidence lies in one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// The lowest confidence that belongs here.
    pub from: f64,
    /// The lowest that no longer does; in the last bin 1 belongs as well.
    pub to: f64,
    /// The mean of the confidences, nothing in an empty bin.
    pub mean: Option<f64>,
    /// How many there are, and how many of them were right.
    pub right: Share,
}

impl Bin {
    /// Whether what was said is within what chance allows, given what was right.
    pub fn is_kept(&self) -> bool {
        let (Some(mean), Some(interval)) = (self.mean, self.right.interval()) else { return true };
        (interval.low..=interval.high).contains(&mean)
    }
}

impl Calibration {
    /// The calibration of judgements, each with its confidence (0 to 1) and whether it was right.
    pub fn of(judged: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let mut shares = [Share::default(); EDGES.len() - 1];
        let mut sums = [0.0; EDGES.len() - 1];
        let (mut all, mut squares) = (Share::default(), 0.0);
        for (confidence, right) in judged {
            let bin = bin_of(confidence);
            shares[bin].count(right);
            sums[bin] += confidence;
            all.count(right);
            squares += (confidence - f64::from(u8::from(right))).powi(2);
        }
        let mean = |sum: f64, of: u64| (of > 0).then(|| sum / of as f64);
        let bins: Vec<Bin> = (0..shares.len())
            .map(|i| Bin { from: EDGES[i], to: EDGES[i + 1], mean: mean(sums[i], shares[i].of), right: shares[i] })
            .collect();
        // A bin's count times the distance of its means is the distance of its sums.
        let apart = shares.iter().zip(sums).map(|(share, sum)| (share.hits as f64 - sum).abs()).sum();
        Self { bins, right: all, error: mean(apart, all.of), brier: mean(squares, all.of) }
    }
}

fn bin_of(confidence: f64) -> usize {
    EDGES[1..EDGES.len() - 1].partition_point(|edge| *edge <= confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(calibration: &Calibration) -> Vec<u64> {
        calibration.bins.iter().map(|bin| bin.right.of).collect()
    }

    #[test]
    fn a_confidence_on_an_edge_belongs_to_the_bin_above_and_one_to_the_last() {
        let edges = Calibration::of(EDGES.map(|edge| (edge, true)));
        assert_eq!(counts(&edges), [1, 1, 1, 1, 1, 1, 1, 2]);
        let below = Calibration::of([0.499, 0.599, 0.699, 0.799, 0.899, 0.949, 0.989, 0.999].map(|c| (c, true)));
        assert_eq!(counts(&below), [1; 8]);
    }

    #[test]
    fn each_bin_says_what_was_promised_and_what_was_kept() {
        let calibration = Calibration::of([(0.91, true), (0.93, true), (0.92, false), (0.65, true)]);
        let bin = &calibration.bins[5];
        assert_eq!((bin.from, bin.to, bin.right), (0.9, 0.95, Share { hits: 2, of: 3 }));
        assert!((bin.mean.unwrap() - 0.92).abs() < 1e-12);
        assert_eq!(calibration.right, Share { hits: 3, of: 4 });
        assert_eq!(calibration.bins[0].mean, None);
    }

    #[test]
    fn error_and_score_are_those_of_the_textbook() {
        // Bin 0.8–0.9: mean 0.8, right 0.5, 2 of 4. Bin 0.6–0.7: mean 0.6, right 1, 2 of 4. Error (0.3 + 0.4) / 2.
        let calibration = Calibration::of([(0.8, true), (0.8, false), (0.6, true), (0.6, true)]);
        assert!((calibration.error.unwrap() - 0.35).abs() < 1e-12);
        // (0.2² + 0.8² + 0.4² + 0.4²) / 4
        assert!((calibration.brier.unwrap() - 0.25).abs() < 1e-12);
    }

    #[test]
    fn what_always_keeps_its_word_has_no_error() {
        let kept = Calibration::of((0..10).map(|i| (0.9, i < 9)));
        assert!(kept.error.unwrap() < 1e-12 && kept.bins.iter().all(Bin::is_kept));
        let broken = Calibration::of((0..100).map(|i| (0.9, i < 60)));
        assert!((broken.error.unwrap() - 0.3).abs() < 1e-12 && !broken.bins[5].is_kept());
    }

    #[test]
    fn of_nothing_there_is_neither_error_nor_score() {
        let nothing = Calibration::of([]);
        assert_eq!((nothing.error, nothing.brier, counts(&nothing)), (None, None, vec![0; 8]));
    }
}
