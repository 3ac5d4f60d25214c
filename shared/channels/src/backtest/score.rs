//! Alerts beside what really happened: which were true, which were not, and what was missed.

use std::collections::BTreeMap;

use domain::ContactId;

use super::{Backtest, Found, Share, TrueChange, Truth};

/// What the truth says of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It happened, and the alert came in time: the place of the change in the truth.
    InTime(usize),
    /// It happened, and the alert came later than it should have.
    Late(usize),
    /// The truth knows of no such change.
    False,
}

/// Alerts beside the truth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// What the truth says of each alert, by its place among the findings.
    pub marks: BTreeMap<usize, Mark>,
    /// Places of the changes of which nobody would have been told, at any time.
    pub missed: Vec<usize>,
    /// How many changes the exports could show.
    pub changes: usize,
}

impl Score {
    /// Lays alerts beside the truth. An alert belongs to one change at most, and the other way round.
    pub fn of(backtest: &Backtest, truth: &Truth) -> Self {
        let mut alerts: BTreeMap<&ContactId, Vec<usize>> = BTreeMap::new();
        for (i, found) in backtest.findings.iter().enumerate().filter(|(_, found)| found.is_alert()) {
            alerts.entry(&found.contact).or_default().push(i);
        }
        let mut marks: BTreeMap<usize, Mark> = alerts.values().flatten().map(|i| (*i, Mark::False)).collect();
        let mut missed = Vec::new();
        for (change, since, until) in windows(truth) {
            let entry = &truth.changes[change];
            let free = alerts.get(&entry.contact).into_iter().flatten().copied();
            let found = |i: usize| &backtest.findings[i];
            let fits = |i: &usize| {
                marks[i] == Mark::False
                    && follows(found(*i), entry, backtest)
                    && since.is_none_or(|due| found(*i).export > due)
                    && until.is_none_or(|due| found(*i).export < due)
            };
            match free.filter(fits).min_by_key(|i| found(*i).export) {
                Some(i) if found(i).export <= entry.due => drop(marks.insert(i, Mark::InTime(change))),
                Some(i) => drop(marks.insert(i, Mark::Late(change))),
                None => missed.push(change),
            }
        }
        Self { marks, missed, changes: truth.changes.len() }
    }

    /// How many alerts were true, in time or late.
    pub fn precision(&self) -> Share {
        Share { hits: self.marks.len() - self.count(|mark| mark == Mark::False), of: self.marks.len() }
    }

    /// How many changes were told of in time.
    pub fn recall(&self) -> Share {
        Share { hits: self.count(|mark| matches!(mark, Mark::InTime(_))), of: self.changes }
    }

    /// How many changes were told of, but later than they should have been.
    pub fn late(&self) -> usize {
        self.count(|mark| matches!(mark, Mark::Late(_)))
    }

    /// Whether an alert, by its place among the findings, was true.
    pub fn is_true(&self, finding: usize) -> bool {
        !matches!(self.marks.get(&finding), None | Some(Mark::False))
    }

    fn count(&self, which: impl Fn(Mark) -> bool) -> usize {
        self.marks.values().filter(|mark| which(**mark)).count()
    }
}

/// The changes by contact and time, each with when the contact's change before it was due and when the next one has begun.
fn windows(truth: &Truth) -> Vec<(usize, Option<usize>, Option<usize>)> {
    let mut order: Vec<usize> = (0..truth.changes.len()).collect();
    order.sort_by_key(|i| (&truth.changes[*i].contact, truth.changes[*i].due, *i));
    let due = |place: Option<&usize>, contact: &ContactId| {
        place.map(|i| &truth.changes[*i]).filter(|other| other.contact == *contact).map(|other| other.due)
    };
    let around = |(n, i): (usize, &usize)| {
        let contact = &truth.changes[*i].contact;
        let before = n.checked_sub(1).and_then(|n| order.get(n));
        (*i, due(before, contact), due(order.get(n + 1), contact))
    };
    order.iter().enumerate().map(around).collect()
}

/// Whether the alert can be about the change: nobody tells of what has not happened yet.
fn follows(found: &Found, change: &TrueChange, backtest: &Backtest) -> bool {
    change.after.is_none_or(|after| backtest.exports[found.export].day() > after)
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    /// Alerts as contact and export, changes as contact, `after` and `by`; exports stand on the first of each month.
    fn check(alerts: &[(&str, usize)], changes: &[(&str, &str, &str)], marks: &[Mark], missed: &[usize]) {
        let mut backtest = example::played(6);
        backtest.findings = alerts.iter().map(|(contact, export)| example::alert(contact, *export)).collect();
        let truth = example::truth(&backtest, changes);
        let score = Score::of(&backtest, &truth);
        assert_eq!(score.marks.values().copied().collect::<Vec<_>>(), marks, "{alerts:?} {changes:?}");
        assert_eq!(score.missed, missed, "{alerts:?} {changes:?}");
    }

    #[test]
    fn an_alert_belongs_to_the_change_that_it_followed_and_that_was_due() {
        let march = [("003A", "2026-02-01", "2026-03-01")];
        check(&[("003A", 2)], &march, &[Mark::InTime(0)], &[]);
        check(&[("003A", 1)], &march, &[Mark::False], &[0]);
        check(&[("003A", 4)], &march, &[Mark::Late(0)], &[]);
        check(&[("003B", 2)], &march, &[Mark::False], &[0]);
    }

    #[test]
    fn a_second_alert_of_one_change_is_false() {
        check(&[("003A", 1), ("003A", 2)], &[("003A", "", "2026-03-01")], &[Mark::InTime(0), Mark::False], &[]);
    }

    #[test]
    fn changes_of_one_contact_do_not_take_each_others_alerts() {
        let twice = [("003A", "", "2026-04-01"), ("003A", "", "2026-02-01")];
        check(&[("003A", 3)], &twice, &[Mark::InTime(0)], &[1]);
        check(&[("003A", 1), ("003A", 3)], &twice, &[Mark::InTime(1), Mark::InTime(0)], &[]);
    }

    #[test]
    fn a_day_between_two_exports_is_due_at_the_later_one() {
        check(&[("003A", 2)], &[("003A", "", "2026-02-11")], &[Mark::InTime(0)], &[]);
    }

    #[test]
    fn late_alerts_are_true_but_not_in_time() {
        let mut backtest = example::played(6);
        backtest.findings = vec![example::alert("003A", 4), example::alert("003B", 2), example::alert("003C", 2)];
        let truth = example::truth(&backtest, &[("003A", "", "2026-03-01"), ("003B", "", "2026-03-01")]);
        let score = Score::of(&backtest, &truth);
        assert_eq!((score.precision(), score.recall()), (Share { hits: 2, of: 3 }, Share { hits: 1, of: 2 }));
        assert_eq!(score.late(), 1);
    }
}
