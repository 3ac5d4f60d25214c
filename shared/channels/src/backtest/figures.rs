//! The figures of a backtest: how much, how often, for whom.

use std::collections::BTreeSet;

use domain::finding::Verdict;

use super::{Backtest, Export, Outcome, Person, Score};

/// What a backtest comes to.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Weeks from the first export to the last.
    pub weeks: f64,
    /// Changes that somebody would have been told of.
    pub alerts: usize,
    /// Alerts as they land on somebody's desk: a move between two of our accounts lands on two.
    pub notices: usize,
    /// Changes that would have waited for a person's look.
    pub held: usize,
    /// Changes that nobody would have been told of.
    pub silenced: usize,
    /// Alerts that a later export took back.
    pub taken_back: usize,
    /// Who owns the accounts in which anything changed; the default recipient is nobody's CSM.
    pub csms: usize,
    /// Alerts by verdict, in the order in which people want to read of them; none without any.
    pub verdicts: Vec<(Verdict, usize)>,
    /// Alerts beside what really happened, where that is known.
    pub score: Option<Score>,
}

impl Figures {
    /// Counts.
    pub fn of(backtest: &Backtest) -> Self {
        let alerts = || backtest.findings.iter().filter(|found| found.is_alert());
        let number = |verdict| alerts().filter(|found| found.finding.verdict == verdict).count();
        Self {
            weeks: backtest.weeks(0, backtest.exports.len()),
            alerts: alerts().count(),
            notices: alerts().map(|found| found.told.len()).sum(),
            held: backtest.findings.iter().filter(|found| matches!(found.outcome, Outcome::Held(_))).count(),
            silenced: backtest.findings.iter().filter(|found| matches!(found.outcome, Outcome::Silenced(_))).count(),
            taken_back: alerts().filter(|found| found.taken_back.is_some()).count(),
            csms: csms(backtest).len(),
            verdicts: Verdict::ALL.into_iter().map(|v| (v, number(v))).filter(|(_, number)| *number > 0).collect(),
            score: backtest.truth.as_ref().map(|truth| Score::of(backtest, truth)),
        }
    }

    /// So many in all as so many a week; nothing where no time has passed.
    pub fn weekly(&self, number: usize) -> Option<f64> {
        (self.weeks > 0.0).then(|| number as f64 / self.weeks)
    }

    /// Alerts on one CSM's desk a week.
    pub fn each(&self) -> Option<f64> {
        if self.csms == 0 { None } else { self.weekly(self.notices).map(|weekly| weekly / self.csms as f64) }
    }
}

/// Everybody who owns an account in which anything changed, or is told of an alert.
pub(super) fn csms(backtest: &Backtest) -> BTreeSet<&Person> {
    backtest.findings.iter().flat_map(|found| &found.told).filter(|person| person.id.is_some()).collect()
}

impl Backtest {
    /// Weeks between the first and the last of these exports.
    pub(super) fn weeks(&self, from: usize, to: usize) -> f64 {
        let some = self.exports.get(from..to).unwrap_or_default();
        match (some.first(), some.last()) {
            (Some(first), Some(last)) => last.at.duration_since(first.at).as_secs_f64() / WEEK,
            _ => 0.0,
        }
    }
}

/// In seconds.
const WEEK: f64 = 7.0 * 24.0 * 3600.0;

impl Export {
    /// The day it was taken for.
    pub(super) fn day(&self) -> jiff::civil::Date {
        crate::report::text::day(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn alerts_are_averaged_over_the_weeks_between_the_first_and_the_last_export() {
        let mut backtest = example::played(3);
        backtest.findings = (0..12).map(|_| example::alert("003A", 1)).collect();
        let figures = Figures::of(&backtest);
        // 1 January to 1 March 2026 are 59 days.
        assert!((figures.weeks - 59.0 / 7.0).abs() < 1e-9);
        assert!((figures.weekly(figures.alerts).unwrap() - 12.0 * 7.0 / 59.0).abs() < 1e-9);
    }

    #[test]
    fn one_export_is_no_time_and_gives_no_rate() {
        let figures = Figures::of(&example::played(1));
        assert_eq!((figures.weekly(0), figures.each()), (None, None));
    }

    #[test]
    fn a_move_between_two_csms_lands_on_two_desks_and_the_default_recipient_is_no_csm() {
        let mut backtest = example::played(3);
        let mut moved = example::alert("003A", 1);
        moved.told.push(example::person("005B", "Maya Ortiz"));
        let mut unowned = example::alert("003B", 2);
        unowned.told = vec![Person { id: None, name: domain::Personal::new("default recipient") }];
        backtest.findings = vec![moved, unowned];
        let figures = Figures::of(&backtest);
        assert_eq!((figures.alerts, figures.notices, figures.csms), (2, 3, 2));
    }
}
