//! Judged pairs and what they come to.

use domain::Share;
use domain::calibration::Calibration;
use domain::finding::Verdict;
use serde::Serialize;

use super::labelled::Labelled;

/// A labelled pair with what was said of it.
pub(super) struct Scored {
    pub(super) pair: Labelled,
    pub(super) verdict: Verdict,
    pub(super) confidence: f64,
    /// A person would be told.
    pub(super) alerted: bool,
}

impl Scored {
    /// Whether the verdict is one of those that were expected.
    pub(super) fn is_right(&self) -> bool {
        self.pair.expect.contains(&self.verdict)
    }
}

/// How often the judgement was right on a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    /// How many pairs there are.
    pub(super) pairs: usize,
    /// On how many of them a person should be told.
    pub(super) alerts_wanted: u64,
    /// Of the alerts, those that were wanted.
    pub(super) precision: Share,
    /// Of the alerts that were wanted, those that were given.
    pub(super) recall: Share,
    /// Of the pairs nobody should be told of, those on which nobody was.
    pub(super) silent: Share,
    /// Of all pairs, those whose verdict is one of the expected.
    pub(super) verdict: Share,
}

impl Tally {
    pub(super) fn of<'a>(scored: impl Iterator<Item = &'a Scored>) -> Self {
        let scored: Vec<&Scored> = scored.collect();
        let all = || scored.iter();
        Self {
            pairs: scored.len(),
            alerts_wanted: all().filter(|s| s.pair.alert).count() as u64,
            precision: all().filter(|s| s.alerted).map(|s| s.pair.alert).collect(),
            recall: all().filter(|s| s.pair.alert).map(|s| s.alerted).collect(),
            silent: all().filter(|s| !s.pair.alert).map(|s| !s.alerted).collect(),
            verdict: all().map(|s| s.is_right()).collect(),
        }
    }
}

/// All sets together.
#[derive(Serialize)]
pub(super) struct Summary {
    #[serde(flatten)]
    pub(super) tally: Tally,
    pub(super) calibration: Calibrations,
}

/// Calibration by what was said.
#[derive(Serialize)]
pub(super) struct Calibrations {
    pub(super) all: Calibration,
    pub(super) alerting: Calibration,
    pub(super) cosmetic: Calibration,
    pub(super) unclear: Calibration,
}

impl Summary {
    pub(super) fn of(scored: &[Scored]) -> Self {
        let calibration = |of: fn(Verdict) -> bool| {
            Calibration::of(scored.iter().filter(|s| of(s.verdict)).map(|s| (s.confidence, s.is_right())))
        };
        let calibration = Calibrations {
            all: calibration(|_| true),
            alerting: calibration(|verdict| !matches!(verdict, Verdict::Cosmetic | Verdict::Unclear)),
            cosmetic: calibration(|verdict| verdict == Verdict::Cosmetic),
            unclear: calibration(|verdict| verdict == Verdict::Unclear),
        };
        Self { tally: Tally::of(scored.iter()), calibration }
    }
}
