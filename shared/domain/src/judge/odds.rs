//! Log-odds: how single facts add up to a confidence.

use crate::finding::{Evidence, Verdict};

/// One possibility with what speaks for and against it.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    /// What it would be.
    pub verdict: Verdict,
    /// Its log-odds before any fact is looked at.
    pub prior: f64,
    /// The sum of its evidence and of what is known beforehand.
    pub log_odds: f64,
    /// The facts.
    pub evidence: Vec<Evidence>,
    /// The fact that weighs most, as a clause.
    pub because: String,
    /// What would settle it, where it is undecided for want of another source.
    pub settles: &'static str,
    /// Where else the person is, if a provider and not the CRM knows it.
    pub destination: Option<String>,
}

impl Weighed {
    /// A possibility nothing speaks for.
    pub(super) fn nothing(verdict: Verdict) -> Self {
        Self::prior(verdict, f64::NEG_INFINITY)
    }

    /// A possibility with the log-odds it has before any fact is looked at.
    pub(super) fn prior(verdict: Verdict, log_odds: f64) -> Self {
        Self {
            verdict,
            prior: log_odds,
            log_odds,
            evidence: Vec::new(),
            because: String::new(),
            settles: "",
            destination: None,
        }
    }

    /// Adds a fact.
    pub(super) fn add(&mut self, source: &str, text: impl Into<String>, weight: f64) {
        self.add_evidence(Evidence::new(source, text, weight));
    }

    /// Adds a fact that has times of its own.
    pub(super) fn add_evidence(&mut self, evidence: Evidence) {
        if self.evidence.iter().all(|e| e.weight < evidence.weight) {
            evidence.text.reveal().clone_into(&mut self.because);
        }
        self.log_odds += evidence.weight;
        self.evidence.push(evidence);
    }

    /// The probability that it is so.
    pub(super) fn confidence(&self) -> f64 {
        probability(self.log_odds)
    }

    /// Whether it is sure enough to be told.
    pub(super) fn likely(&self, threshold: f64) -> bool {
        self.verdict != Verdict::Unclear && self.confidence() >= threshold
    }

    /// Whether it is too likely to be passed over in silence.
    pub(super) fn possible(&self) -> bool {
        self.confidence() >= 0.4
    }
}

/// The probability that log-odds stand for.
pub(super) fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The log-odds of a probability, kept within ±4.6 (99 %): one comparison alone is never certain.
pub(super) fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(0.01, 0.99);
    (p / (1.0 - p)).ln()
}
