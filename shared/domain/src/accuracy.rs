//! How often Baton was right at one customer, by what the customer's own people say of its cases.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::Share;
use crate::calibration::Calibration;
use crate::case::{Case, State};
use crate::finding::Verdict;
use crate::marks::{Judged, Mark, Says};

/// What the marks come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accuracy {
    /// Precision: of the alerts that were marked, how many were right.
    pub alerts: Share,
    /// Of the cases that were held for review and marked, how many turned out to be true.
    pub held: Share,
    /// The alerts by verdict.
    pub verdicts: BTreeMap<Verdict, Share>,
    /// The alerts by version of the rules.
    pub rules: BTreeMap<String, Share>,
    /// Confidence beside what was right, of alerts and held cases.
    pub calibration: Calibration,
    /// How many of all these marks follow from answers alone.
    pub from_answers: u64,
    /// What nobody has said anything of.
    pub unmarked: Unmarked,
    /// The latest wrong ones, the last first, at most ten.
    pub wrong: Vec<Mark>,
}

/// Cases that nobody has marked or answered; one that took itself back asks for no word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unmarked {
    /// Alerts.
    pub alerts: u64,
    /// Cases held for review.
    pub held: u64,
}

/// So many of the wrong ones are shown.
const SHOWN: usize = 10;

impl Accuracy {
    /// What `marks` come to, and the answers to those of `cases` that have no mark. Marks of cases that are gone count.
    pub fn of(marks: Vec<Mark>, cases: &[Case]) -> Self {
        let marked: BTreeSet<_> = marks.iter().map(|mark| mark.case.clone()).collect();
        let (mut all, mut unmarked, mut from_answers) = (marks, Unmarked::default(), 0);
        for case in cases.iter().filter(|case| !marked.contains(&case.id)) {
            match Mark::of_answer(case) {
                Some(mark) => {
                    from_answers += 1;
                    all.push(mark);
                }
                None if case.state == State::Cleared => {}
                None if Judged::of(case).alert => unmarked.alerts += 1,
                None => unmarked.held += 1,
            }
        }
        Self { from_answers, unmarked, ..Self::counted(all) }
    }

    fn counted(marks: Vec<Mark>) -> Self {
        let (mut alerts, mut held) = (Share::default(), Share::default());
        let (mut verdicts, mut rules) = (BTreeMap::<_, Share>::new(), BTreeMap::<_, Share>::new());
        for Mark { judged, says, .. } in &marks {
            let right = *says == Says::Right;
            if judged.alert {
                alerts.count(right);
                verdicts.entry(judged.verdict).or_default().count(right);
                rules.entry(judged.rules.clone()).or_default().count(right);
            } else {
                held.count(right);
            }
        }
        let calibration = Calibration::of(marks.iter().map(|m| (m.judged.confidence, m.says == Says::Right)));
        let mut wrong: Vec<Mark> = marks.into_iter().filter(|mark| mark.says == Says::Wrong).collect();
        wrong.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.case.cmp(&b.case)));
        wrong.truncate(SHOWN);
        let unmarked = Unmarked::default();
        Self { alerts, held, verdicts, rules, calibration, from_answers: 0, unmarked, wrong }
    }

    /// How many marks there are.
    pub fn marks(&self) -> u64 {
        self.alerts.of + self.held.of
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::marks::tests::case;

    fn mark(case: &Case, says: Says) -> Mark {
        Mark::new(case, says, "because", "Robin", Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn precision_is_that_of_alerts_and_held_cases_stand_apart() {
        let told = case("Dana Fox", &[State::Detected]);
        let other = case("Lee Park", &[State::Detected]);
        let held = case("Tom Weiss", &[State::Held]);
        let marks = vec![mark(&told, Says::Right), mark(&other, Says::Wrong), mark(&held, Says::Right)];
        let found = Accuracy::of(marks, &[told, other, held]);
        assert_eq!((found.alerts, found.held), (Share { hits: 1, of: 2 }, Share { hits: 1, of: 1 }));
        assert_eq!(found.verdicts, BTreeMap::from([(Verdict::Departed, Share { hits: 1, of: 2 })]));
        assert_eq!(found.rules, BTreeMap::from([("2026.11".to_owned(), Share { hits: 1, of: 2 })]));
        assert_eq!(found.calibration.bins[5].right, Share { hits: 2, of: 3 });
        assert_eq!((found.marks(), found.unmarked, found.from_answers), (3, Unmarked::default(), 0));
    }

    #[test]
    fn an_answer_counts_only_where_no_mark_stands() {
        let dismissed = case("Dana Fox", &[State::Detected, State::Dismissed]);
        let done =
            case("Lee Park", &[State::Detected, State::Enriched, State::Planned, State::Notified, State::Closed]);
        let found = Accuracy::of(vec![mark(&dismissed, Says::Right)], &[dismissed.clone(), done.clone()]);
        assert_eq!((found.alerts, found.from_answers), (Share { hits: 2, of: 2 }, 1));
        let found = Accuracy::of(Vec::new(), &[dismissed, done]);
        assert_eq!((found.alerts, found.from_answers), (Share { hits: 1, of: 2 }, 2));
        assert_eq!(found.wrong.len(), 1);
    }

    #[test]
    fn a_mark_counts_on_when_its_case_is_gone() {
        let gone = case("Dana Fox", &[State::Detected]);
        let found = Accuracy::of(vec![mark(&gone, Says::Wrong)], &[]);
        assert_eq!(found.alerts, Share { hits: 0, of: 1 });
    }

    #[test]
    fn what_nobody_has_spoken_of_is_counted_and_what_took_itself_back_is_not() {
        let cases = [
            case("Dana Fox", &[State::Detected]),
            case("Lee Park", &[State::Detected, State::Cleared]),
            case("Tom Weiss", &[State::Held]),
            case("Ola Berg", &[State::Held, State::Cleared]),
        ];
        let found = Accuracy::of(Vec::new(), &cases);
        assert_eq!((found.marks(), found.unmarked), (0, Unmarked { alerts: 1, held: 1 }));
    }

    #[test]
    fn the_last_ten_wrong_ones_are_shown_the_latest_first() {
        let marks: Vec<Mark> = (0..12)
            .map(|i| Mark {
                at: Timestamp::from_second(i).unwrap(),
                ..mark(&case(&i.to_string(), &[State::Detected]), Says::Wrong)
            })
            .collect();
        let at: Vec<i64> = Accuracy::of(marks, &[]).wrong.iter().map(|mark| mark.at.as_second()).collect();
        assert_eq!(at, (2..12).rev().collect::<Vec<_>>());
    }
}
